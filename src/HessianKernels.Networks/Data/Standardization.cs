using System.Numerics;
using HessianKernels.Kernels;
using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Data;

/// <summary>What shares one mean and one deviation.</summary>
public enum StandardizationUnit
{
    /// <summary>Each number of an input has its own.</summary>
    Feature,

    /// <summary>The pixels of a channel share one; the numbers of a vector are channels, so that it is as for features.</summary>
    Channel,
}

/// <summary>
/// Inputs shifted and scaled to mean 0 and variance 1, over the examples of one set:
/// <code>
///  x'[i, j] = (x[i, j] - mean[u]) / deviation[u],   u the unit of j,   deviation^2 = the mean of (x - mean)^2
/// </code>
/// </summary>
/// <remarks>
/// A set to test on gets the constants of the set that was trained on: fit once, apply to both. A unit whose numbers are all the same has
/// deviation 0 and is only shifted. Sums are in double, two passes over the inputs.
/// </remarks>
public sealed class Standardization
{
    // Examples a chunk of the sums: a chunk's sums are added in the order of the chunks.
    private const int ChunkExamples = 256;

    private readonly int _positions;

    private Standardization(TensorShape shape, StandardizationUnit unit, double[] means, double[] deviations)
    {
        (Shape, Unit, Means, Deviations) = (shape, unit, means, deviations);
        // Files hold channel after channel.
        _positions = unit == StandardizationUnit.Channel ? shape.Positions : 1;
    }

    /// <summary>Shape of the inputs it is for.</summary>
    public TensorShape Shape { get; }

    /// <summary>What shares a mean and a deviation.</summary>
    public StandardizationUnit Unit { get; }

    /// <summary>The mean of each unit, <c>[Shape.Length]</c> or <c>[Shape.Channels]</c>.</summary>
    public double[] Means { get; }

    /// <summary>The standard deviation of each unit, over n; 0 where its numbers are all the same.</summary>
    public double[] Deviations { get; }

    /// <summary>Finds the means and deviations of a set. Two passes, 3 n d flops.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="data">The set to be trained on.</param>
    /// <param name="unit">What shares a mean and a deviation.</param>
    /// <param name="threads">Most threads; 0 for one a processor. Changes no bit.</param>
    public static Standardization Of<T>(DataSet<T> data, StandardizationUnit unit = StandardizationUnit.Channel, int threads = 0)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        int length = data.InputShape.Length, positions = unit == StandardizationUnit.Channel ? data.InputShape.Positions : 1;
        double[] means = new double[length / positions], deviations = new double[means.Length], sums = new double[means.Length];
        double count = (double)data.Examples * positions;
        // Distances from a unit's first number: where all are the same they are 0, and so, exactly, is the deviation.
        for (int u = 0; u < means.Length; u++) means[u] = double.CreateTruncating(data.Inputs[u * positions]);
        Sums(data, positions, means, squared: false, sums, threads);
        for (int u = 0; u < means.Length; u++) means[u] += sums[u] / count;
        Sums(data, positions, means, squared: true, deviations, threads);
        for (int u = 0; u < means.Length; u++) deviations[u] = Math.Sqrt(deviations[u] / count);
        return new(data.InputShape, unit, means, deviations);
    }

    /// <summary>A set with its inputs shifted and scaled.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <exception cref="ArgumentException">Its inputs have another shape than those of the set that the constants are from.</exception>
    public DataSet<T> Apply<T>(DataSet<T> data)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (data.InputShape != Shape)
            throw new ArgumentException(
                $"Found inputs of {data.InputShape}; expected {Shape}, as in the set that the constants are from.", nameof(data));
        T[] inputs = GC.AllocateUninitializedArray<T>(data.Inputs.Length);
        double[] factors = Array.ConvertAll(Deviations, deviation => deviation == 0 ? 1 : 1 / deviation);
        for (int row = 0; row < inputs.Length; row += Shape.Length)
        {
            for (int j = 0; j < Shape.Length; j++)
            {
                int u = j / _positions;
                inputs[row + j] = T.CreateTruncating((double.CreateTruncating(data.Inputs[row + j]) - Means[u]) * factors[u]);
            }
        }

        return data.WithInputs(inputs);
    }

    /// <summary>The sums of the distances of each unit's numbers from one of its own, or of their squares.</summary>
    private static void Sums<T>(DataSet<T> data, int positions, double[] from, bool squared, double[] sums, int threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int chunks = (data.Examples + ChunkExamples - 1) / ChunkExamples;
        SumJob<T> job = new() { Data = data, Positions = positions, From = from, Squared = squared, Sums = new double[chunks][] };
        ParallelLoop.Run(ref job, chunks, threads == 0 ? Environment.ProcessorCount : threads);
        foreach (double[] part in job.Sums)
            for (int u = 0; u < sums.Length; u++) sums[u] += part[u];
    }

    private struct SumJob<T> : IChunkJob
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public DataSet<T> Data;
        public int Positions;
        public double[] From;
        public bool Squared;
        public double[][] Sums;

        public readonly void Run(int chunk, int lane)
        {
            int length = Data.InputShape.Length, end = Math.Min(Data.Examples, (chunk + 1) * ChunkExamples);
            double[] sums = Sums[chunk] = new double[length / Positions];
            for (int i = chunk * ChunkExamples; i < end; i++)
            {
                ReadOnlySpan<T> row = Data.Inputs.AsSpan(i * length, length);
                for (int u = 0; u < sums.Length; u++)
                {
                    double from = From[u], sum = 0;
                    foreach (T x in row.Slice(u * Positions, Positions))
                    {
                        double distance = double.CreateTruncating(x) - from;
                        sum += Squared ? distance * distance : distance;
                    }

                    sums[u] += sum;
                }
            }
        }
    }
}
