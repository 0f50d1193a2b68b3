namespace HessianKernels.Krylov;

/// <summary>
/// Singular values of a small dense matrix on the host, by Hestenes's one-sided Jacobi rotations (Golub and Van Loan, Matrix Computations, 8.6.3): columns are rotated in
/// pairs until all are orthogonal; their norms are the singular values. Small ones come out accurate to rounding of their own columns, not of the largest
/// (Demmel and Veselic, SIAM J. Matrix Anal. Appl. 13, 1992).
/// </summary>
internal static class OneSidedJacobi
{
    private const double Epsilon = 2.220446049250313e-16;
    private const int MostSweeps = 60;

    /// <summary>Singular values in descending order. 6 rows count^2 flops a sweep, some 6 to 10 sweeps.</summary>
    /// <param name="columns">The matrix, column after column, <c>[count, rows]</c>; destroyed. Fastest with no more columns than rows.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="values">Out: <c>[count]</c>.</param>
    public static void SingularValues(Span<double> columns, int rows, Span<double> values)
    {
        int count = values.Length;
        bool rotated = count > 1;
        for (int sweep = 0; rotated && sweep < MostSweeps; sweep++)
        {
            rotated = false;
            for (int i = 0; i < count - 1; i++)
                for (int j = i + 1; j < count; j++)
                    rotated |= Rotate(columns.Slice(i * rows, rows), columns.Slice(j * rows, rows));
        }

        for (int i = 0; i < count; i++)
        {
            double square = 0;
            foreach (double x in columns.Slice(i * rows, rows)) square += x * x;
            values[i] = Math.Sqrt(square);
        }

        values.Sort((x, y) => y.CompareTo(x));
    }

    /// <summary>Makes two columns orthogonal.</summary>
    /// <returns>False where they were, to rounding.</returns>
    private static bool Rotate(Span<double> x, Span<double> y)
    {
        double xx = 0, yy = 0, xy = 0;
        for (int k = 0; k < x.Length; k++)
        {
            xx += x[k] * x[k];
            yy += y[k] * y[k];
            xy += x[k] * y[k];
        }

        // Roots first: the product of the squares may underflow. A NaN ends the sweeps.
        if (!(Math.Abs(xy) > Epsilon * x.Length * Math.Sqrt(xx) * Math.Sqrt(yy))) return false;
        double zeta = (yy - xx) / (2 * xy);
        double tangent = 1 / (zeta + Math.CopySign(Math.Sqrt(1 + zeta * zeta), zeta));
        double cosine = 1 / Math.Sqrt(1 + tangent * tangent), sine = cosine * tangent;
        for (int k = 0; k < x.Length; k++) (x[k], y[k]) = (cosine * x[k] - sine * y[k], sine * x[k] + cosine * y[k]);
        return true;
    }
}
