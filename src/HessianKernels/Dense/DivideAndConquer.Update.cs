using System.Runtime.Intrinsics;
using HessianKernels.Kernels;

namespace HessianKernels.Dense;

internal unsafe partial struct DivideAndConquer
{
    /// <summary>
    /// The eigenpairs of <c>diag(d) + rho z z^T</c> over the first <paramref name="count"/> rows, in place of them. A row of q that only one half
    /// supports takes no part in the other half's product:
    /// <code>
    ///  new rows [count, size] = | S[:, upper and both] q_upper   S[:, both and lower] q_lower |
    /// </code>
    /// </summary>
    private readonly void Update(double* d, double* z, double* q, int half, int size, double rho, int count, int uppers, int boths, int begin)
    {
        nint n = _n;
        double* poles = _small + 2 * n + begin, sortedZ = _small + 3 * n + begin, origins = _small + 4 * n + begin;
        double* distances = _small + 5 * n + begin, loewner = _small + 6 * n + begin, inOrder = _small + 7 * n + begin;
        Span<int> order = new(_indices + begin, count);
        for (int i = 0; i < count; i++) (order[i], poles[i]) = (i, d[i]);
        new Span<double>(poles, count).Sort(order);
        for (int i = 0; i < count; i++) sortedZ[i] = z[order[i]];

        int threads = count < 64 ? 1 : _threads;
        SecularEquation equation = new() { Count = count, Poles = poles, Z = sortedZ, InverseRho = 1 / rho };
        equation.Origins = origins;
        equation.Distances = distances;
        ParallelLoop.Run(ref equation, Chunks(count, SecularEquation.RootsAChunk), threads);
        LoewnerVector vector = new() { Count = count, Poles = poles, Origins = origins, Distances = distances, Z = sortedZ, Result = loewner };
        ParallelLoop.Run(ref vector, Chunks(count, LoewnerVector.ElementsAChunk), threads);
        for (int i = 0; i < count; i++) inOrder[order[i]] = loewner[i];

        // The rows move out of the way of their products, each half to where it is one matrix.
        int inUpper = uppers + boths, inLower = count - uppers, rest = size - half;
        double* upper = _work + begin * (nint)Work(_n), lower = upper + inUpper * (nint)half, s = lower + inLower * (nint)rest;
        for (int i = 0; i < inUpper; i++) Copy(q + i * n, upper + i * (nint)half, half);
        for (int i = 0; i < inLower; i++) Copy(q + (uppers + i) * n + half, lower + i * (nint)rest, rest);

        for (int row = 0; row < count; row += RowBlock)
        {
            int rows = Math.Min(RowBlock, count - row);
            VectorJob vectors = new() { Count = count, Rows = rows, Z = inOrder, Poles = d, S = s };
            vectors.Origins = origins + row;
            vectors.Distances = distances + row;
            ParallelLoop.Run(ref vectors, Chunks(rows, VectorJob.RowsAChunk), threads);
            Gemm.Multiply(false, false, rows, half, inUpper, 1, s, count, upper, half, 0, q + row * n, n, threads);
            Gemm.Multiply(false, false, rows, rest, inLower, 1, s + uppers, count, lower, rest, 0, q + row * n + half, n, threads);
        }

        for (int i = 0; i < count; i++) d[i] = origins[i] + distances[i];
    }

    private static int Chunks(int count, int size) => (count + size - 1) / size;

    private static void Copy(double* source, double* destination, int length)
        => new Span<double>(source, length).CopyTo(new Span<double>(destination, length));

    /// <summary>Unit eigenvectors of the update: <c>s_j = z_j / (d_j - x)</c>, over their norm; the rows of S, in the order of the rows of q.</summary>
    private struct VectorJob : IChunkJob
    {
        public const int RowsAChunk = 16;

        public int Count, Rows;
        public double* Z, Poles, Origins, Distances, S;

        public readonly void Run(int chunk, int lane)
        {
            int end = Math.Min(Rows, (chunk + 1) * RowsAChunk), width = Vector512<double>.Count;
            for (int i = chunk * RowsAChunk; i < end; i++)
            {
                double* row = S + i * (nint)Count;
                Vector512<double> origin = Vector512.Create(Origins[i]), distance = Vector512.Create(Distances[i]);
                int j = 0;
                for (; j <= Count - width; j += width)
                    (Vector512.Load(Z + j) / (Vector512.Load(Poles + j) - origin - distance)).Store(row + j);
                for (; j < Count; j++) row[j] = Z[j] / (Poles[j] - Origins[i] - Distances[i]);
                Norm.Divide(row, Norm.Of(row, Count), Count);
            }
        }
    }
}
