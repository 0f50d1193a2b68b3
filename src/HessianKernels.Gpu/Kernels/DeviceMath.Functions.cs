using ILGPU;

namespace HessianKernels.Gpu.Kernels;

/// <summary>
/// exp, tanh, erf, erfc and GELU with its two derivatives. Largest errors found by the tests, in units in the last place: docs/gpu.md.
/// </summary>
/// <remarks>
/// erfc from 1/2 on is <c>exp(-x^2) P(t) / (x + 1/2)</c>, <c>t = (x - 2.5) / (x + 2.5)</c>, P interpolating <c>(x + 1/2) exp(x^2) erfc(x)</c> in
/// Chebyshev's points of 1/2 .. 28 (double, degree 21) and 1/2 .. 14 (float, degree 9), fitted in 60 digits for this file.
/// </remarks>
internal static partial class DeviceMath
{
    private const double Log2E = 1.4426950408889634, TwoOverRootPi = 1.1283791670955126, RootHalf = 0.70710678118654752, InverseRootTwoPi = 0.39894228040143268;

    /// <summary>e^x.</summary>
    public static double Exp(double x)
    {
        // Beyond these the result is 0 or infinite whatever x is, and an exponent stays an integer; a NaN passes both.
        double bounded = x > 710 ? 710 : x < -746 ? -746 : x;
        int exponent = (int)(bounded * Log2E + (bounded < 0 ? -0.5 : 0.5));
        double r = (bounded - exponent * Ln2High) - exponent * Ln2Low;
        double value = 1 + ExpMinusOneOnShort(r);
        // In two steps: 2^exponent may be no normal number where the result is one, or is subnormal.
        int half = exponent / 2;
        value = value * PowerOf2(half) * PowerOf2(exponent - half);
        return double.IsNaN(x) ? x : value;
    }

    /// <summary>e^x - 1, accurate near 0 too, for |x| up to 100.</summary>
    private static double ExpMinusOne(double x)
    {
        int exponent = (int)(x * Log2E + (x < 0 ? -0.5 : 0.5));
        double r = (x - exponent * Ln2High) - exponent * Ln2Low, power = PowerOf2(exponent);
        return power * ExpMinusOneOnShort(r) + (power - 1);
    }

    /// <summary>tanh x = E / (E + 2), E = e^(2x) - 1; odd, so that E is never near -2.</summary>
    public static double Tanh(double x)
    {
        double size = Math.Abs(x), e = ExpMinusOne(2 * (size > 22 ? 22 : size)), value = e / (e + 2);
        return double.IsNaN(x) ? x : x < 0 ? -value : value;
    }

    /// <summary>erf x.</summary>
    public static double Erf(double x)
    {
        double size = Math.Abs(x);
        return size < 1 ? ErfNearZero(x) : ErfFarOut(x, size > 6 ? 6 : size);
    }

    private static double ErfFarOut(double x, double bounded)
    {
        double value = 1 - ScaledErfc(bounded) * ExpOfMinusSquare(bounded);
        return double.IsNaN(x) ? x : x < 0 ? -value : value;
    }

    /// <summary>erfc x = 1 - erf x; from 1/2 on not as that difference, which would cost its digits.</summary>
    public static double Erfc(double x)
    {
        double size = Math.Abs(x);
        if (x < 0.5 & size < 1) return 1 - ErfNearZero(x);
        double bounded = size > 28 ? 28 : size, tail = ScaledErfc(bounded) * ExpOfMinusSquare(bounded);
        return double.IsNaN(x) ? x : x < 0 ? 2 - tail : tail;
    }

    /// <summary>Phi(x), the standard normal distribution.</summary>
    private static double NormalCumulative(double x)
    {
        double a = Math.Abs(x) * RootHalf;
        return a < 1 ? 0.5 + 0.5 * ErfNearZero(x * RootHalf) : NormalFarOut(x, a > 27.5 ? 27.5 : a);
    }

    private static double NormalFarOut(double x, double bounded)
    {
        // exp(-x^2 / 2) from x and not from the rounded x / sqrt(2): far out that would cost digits.
        double tail = 0.5 * ScaledErfc(bounded) * ExpOfMinusHalfSquare(Math.Abs(x));
        return x < 0 ? tail : 1 - tail;
    }

    /// <summary>GELU: x Phi(x).</summary>
    public static double Gelu(double x) => x < -40 ? 0 : x * NormalCumulative(x);

    /// <summary>Its first derivative: <c>Phi(x) + x phi(x)</c>.</summary>
    public static double GeluPrime(double x) => NormalCumulative(x) + x * InverseRootTwoPi * ExpOfMinusHalfSquare(Math.Abs(x));

    /// <summary>Its second derivative: <c>phi(x) (2 - x^2)</c>.</summary>
    public static double GeluSecond(double x)
    {
        double bounded = Math.Abs(x) > 40 ? 40 : Math.Abs(x);
        return InverseRootTwoPi * ExpOfMinusHalfSquare(bounded) * (2 - bounded * bounded);
    }

    /// <summary>e^r - 1 for |r| up to ln 2 / 2.</summary>
    private static double ExpMinusOneOnShort(double r)
    {
        double p = 1.0 / 6227020800;
        p = p * r + 1.0 / 479001600;
        p = p * r + 1.0 / 39916800;
        p = p * r + 1.0 / 3628800;
        p = p * r + 1.0 / 362880;
        p = p * r + 1.0 / 40320;
        p = p * r + 1.0 / 5040;
        p = p * r + 1.0 / 720;
        p = p * r + 1.0 / 120;
        p = p * r + 1.0 / 24;
        p = p * r + 1.0 / 6;
        p = p * r + 0.5;
        return r + r * r * p;
    }

    private static double PowerOf2(int exponent) => Interop.IntAsFloat((ulong)(exponent + 1023) << 52);

    /// <summary>exp(-x^2): the square in two parts, the first exact.</summary>
    private static double ExpOfMinusSquare(double x)
    {
        double high = Interop.IntAsFloat(Interop.FloatAsInt(x) & 0xFFFFFFFFF8000000UL);
        return Exp(-high * high) * Exp(-(x - high) * (x + high));
    }

    private static double ExpOfMinusHalfSquare(double x)
    {
        double bounded = x > 40 ? 40 : x, high = Interop.IntAsFloat(Interop.FloatAsInt(bounded) & 0xFFFFFFFFF8000000UL);
        double value = Exp(-0.5 * high * high) * Exp(-0.5 * (bounded - high) * (bounded + high));
        return double.IsNaN(x) ? x : value;
    }

    private static double ErfNearZero(double x)
    {
        double z = x * x;
        double s = 1.0 / 236887827111936000.0;
        s = s * z - 1.0 / 12449059983360000.0;
        s = s * z + 1.0 / 690452066304000.0;
        s = s * z - 1.0 / 40537905408000.0;
        s = s * z + 1.0 / 2528170444800.0;
        s = s * z - 1.0 / 168129561600.0;
        s = s * z + 1.0 / 11975040000.0;
        s = s * z - 1.0 / 918086400;
        s = s * z + 1.0 / 76204800;
        s = s * z - 1.0 / 6894720;
        s = s * z + 1.0 / 685440;
        s = s * z - 1.0 / 75600;
        s = s * z + 1.0 / 9360;
        s = s * z - 1.0 / 1320;
        s = s * z + 1.0 / 216;
        s = s * z - 1.0 / 42;
        s = s * z + 1.0 / 10;
        s = s * z - 1.0 / 3;
        // The leading term apart: its product with 2 / sqrt(pi) is the only rounding of note.
        return TwoOverRootPi * x + TwoOverRootPi * x * (z * s);
    }

    /// <summary>exp(x^2) erfc(x) for x in 1/2 .. 28.</summary>
    private static double ScaledErfc(double x)
    {
        double t = (x - 2.5) / (x + 2.5);
        double p = 1.1345902051385523e-08;
        p = p * t + -5.293823283918679e-08;
        p = p * t + -4.23811467134548e-08;
        p = p * t + 2.7092596498056687e-07;
        p = p * t + 3.1774194536495854e-07;
        p = p * t + -8.049757149581242e-07;
        p = p * t + -2.1381402218587817e-06;
        p = p * t + 1.3132847894336906e-06;
        p = p * t + 1.135971737186983e-05;
        p = p * t + 3.1297123363764025e-06;
        p = p * t + -5.676334620733023e-05;
        p = p * t + -4.4238894296976613e-05;
        p = p * t + 0.00031606247310966417;
        p = p * t + 0.000245932811912011;
        p = p * t + -0.0021910391961179527;
        p = p * t + 0.0004659464156517541;
        p = p * t + 0.01638044663558328;
        p = p * t + -0.05148352801954529;
        p = p * t + 0.07881495951158077;
        p = p * t + -0.04951226978679721;
        p = p * t + -0.061178381541201955;
        p = p * t + 0.6324190921834307;
        return p / (x + 0.5);
    }
}
