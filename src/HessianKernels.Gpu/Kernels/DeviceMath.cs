using ILGPU;

namespace HessianKernels.Gpu.Kernels;

/// <summary>
/// Elementary functions from plus, times, over and root alone: they need no toolkit on the machine and give the same on every device but for
/// contraction. The polynomials are Taylor's, long enough that what they leave out is below half a unit in the last place.
/// </summary>
internal static partial class DeviceMath
{
    // ln 2 in two parts, the first with 20 zero bits at the end: a product with an exponent is exact.
    private const double Ln2High = 0.69314718036912382, Ln2Low = 1.9082149292705877e-10;

    /// <summary>The natural logarithm of a positive normal number.</summary>
    public static double Log(double x)
    {
        ulong bits = Interop.FloatAsInt(x);
        int exponent = (int)(bits >> 52) - 1023;
        double m = Interop.IntAsFloat((bits & 0x000FFFFFFFFFFFFFUL) | 0x3FF0000000000000UL);
        // m in (0.707, 1.414]: the series is in s = (m - 1) / (m + 1), |s| <= 0.172.
        bool upper = m > 1.4142135623730951;
        m = upper ? 0.5 * m : m;
        exponent = upper ? exponent + 1 : exponent;
        double f = m - 1, s = f / (2 + f), z = s * s;
        double series = 1.0 / 21;
        series = series * z + 1.0 / 19;
        series = series * z + 1.0 / 17;
        series = series * z + 1.0 / 15;
        series = series * z + 1.0 / 13;
        series = series * z + 1.0 / 11;
        series = series * z + 1.0 / 9;
        series = series * z + 1.0 / 7;
        series = series * z + 1.0 / 5;
        series = series * z + 1.0 / 3;
        // log m = 2 s + 2 s z (...), and 2 s = f - s f: the small part is added last.
        return exponent * Ln2High + (f - (s * f - (2 * s * z * series + exponent * Ln2Low)));
    }

    /// <summary><c>sin(2 pi v)</c> and <c>cos(2 pi v)</c> for v in [0, 1).</summary>
    public static (double Sine, double Cosine) SinCosTurn(double v)
    {
        int quarter = (int)(4 * v + 0.5);
        double a = (v - 0.25 * quarter) * 6.2831853071795865, z = a * a;
        double s = 1.0 / 355687428096000;
        s = -1.0 / 1307674368000 + s * z;
        s = 1.0 / 6227020800 + s * z;
        s = -1.0 / 39916800 + s * z;
        s = 1.0 / 362880 + s * z;
        s = -1.0 / 5040 + s * z;
        s = 1.0 / 120 + s * z;
        s = -1.0 / 6 + s * z;
        double c = 1.0 / 20922789888000;
        c = -1.0 / 87178291200 + c * z;
        c = 1.0 / 479001600 + c * z;
        c = -1.0 / 3628800 + c * z;
        c = 1.0 / 40320 + c * z;
        c = -1.0 / 720 + c * z;
        c = 1.0 / 24 + c * z;
        c = -0.5 + c * z;
        double sine = a + a * z * s, cosine = 1 + z * c;
        int turn = quarter & 3;
        double first = (turn & 1) == 0 ? sine : cosine, second = (turn & 1) == 0 ? cosine : sine;
        return (turn >= 2 ? -first : first, turn == 1 | turn == 2 ? -second : second);
    }
}
