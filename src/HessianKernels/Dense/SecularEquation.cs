namespace HessianKernels.Dense;

/// <summary>
/// The eigenvalues of <c>diag(d) + rho z z^T</c>, d ascending and distinct, rho > 0: the roots of
/// <c>f(x) = 1 / rho + sum_i z_i^2 / (d_i - x)</c>, one between neighbours and one above the last.
/// </summary>
internal static unsafe class SecularEquation
{
    private const double Epsilon = 2.220446049250313e-16;
    private const int MostSteps = 100;

    /// <summary>
    /// Root j, as its distance from the nearest pole, so that every difference <c>d_i - x_j</c> has full relative accuracy. The sums on the two sides of the root are
    /// each replaced by a hyperbola that agrees with them in value and slope (Bunch, Nielsen and Sorensen 1978; Li, LAPACK working note 89); a step that leaves the bracket becomes a bisection.
    /// </summary>
    /// <param name="j">Which, from 0.</param>
    /// <param name="d">The poles, <c>[k]</c>.</param>
    /// <param name="squares">z_i^2, positive, <c>[k]</c>.</param>
    /// <param name="k">How many.</param>
    /// <param name="rho">rho, positive.</param>
    /// <param name="differences">Out: <c>d_i - x_j</c>, <c>[k]</c>.</param>
    /// <returns>x_j.</returns>
    public static double Root(int j, double* d, double* squares, int k, double rho, double* differences)
    {
        double inverse = 1 / rho, sum = 0;
        bool last = j == k - 1;
        if (last)
            for (int i = 0; i < k; i++) sum += squares[i];
        double width = last ? rho * sum : d[j + 1] - d[j];
        int origin = j;
        double low = 0, high = width;
        if (!last)
        {
            double half = 0.5 * width, middle = inverse;
            for (int i = 0; i < k; i++) middle += squares[i] / (d[i] - d[j] - half);
            // f rises from -infinity to +infinity between the poles.
            if (middle < 0) (origin, low, high) = (j + 1, -half, 0);
            else high = half;
        }

        double at = d[origin], x = 0.5 * (low + high);
        for (int step = 0; step < MostSteps; step++)
        {
            double below = 0, belowSlope = 0, above = 0, aboveSlope = 0;
            for (int i = 0; i <= j; i++)
            {
                double difference = d[i] - at - x, term = squares[i] / difference;
                below += term;
                belowSlope += term / difference;
            }

            for (int i = j + 1; i < k; i++)
            {
                double difference = d[i] - at - x, term = squares[i] / difference;
                above += term;
                aboveSlope += term / difference;
            }

            double value = inverse + below + above;
            // What rounding leaves of the sum.
            if (Math.Abs(value) <= 2 * Epsilon * (inverse + Math.Abs(below) + above)) break;
            if (value < 0) low = x;
            else high = x;
            double next = last ? Above(d[j] - at - x, inverse + below, belowSlope) : Between(d[j] - at - x, d[j + 1] - at - x, inverse, below, belowSlope, above, aboveSlope);
            next += x;
            if (!(next > low && next < high)) next = 0.5 * (low + high);
            if (next == x || high - low <= Epsilon * Math.Max(Math.Abs(low), Math.Abs(high))) break;
            x = next;
        }

        for (int i = 0; i < k; i++) differences[i] = d[i] - at - x;
        return at + x;
    }

    /// <summary>The step to the root of <c>c + s / (p - t)</c>, with the value and slope that the sum has at t = 0; p the pole's distance, negative.</summary>
    private static double Above(double p, double value, double slope)
    {
        double s = p * p * slope, c = value - p * slope;
        return p + s / c;
    }

    /// <summary>The step to the root of <c>c + s / (p - t) + u / (q - t)</c> between its poles p &lt; 0 &lt; q.</summary>
    private static double Between(double p, double q, double inverse, double below, double belowSlope, double above, double aboveSlope)
    {
        double s = p * p * belowSlope, u = q * q * aboveSlope, c = inverse + below - p * belowSlope + above - q * aboveSlope;
        // c (p - t)(q - t) + s (q - t) + u (p - t) = c t^2 - b t + a.
        double a = c * p * q + s * q + u * p, b = c * (p + q) + s + u, root = Math.Sqrt(Math.Max(0, b * b - 4 * a * c));
        return b > 0 ? 2 * a / (b + root) : c != 0 ? (b - root) / (2 * c) : a / b;
    }
}
