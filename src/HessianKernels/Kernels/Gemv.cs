using System.Numerics;
using System.Runtime.Intrinsics;

namespace HessianKernels.Kernels;

/// <summary>
/// Products of a row-major matrix, <c>rows x columns</c>, with a vector. Each element of the matrix is read once, and that is their cost:
/// 8 rows columns bytes in double.
/// </summary>
internal static unsafe partial class Gemv
{
    private const int RowsAChunk = 64;

    // Rows so few leave most threads without one: they are cut along their length instead.
    private const int FewRows = 256, LongRow = 16384;

    /// <summary>
    /// <code>for (i &lt; rows) y[i] = sum_j (double)a[i, j] * x[j];</code>
    /// </summary>
    public static void Multiply<T>(T* a, int rows, int columns, T* x, T* y, int threads = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (rows <= FewRows && columns >= LongRow)
        {
            Panel.Project(a, columns, rows, x, columns, y, 1, threads);
            return;
        }

        MultiplyJob<T> job = new() { A = a, X = x, Y = y, Rows = rows, Columns = columns };
        // Below this a thread costs more than it brings.
        int workers = (long)rows * columns < 32768 ? 1 : threads;
        ParallelLoop.Run(ref job, (rows + RowsAChunk - 1) / RowsAChunk, workers);
    }

    private struct MultiplyJob<T> : IChunkJob
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public T* A, X, Y;
        public int Rows, Columns;

        public readonly void Run(int chunk, int lane)
        {
            int first = chunk * RowsAChunk;
            // Rows are vectors of a panel and x is projected on them: the same loop, with the same order of sums.
            Panel.Project(A + (nint)first * Columns, Columns, Math.Min(RowsAChunk, Rows - first), X, Columns, Y + first, 1);
        }
    }
}
