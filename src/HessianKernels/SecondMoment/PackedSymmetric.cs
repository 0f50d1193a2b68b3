namespace HessianKernels.SecondMoment;

/// <summary>
/// Symmetric m x m matrices as vectors of length m (m + 1) / 2: the lower triangle row by row, what is off the diagonal times sqrt(2), so
/// that the Euclidean inner product is Frobenius'.
/// <code>
///  ( a      )
///  ( b c    )   is   a, sqrt(2) b, c, sqrt(2) d, sqrt(2) e, f
///  ( d e f  )
/// </code>
/// </summary>
internal static class PackedSymmetric
{
    /// <summary>sqrt(2).</summary>
    public const double Root2 = 1.4142135623730951;

    /// <summary>m (m + 1) / 2.</summary>
    /// <exception cref="ArgumentOutOfRangeException">m is below 0, or one array cannot hold so many numbers.</exception>
    public static int Length(int m)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(m);
        long length = (long)m * (m + 1) / 2;
        return length <= Array.MaxLength
            ? (int)length
            : throw new ArgumentOutOfRangeException(
                nameof(m), m, $"Symmetric matrices of order {m} have {length} elements, {8 * length} bytes; one array holds {Array.MaxLength} elements.");
    }

    /// <summary>m^2, of a matrix held whole.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One array cannot hold so many numbers.</exception>
    public static int Square(int m)
    {
        long square = (long)m * m;
        return square <= Array.MaxLength
            ? (int)square
            : throw new ArgumentOutOfRangeException(
                nameof(m), m, $"A matrix of order {m} has {square} elements, {8 * square} bytes; one array holds {Array.MaxLength} elements.");
    }

    /// <summary>Packs the lower triangle of a row-major matrix.</summary>
    public static void Pack(ReadOnlySpan<double> matrix, int m, Span<double> packed)
    {
        for (int a = 0, at = 0; a < m; a++)
        {
            for (int b = 0; b < a; b++) packed[at++] = Root2 * matrix[a * m + b];
            packed[at++] = matrix[a * m + a];
        }
    }

    /// <summary>Unpacks into the whole of a row-major matrix.</summary>
    public static void Unpack(ReadOnlySpan<double> packed, int m, Span<double> matrix)
    {
        for (int a = 0, at = 0; a < m; a++)
        {
            for (int b = 0; b < a; b++) matrix[a * m + b] = matrix[b * m + a] = packed[at++] / Root2;
            matrix[a * m + a] = packed[at++];
        }
    }

    /// <summary>Writes the identity.</summary>
    public static void Identity(int m, Span<double> packed)
    {
        packed.Clear();
        for (int a = 0, at = 0; a < m; a++, at += a + 1) packed[at] = 1;
    }

    /// <summary>Writes a diagonal matrix.</summary>
    public static void Diagonal(ReadOnlySpan<double> diagonal, Span<double> packed)
    {
        packed.Clear();
        for (int a = 0, at = 0; a < diagonal.Length; a++, at += a + 1) packed[at] = diagonal[a];
    }
}
