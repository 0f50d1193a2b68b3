using HessianKernels.Kernels;

namespace HessianKernels.Networks.Data;

/// <summary>Where the synthetic sets take their random numbers from, and how their examples are made in parallel.</summary>
internal static class SyntheticStream
{
    /// <summary>
    /// Streams of one seed, far from those of a computation: what a set is made of, and one stream an example for its input, its noise and
    /// its label.
    /// </summary>
    public const ulong TeacherFirst = 1UL << 53, TeacherSecond = TeacherFirst + 1, Means = TeacherFirst + 2;

    public const ulong Examples = 1UL << 54, Noise = 1UL << 55, Labels = 1UL << 56;

    // Examples a chunk, whatever the number of threads.
    private const int ChunkExamples = 64;

    /// <summary>Makes one example, with room of its thread's own to compute in.</summary>
    public delegate void Example(int index, double[] room);

    /// <summary>Standard normal numbers.</summary>
    public static void Normal(ulong seed, ulong stream, Span<double> result)
    {
        for (int i = 0; i < result.Length; i += 2)
        {
            (result[i], double second) = Philox.NormalPair(seed, stream, (ulong)(i / 2));
            if (i + 1 < result.Length) result[i + 1] = second;
        }
    }

    /// <summary>Normal numbers of a standard deviation.</summary>
    public static double[] Normal(ulong seed, ulong stream, int count, double deviation)
    {
        double[] result = new double[count];
        Normal(seed, stream, result);
        for (int i = 0; i < count; i++) result[i] *= deviation;
        return result;
    }

    /// <summary>Checks what is asked for; how many numbers the inputs are.</summary>
    public static int Room(int examples, int length, long first, int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(examples, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        return (long)examples * length <= Array.MaxLength ? examples * length : throw new ArgumentOutOfRangeException(
            nameof(examples), examples,
            $"Found {examples} examples of {length} numbers; expected at most {Array.MaxLength / length} examples.");
    }

    public static void ForEach(int examples, int threads, CancellationToken cancellation, int room, Example make)
    {
        Job job = new() { Examples = examples, Room = room, Make = make, Cancellation = cancellation };
        ParallelLoop.Run(ref job, (examples + ChunkExamples - 1) / ChunkExamples, threads == 0 ? Environment.ProcessorCount : threads);
    }

    private struct Job : IChunkJob
    {
        public int Examples, Room;
        public Example Make;
        public CancellationToken Cancellation;

        public readonly void Run(int chunk, int lane)
        {
            Cancellation.ThrowIfCancellationRequested();
            double[] room = new double[Room];
            int end = Math.Min(Examples, (chunk + 1) * ChunkExamples);
            for (int i = chunk * ChunkExamples; i < end; i++) Make(i, room);
        }
    }
}
