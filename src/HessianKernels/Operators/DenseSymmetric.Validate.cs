using System.Numerics;
using HessianKernels.Kernels;

namespace HessianKernels.Operators;

/// <summary>What can be said about a stack of dense matrices before it becomes an operator.</summary>
public static unsafe class DenseSymmetric
{
    /// <summary>The asymmetry that rounding explains, in units of epsilon of T times the largest element.</summary>
    public const double DefaultTolerance = 100;

    /// <summary>
    /// Throws unless every matrix is finite and symmetric:
    /// <c>|a_ij - a_ji| &lt;= tolerance eps max|a|</c>, with the eps of T and the largest element of that matrix's lower triangle.
    /// </summary>
    /// <remarks>One pass over the matrices, tile by tile, at about the speed of memory; nothing is allocated unless it throws.</remarks>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="matrices"><c>[batch, n, n]</c>, row-major; not changed.</param>
    /// <param name="n">Order of each matrix, at least 1.</param>
    /// <param name="argument">The caller's name for the matrices, for the exception.</param>
    /// <param name="tolerance">Units of eps max|a| allowed, 0 or more.</param>
    /// <param name="threads">Most threads used; 0 for one a processor.</param>
    /// <exception cref="ArgumentException">
    /// A NaN or an infinity: which item, row, column, and what it is. Or an asymmetry: where the worst is, both elements, and the tolerance.
    /// Or the span does not hold a whole number of n x n matrices, at least one.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">n is below 1, or tolerance or threads below 0 or NaN.</exception>
    public static void Validate<T>(
        ReadOnlySpan<T> matrices, int n, string argument = "matrices", double tolerance = DefaultTolerance, int threads = 0)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ElementType.ThrowIfUnsupported<T>();
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        if (!(tolerance >= 0)) throw new ArgumentOutOfRangeException(nameof(tolerance), tolerance, "The tolerance must be 0 or more.");
        int batch = DenseSymmetric<T>.BatchOf(matrices.Length, n, argument);
        if (threads == 0) threads = Environment.ProcessorCount;
        fixed (T* first = matrices)
        {
            // Many small matrices are shared out among the threads; one large one is shared out by itself.
            ItemsJob<T> job = new() { First = first, N = n, Batch = batch, Tolerance = tolerance, Threads = batch == 1 ? threads : 1, FirstFault = batch };
            ParallelLoop.Run(ref job, (batch + ItemsAChunk - 1) / ItemsAChunk, threads);
            if (job.FirstFault < batch) throw Fault(first + (nint)job.FirstFault * n * n, n, job.FirstFault, batch, tolerance, argument);
        }
    }

    private const int ItemsAChunk = 64;

    private static bool IsSymmetric<T>(Asymmetry.Finding found, double tolerance) => found.Finite && found.Difference <= Allowed<T>(found, tolerance);

    private static double Allowed<T>(Asymmetry.Finding found, double tolerance) => tolerance * ElementType.Epsilon<T>() * found.Largest;

    private static ArgumentException Fault<T>(T* a, int n, int item, int batch, double tolerance, string argument)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Asymmetry.Finding found = Asymmetry.Of(a, n);
        // Two finite elements of opposite sign may be more than the largest number apart: not finite, and not symmetric.
        return (found.Finite ? null : NotFinite(a, n, item, batch, argument))
            ?? NotSymmetric(a, n, item, batch, Allowed<T>(found, tolerance), found.Largest, argument);
    }

    /// <summary>Finds the first item at fault, whichever thread meets it.</summary>
    private struct ItemsJob<T> : IChunkJob
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public T* First;
        public int N, Batch, Threads, FirstFault;
        public double Tolerance;

        public void Run(int chunk, int lane)
        {
            int end = Math.Min(Batch, (chunk + 1) * ItemsAChunk);
            for (int item = chunk * ItemsAChunk; item < end; item++)
            {
                if (IsSymmetric<T>(Asymmetry.Of(First + (nint)item * N * N, N, Threads), Tolerance)) continue;
                for (int seen = FirstFault; item < seen; seen = FirstFault) Interlocked.CompareExchange(ref FirstFault, item, seen);
                return;
            }
        }
    }

    private static ArgumentException? NotFinite<T>(T* a, int n, int item, int batch, string argument)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++)
                if (a[(nint)i * n + j] is var element && !T.IsFinite(element))
                    return new ArgumentException($"{Which(item, batch)} has {Show(element)} at row {i}, column {j}.", argument);
        return null;
    }

    private static ArgumentException NotSymmetric<T>(T* a, int n, int item, int batch, double allowed, double largest, string argument)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (int row, int column) = (0, 0);
        double worst = -1;
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < i; j++)
            {
                double difference = Math.Abs(double.CreateTruncating(a[(nint)i * n + j]) - double.CreateTruncating(a[(nint)j * n + i]));
                if (difference > worst) (worst, row, column) = (difference, i, j);
            }
        }

        return new ArgumentException(
            $"{Which(item, batch)} is not symmetric: a[{row}, {column}] = {Show(a[(nint)row * n + column])} and a[{column}, {row}] = " +
            $"{Show(a[(nint)column * n + row])} differ by {worst:G3}; {allowed:G3} is allowed where the largest element is {largest:G3}.",
            argument);
    }

    private static string Which(int item, int batch) => batch == 1 ? "The matrix" : $"Matrix {item} of {batch}";

    private static string Show<T>(T element)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => element.ToString(null, System.Globalization.CultureInfo.InvariantCulture);
}
