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
            for (int item = 0; item < batch; item++)
            {
                T* a = first + (nint)item * n * n;
                Asymmetry.Finding found = Asymmetry.Of(a, n, threads);
                if (!found.Finite && NotFinite(a, n, item, batch, argument) is { } notFinite) throw notFinite;
                double allowed = tolerance * ElementType.Epsilon<T>() * found.Largest;
                // Two finite elements of opposite sign may be more than the largest number apart: not finite, and not symmetric.
                if (!found.Finite || !(found.Difference <= allowed)) throw NotSymmetric(a, n, item, batch, allowed, found.Largest, argument);
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
