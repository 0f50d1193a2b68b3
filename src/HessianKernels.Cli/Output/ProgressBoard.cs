using System.Globalization;
using HessianKernels.Krylov;
using HessianKernels.Reproduction;

namespace HessianKernels.Cli.Output;

/// <summary>Where the computing threads write how far they are, and the one that shows it reads.</summary>
internal sealed class ProgressBoard : IProgress<LanczosProgress>, IProgress<long>, IProgress<int>, IProgress<StochasticEdgeProgress>,
    IProgress<ReproductionProgress>
{
    // A reader looks ten times a second; a writer may come by a million times.
    private const int PauseMilliseconds = 50;

    private static readonly string[] s_stages =
        ["function space", "noise kernel", "diagonal noise kernel", "critical learning rate", "contraction", "coherence",
            "second-moment operator", "Lyapunov exponent"];

    private readonly Lock _gate = new();
    private long _next, _started;
    private (double Share, string Text) _latest = (0, "reading");

    /// <summary>Elements to be read.</summary>
    public long Elements { get; set; }

    /// <summary>Products to be made.</summary>
    public long Products { get; set; }

    /// <summary>Examples to be worked through.</summary>
    public int Examples { get; set; }

    /// <summary>Points of a sweep to be analysed.</summary>
    public int Points { get; set; }

    /// <summary>Points that are done.</summary>
    public int PointsDone { get; set; }

    /// <summary>The share of the work that is done, and where it stands in words.</summary>
    public (double Share, string Text) Latest
    {
        get
        {
            lock (_gate) return _latest;
        }
    }

    /// <summary>Reading is over and computing begins.</summary>
    public void Compute()
    {
        Set((0, "computing"));
        // What comes next is news, however soon.
        Volatile.Write(ref _next, 0);
    }

    public void Report(LanczosProgress value)
    {
        if (!IsTime()) return;
        Set(value.Items > 1
            ? ((double)value.ItemsFinished / value.Items, $"{value.ItemsFinished} of {value.Items} matrices")
            : ((double)value.Converged / value.Wanted,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{value.OperatorApplications} products, {value.Converged} of {value.Wanted} pairs, " +
                    $"residual {value.LargestResidual:E1}")));
    }

    public void Report(long value)
    {
        // How many there are of a data set's, only its reader knows.
        if (IsTime()) Set(Elements == 0 ? (0, "reading") : ((double)value / Elements, $"reading, {value} of {Elements} elements"));
    }

    public void Report(int value)
    {
        if (IsTime()) Set((Products == 0 ? 0 : Math.Min(1, (double)value / Products), $"{value} of {Products} products"));
    }

    public void Report(StochasticEdgeProgress value)
    {
        if (!IsTime()) return;
        // A point's stages differ in length from set to set: each is counted for one.
        double within = (double)value.Stage / s_stages.Length;
        string stage = s_stages[(int)value.Stage];
        Set(Points > 1
            ? ((PointsDone + within) / Points, $"{PointsDone} of {Points} points, {stage}, {value.Done}")
            : (within, $"{stage}, {value.Done}"));
    }

    /// <summary>A run of training is so far.</summary>
    public void Train(double share, string text)
    {
        if (IsTime()) Set((share, text));
    }

    /// <summary>Where examples are told of.</summary>
    public IProgress<int> ExamplesDone() => new ExampleCount(this);

    public void Report(ReproductionProgress value)
    {
        if (!IsTime()) return;
        if (_started == 0) _started = Environment.TickCount64;
        double elapsed = (Environment.TickCount64 - _started) / 1000.0;
        // The first seconds of an hour's work know nothing of the hour, and what was found done took no time.
        double made = value.Share - value.Kept;
        bool tells = made > 0.01 ? elapsed > 2 : made > 0 && elapsed > 20;
        string left = tells ? $"{(made > 0.01 ? "" : Share(value.Share))}, about {Left(elapsed * (1 - value.Share) / made)} left" : "";
        Set((value.Share, $"{value.Figure}, {value.Done} of {value.Count} figures done{left}"));
    }

    /// <summary>Where the first percent takes long, its parts are told.</summary>
    private static string Share(double share) => string.Create(CultureInfo.InvariantCulture, $", {100 * share:0.000} % of the work");

    private static string Left(double seconds) => seconds switch
    {
        < 90 => $"{Math.Max(1, Math.Round(seconds))} s",
        < 90 * 60 => $"{Math.Round(seconds / 60)} min",
        < 48 * 3600 => $"{Math.Round(seconds / 3600)} h",
        _ => $"{Math.Round(seconds / (24 * 3600))} days",
    };

    /// <summary>Where batches are told of.</summary>
    public IProgress<long> Batches() => new BatchCount(this);

    private bool IsTime()
    {
        long now = Environment.TickCount64;
        if (now < Volatile.Read(ref _next)) return false;
        Volatile.Write(ref _next, now + PauseMilliseconds);
        return true;
    }

    private void Set((double Share, string Text) latest)
    {
        lock (_gate) _latest = latest;
    }

    private sealed class ExampleCount(ProgressBoard board) : IProgress<int>
    {
        public void Report(int value)
        {
            if (board.IsTime()) board.Set(((double)value / Math.Max(board.Examples, 1), $"{value} of {board.Examples} examples"));
        }
    }

    private sealed class BatchCount(ProgressBoard board) : IProgress<long>
    {
        public void Report(long value)
        {
            // How many there will be is known only where all are taken.
            if (board.IsTime()) board.Set((0, $"{value} batches"));
        }
    }
}
