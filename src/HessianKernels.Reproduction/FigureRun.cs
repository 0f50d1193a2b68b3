using System.Collections.Concurrent;
using System.Diagnostics;
using HessianKernels.Networks.Tensors;
using HessianKernels.Storage;

namespace HessianKernels.Reproduction;

/// <summary>How much of a figure is computed.</summary>
public enum Effort
{
    /// <summary>A few points: enough to see whether the claims hold, in seconds.</summary>
    Coarse,

    /// <summary>Minutes for all figures on two processors.</summary>
    Quick,

    /// <summary>The papers' sizes.</summary>
    Full,
}

/// <summary>One computation of a figure: what it is told, and where it tells how far it is.</summary>
/// <param name="effort">How much is to be computed.</param>
/// <param name="seed">Names the random numbers: same seed, same bits.</param>
/// <param name="progress">Told the share that is done, from 0 to 1; nobody where null.</param>
/// <param name="cancellation">Ends the computation.</param>
public sealed class FigureRun(Effort effort, ulong seed = 0, IProgress<double>? progress = null, CancellationToken cancellation = default)
{
    private readonly Lock _gate = new();
    private long _inLibrary;
    private int _numbered;

    /// <summary>How much is to be computed.</summary>
    public Effort Effort => effort;

    /// <summary>Names the random numbers.</summary>
    public ulong Seed => seed;

    /// <summary>The folder of the papers' data sets; null where the figure is to make its own.</summary>
    public string? DataFolder { get; init; }

    /// <summary>Most threads; 0 for one a processor. Changes no bit of any result.</summary>
    public int Threads { get; init; }

    /// <summary>Where networks are computed; the CPU where null.</summary>
    public ITensorPlace? Place { get; init; }

    /// <summary>What <see cref="Place"/> is called, once something was computed there; null before.</summary>
    public string? Device { get; private set; }

    /// <summary>The folder of the parts that are done while the figure is not: whoever computes the same figure again finds them there.
    /// Null where none are kept.</summary>
    public string? PartsFolder { get; init; }

    /// <summary>The share that had been done before this computation began.</summary>
    public double Kept { get; private set; }

    /// <summary>Ends the computation.</summary>
    public CancellationToken Cancellation => cancellation;

    /// <summary>The time spent within <see cref="Library"/>.</summary>
    public TimeSpan InLibrary => Stopwatch.GetElapsedTime(0, _inLibrary);

    /// <summary>Tells how far the figure is, and throws where it is to end.</summary>
    /// <param name="share">From 0 to 1.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void At(double share)
    {
        cancellation.ThrowIfCancellationRequested();
        Tell(share);
    }

    /// <summary>Tells how far the figure is.</summary>
    /// <param name="share">From 0 to 1.</param>
    internal void Tell(double share) => progress?.Report(share);

    /// <summary>Some numbers that the figure is made of: those that were kept, or else computed now and kept.</summary>
    /// <param name="name">Of the part, within the figure; from any thread.</param>
    /// <param name="share">Of the figure, that the part is.</param>
    /// <param name="compute">Gives the numbers, the same every time.</param>
    /// <exception cref="OperationCanceledException">Cancelled: nothing is kept of this part.</exception>
    public double[] Part(string name, double share, Func<double[]> compute)
    {
        ArgumentNullException.ThrowIfNull(compute);
        string? path = PartPath(name + ".npy");
        if (Load(path) is { } kept)
        {
            FindsDone(share);
            return kept;
        }

        double[] values = compute();
        cancellation.ThrowIfCancellationRequested();
        if (path is not null) Npy.Write<double>(path, values, [values.Length], overwrite: true);
        return values;
    }

    /// <summary>Parts that do not know of each other, computed on all threads in any order.</summary>
    /// <param name="name">Of all of them, within the figure; a part's is this and its number.</param>
    /// <param name="count">How many.</param>
    /// <param name="compute">Gives the numbers of a part, the same every time.</param>
    /// <param name="from">The share of the figure that is done before.</param>
    /// <param name="to">The share that is done after.</param>
    /// <exception cref="OperationCanceledException">Cancelled: the parts that were done are kept.</exception>
    public double[][] Parts(string name, int count, Func<int, double[]> compute, double from = 0, double to = 1)
        => Parts(Parallel, name, count, compute, from, to);

    /// <summary>The same where the parts compute with <see cref="Tensors"/>: on a device one after another.</summary>
    /// <inheritdoc cref="Parts(string, int, Func{int, double[]}, double, double)"/>
    internal double[][] PartsOnTensors(string name, int count, Func<int, double[]> compute, double from = 0, double to = 1)
        => Parts(OnTensors, name, count, compute, from, to);

    private double[][] Parts(Action<int, Action<int>> all, string name, int count, Func<int, double[]> compute, double from, double to)
    {
        ArgumentNullException.ThrowIfNull(compute);
        double[][] parts = new double[count][];
        double share = (to - from) / count;
        int done = 0;
        all(count, part =>
        {
            parts[part] = Part(FormattableString.Invariant($"{name}-{part}"), share, () => compute(part));
            At(from + share * Interlocked.Increment(ref done));
        });
        return parts;
    }

    /// <summary>Where a part is kept; null where none are.</summary>
    /// <param name="name">Of the file.</param>
    internal string? PartPath(string name)
        => PartsFolder is null ? null : Path.Combine(Directory.CreateDirectory(PartsFolder).FullName, name);

    /// <summary>Numbers for parts that a figure makes in an order which is always the same.</summary>
    /// <param name="count">How many.</param>
    /// <returns>The first.</returns>
    internal int Number(int count) => (_numbered += count) - count;

    /// <summary>Tells of a share that was found done.</summary>
    /// <param name="share">Of the figure.</param>
    internal void FindsDone(double share)
    {
        lock (_gate) Kept += share;
    }

    /// <summary>Calls the library and counts the time as spent in it.</summary>
    /// <param name="call">The call; from one thread at a time.</param>
    public T Library<T>(Func<T> call)
    {
        ArgumentNullException.ThrowIfNull(call);
        cancellation.ThrowIfCancellationRequested();
        long start = Stopwatch.GetTimestamp();
        try
        {
            return call();
        }
        finally
        {
            _inLibrary += Stopwatch.GetTimestamp() - start;
        }
    }

    /// <summary>Work on a network's tensors, at <see cref="Place"/> or on the CPU.</summary>
    /// <param name="work">The work.</param>
    /// <param name="threads">Most threads on the CPU; 0 for one a processor.</param>
    internal TResult Tensors<TResult>(ITensorWork<TResult> work, int threads)
    {
        cancellation.ThrowIfCancellationRequested();
        if (Place is null) return work.On(new CpuTensorSpace<double>(threads));
        Device = Place.Name;
        return Place.Run(work);
    }

    /// <summary>The number for this effort.</summary>
    /// <param name="coarse">For <see cref="Effort.Coarse"/>.</param>
    /// <param name="quick">For <see cref="Effort.Quick"/>.</param>
    /// <param name="full">For <see cref="Effort.Full"/>.</param>
    public int Pick(int coarse, int quick, int full) => Of(effort, coarse, quick, full);

    /// <summary>Calls a body for 0 .. count - 1 on all threads, begun in this order.</summary>
    /// <param name="count">How often.</param>
    /// <param name="body">Writes to places of its own.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void Parallel(int count, Action<int> body)
    {
        // Without a bound a body of hours would have others begun beside it, beyond the processors and the memory.
        ParallelOptions options = new()
        {
            CancellationToken = cancellation, MaxDegreeOfParallelism = Threads == 0 ? Environment.ProcessorCount : Threads,
        };
        try
        {
            // One at a time: bodies handed out by the dozen would leave the other threads idle at the end.
            OrderablePartitioner<int> one = Partitioner.Create(Enumerable.Range(0, count), EnumerablePartitionerOptions.NoBuffering);
            System.Threading.Tasks.Parallel.ForEach(one, options, body);
        }
        catch (AggregateException e) when (e.InnerExceptions.All(inner => inner is OperationCanceledException))
        {
            throw new OperationCanceledException(cancellation);
        }
    }

    /// <summary>Calls a body that works with <see cref="Tensors"/> for 0 .. count - 1: as <see cref="Parallel"/> on the CPU, one after another
    /// on this thread on a device.</summary>
    /// <param name="count">How often.</param>
    /// <param name="body">Writes to places of its own.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    internal void OnTensors(int count, Action<int> body)
    {
        if (Place is null)
        {
            Parallel(count, body);
            return;
        }

        for (int i = 0; i < count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            body(i);
        }
    }

    /// <summary>The number for an effort.</summary>
    /// <param name="effort">Which.</param>
    /// <param name="coarse">For <see cref="Effort.Coarse"/>.</param>
    /// <param name="quick">For <see cref="Effort.Quick"/>.</param>
    /// <param name="full">For <see cref="Effort.Full"/>.</param>
    public static int Of(Effort effort, int coarse, int quick, int full)
        => effort switch { Effort.Coarse => coarse, Effort.Quick => quick, _ => full };

    private static double[]? Load(string? path)
    {
        if (!File.Exists(path)) return null;
        try
        {
            return Npy.Read<double>(path).Values;
        }
        catch (NpyFormatException)
        {
            // Damaged is as good as not there: the part is computed again.
            return null;
        }
    }
}
