namespace HessianKernels.Krylov;

/// <summary>
/// The small eigenproblem of a Krylov method: a symmetric tridiagonal matrix T of order t,
/// <code>
///  | a_0 b_0         |
///  | b_0 a_1 b_1     |      diagonal a, [t];  offDiagonal b, [t - 1] used
///  |     b_1 a_2 ... |
/// </code>
/// in double, on the host.
/// </summary>
internal static partial class SymmetricTridiagonal
{
    private const double Epsilon = 2.220446049250313e-16;

    /// <summary>
    /// Number of eigenvalues below <paramref name="shift"/>: by Sylvester's law the number of negative pivots of T - shift I (Sturm's sequence as ratios;
    /// Parlett, The Symmetric Eigenvalue Problem, 3.3). Exact for a matrix within rounding of T. t divisions.
    /// </summary>
    public static int CountBelow(ReadOnlySpan<double> diagonal, ReadOnlySpan<double> offDiagonal, double shift)
    {
        int count = 0;
        double pivot = 1, smallest = SmallestPivot(diagonal, offDiagonal);
        for (int i = 0; i < diagonal.Length; i++)
        {
            double b = i == 0 ? 0 : offDiagonal[i - 1];
            pivot = diagonal[i] - shift - b * (b / pivot);
            if (Math.Abs(pivot) < smallest) pivot = -smallest;
            if (pivot < 0) count++;
        }

        return count;
    }

    /// <summary>The largest absolute element: what T is divided by so that squares neither overflow nor underflow.</summary>
    public static double LargestElement(ReadOnlySpan<double> diagonal, ReadOnlySpan<double> offDiagonal)
    {
        double largest = 0;
        foreach (double a in diagonal) largest = Math.Max(largest, Math.Abs(a));
        foreach (double b in offDiagonal[..Math.Max(0, diagonal.Length - 1)]) largest = Math.Max(largest, Math.Abs(b));
        return largest;
    }

    // A zero pivot is moved by less than the rounding of the largest element.
    private static double SmallestPivot(ReadOnlySpan<double> diagonal, ReadOnlySpan<double> offDiagonal)
        => Math.Max(LargestElement(diagonal, offDiagonal) * Epsilon * Epsilon, 1e-300);
}
