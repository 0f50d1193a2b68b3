namespace HessianKernels.Krylov;

internal static partial class SymmetricTridiagonal
{
    private const int MostSteps = 100;

    /// <summary>
    /// The largest eigenvalue alone, by Laguerre's iteration from above, which on a polynomial with real roots falls to the largest of them without passing it,
    /// and cubically (Wilkinson, The Algebraic Eigenvalue Problem, 7.33). A step costs t divisions; all eigenvalues would cost some t^2.
    /// </summary>
    /// <param name="diagonal">a, [t].</param>
    /// <param name="offDiagonal">b, [t - 1] used.</param>
    /// <param name="guess">A number thought to be above it, or NaN. One that is not costs a wasted step.</param>
    public static double Largest(ReadOnlySpan<double> diagonal, ReadOnlySpan<double> offDiagonal, double guess = double.NaN)
    {
        int t = diagonal.Length;
        double scale = LargestElement(diagonal, offDiagonal);
        if (t == 1 || scale == 0 || !double.IsFinite(scale)) return t == 1 ? diagonal[0] : scale;
        double bound = UpperBound(diagonal, offDiagonal) + 4 * Epsilon * scale;
        if (guess < bound && LaguerreStep(diagonal, offDiagonal, guess) is > 0 and var first)
            return LargestFrom(diagonal, offDiagonal, guess - first, first, scale);
        return LargestFrom(diagonal, offDiagonal, bound, 0, scale);
    }

    /// <summary>Gershgorin's.</summary>
    private static double UpperBound(ReadOnlySpan<double> diagonal, ReadOnlySpan<double> offDiagonal)
    {
        int t = diagonal.Length;
        double bound = double.NegativeInfinity, left = 0;
        for (int i = 0; i < t; i++)
        {
            double right = i == t - 1 ? 0 : Math.Abs(offDiagonal[i]);
            bound = Math.Max(bound, diagonal[i] + left + right);
            left = right;
        }

        return bound;
    }

    private static double LargestFrom(ReadOnlySpan<double> diagonal, ReadOnlySpan<double> offDiagonal, double x, double before, double scale)
    {
        for (int step = 0; step < MostSteps; step++)
        {
            double fall = LaguerreStep(diagonal, offDiagonal, x);
            // Not above the root any more: at it, to rounding.
            if (!(fall > 0) || x - fall >= x) return x;
            x -= fall;
            // Falls shrink cubically in the end: the next would be below rounding.
            double ratio = fall / before;
            if (ratio < 0.1 && fall * ratio * ratio <= Epsilon * scale) return x;
            before = fall;
        }

        return x;
    }

    /// <summary>How far Laguerre's iteration falls from x; NaN where x is not above the largest eigenvalue.</summary>
    private static double LaguerreStep(ReadOnlySpan<double> diagonal, ReadOnlySpan<double> offDiagonal, double x)
    {
        // With pivots d_i of T - x I: u_i = d_i'/d_i, v_i = d_i''/d_i; sum u = sum 1/(x - root), and its derivative.
        int t = diagonal.Length;
        double sum = 0, square = 0, u = 0, v = 0, inverse = 0;
        for (int i = 0; i < t; i++)
        {
            double b = i == 0 ? 0 : offDiagonal[i - 1];
            double w = b * b * inverse;
            double pivot = diagonal[i] - x - w;
            if (!(pivot < 0)) return double.NaN;
            inverse = 1 / pivot;
            double first = w * u - 1, second = w * (v - 2 * u * u);
            u = first * inverse;
            v = second * inverse;
            sum += u;
            square += u * u - v;
        }

        return t / (sum + Math.Sqrt(Math.Max(0, (t - 1) * (t * square - sum * sum))));
    }

    /// <summary>
    /// The largest eigenvalue and its eigenvector from a guess near it, by Rayleigh quotients of twisted factorisations, each with about twice the correct digits of the one before; where that
    /// goes astray, by <see cref="Largest"/> and <see cref="Eigenvector"/>.
    /// </summary>
    /// <param name="diagonal">a, [t].</param>
    /// <param name="offDiagonal">b, [t - 1] used.</param>
    /// <param name="guess">A number thought to be near it, or NaN.</param>
    /// <param name="accuracy">The residual the vector may have, relative to the largest element; the value is right to about its square. 0 for all that rounding allows.</param>
    /// <param name="vector">Out: [t].</param>
    /// <param name="scratch">[t].</param>
    public static double LargestPair(
        ReadOnlySpan<double> diagonal, ReadOnlySpan<double> offDiagonal, double guess, double accuracy, Span<double> vector, Span<double> scratch)
    {
        const int Steps = 6;
        double enough = Math.Max(16 * Epsilon, accuracy) * LargestElement(diagonal, offDiagonal), value = guess;
        for (int step = 0; step < Steps && double.IsFinite(value); step++)
        {
            Twisted twisted = Twist(diagonal, offDiagonal, value, vector, scratch);
            value += twisted.Correction;
            if (!(twisted.Residual <= enough)) continue;
            if (twisted.NoneAbove) return value;
            break;
        }

        value = Largest(diagonal, offDiagonal);
        Twist(diagonal, offDiagonal, value, vector, scratch);
        return value;
    }

    /// <summary>
    /// The eigenvector of a given eigenvalue, normalised, by a twisted factorisation: pivots from above and from below meet where the vector is
    /// largest, so that its small components, the last one above all, come out with small relative error (Dhillon and Parlett, 2004).
    /// </summary>
    /// <param name="diagonal">a, [t].</param>
    /// <param name="offDiagonal">b, [t - 1] used.</param>
    /// <param name="eigenvalue">An eigenvalue of T, to rounding.</param>
    /// <param name="vector">Out: [t].</param>
    /// <param name="scratch">[t].</param>
    public static void Eigenvector(
        ReadOnlySpan<double> diagonal, ReadOnlySpan<double> offDiagonal, double eigenvalue, Span<double> vector, Span<double> scratch)
        => Twist(diagonal, offDiagonal, eigenvalue, vector, scratch);

    /// <summary>What one step of inverse iteration shows.</summary>
    /// <param name="Correction">From the shift to the vector's Rayleigh quotient.</param>
    /// <param name="Residual">||(T - shift I) z||.</param>
    /// <param name="NoneAbove">Whether no eigenvalue but the one sought is above the shift.</param>
    private readonly record struct Twisted(double Correction, double Residual, bool NoneAbove);

    /// <summary>The unit vector z of <c>(T - shift I) z = gamma e_k</c>, k where |gamma| is least.</summary>
    private static Twisted Twist(
        ReadOnlySpan<double> diagonal, ReadOnlySpan<double> offDiagonal, double shift, Span<double> vector, Span<double> scratch)
    {
        int t = diagonal.Length;
        if (t == 1)
        {
            vector[0] = 1;
            return new(diagonal[0] - shift, Math.Abs(diagonal[0] - shift), true);
        }

        double smallest = SmallestPivot(diagonal, offDiagonal);
        // Squares of b, which T's scale allows, keep one division and one difference a row in each chain.
        // vector: b_i / pivot from above; scratch: pivots from below.
        // The two chains of divisions side by side: each waits for itself, not for the other.
        double above = 0, below = Guard(diagonal[t - 1] - shift, smallest);
        scratch[t - 1] = below;
        // By Sylvester's law the pivots that are not negative count the eigenvalues above the shift; the twist's own stands for the one sought.
        int firstAbove = t, lastBelow = below > 0 ? t - 1 : -1;
        for (int i = 0, j = t - 2; j >= 0; i++, j--)
        {
            double bi = offDiagonal[i], bj = offDiagonal[j];
            double pivot = Guard(diagonal[i] - shift - above, smallest);
            if (pivot > 0 && firstAbove == t) firstAbove = i;
            vector[i] = bi / pivot;
            above = bi * bi / pivot;
            below = Guard(diagonal[j] - shift - bj * bj / below, smallest);
            if (below > 0 && lastBelow < 0) lastBelow = j;
            scratch[j] = below;
        }

        int twist = 0;
        double gamma = scratch[0];
        for (int i = 1; i < t; i++)
        {
            double here = scratch[i] - offDiagonal[i - 1] * vector[i - 1];
            if (Math.Abs(here) < Math.Abs(gamma)) (gamma, twist) = (here, i);
        }

        double square = 1;
        double component = 1;
        for (int i = twist - 1; i >= 0; i--)
        {
            component *= -vector[i];
            vector[i] = component;
            square += component * component;
        }

        component = 1;
        vector[twist] = 1;
        for (int i = twist + 1; i < t; i++)
        {
            component *= -offDiagonal[i - 1] / scratch[i];
            vector[i] = component;
            square += component * component;
        }

        double scale = 1 / Math.Sqrt(square);
        for (int i = 0; i < t; i++) vector[i] *= scale;
        return new(gamma / square, Math.Abs(gamma) * scale, firstAbove >= twist && lastBelow <= twist);
    }

    private static double Guard(double pivot, double smallest) => Math.Abs(pivot) < smallest ? -smallest : pivot;
}
