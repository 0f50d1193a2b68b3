using ILGPU;

namespace HessianKernels.Gpu.Kernels;

/// <summary>The same in single precision throughout: shorter polynomials, no double arithmetic.</summary>
internal static partial class DeviceMath
{
    // ln 2 in two parts, the first with 11 zero bits at the end.
    private const float Ln2HighSingle = 0.693145752f, Ln2LowSingle = 1.42860677e-6f, RootHalfSingle = 0.707106781f, InverseRootTwoPiSingle = 0.398942280f;

    /// <summary>e^x.</summary>
    public static float Exp(float x)
    {
        float bounded = x > 89 ? 89 : x < -104 ? -104 : x;
        int exponent = (int)(bounded * 1.44269504f + (bounded < 0 ? -0.5f : 0.5f));
        float r = (bounded - exponent * Ln2HighSingle) - exponent * Ln2LowSingle;
        float value = 1 + ExpMinusOneOnShort(r);
        int half = exponent / 2;
        value = value * SinglePowerOf2(half) * SinglePowerOf2(exponent - half);
        return float.IsNaN(x) ? x : value;
    }

    private static float ExpMinusOne(float x)
    {
        int exponent = (int)(x * 1.44269504f + (x < 0 ? -0.5f : 0.5f));
        float r = (x - exponent * Ln2HighSingle) - exponent * Ln2LowSingle, power = SinglePowerOf2(exponent);
        return power * ExpMinusOneOnShort(r) + (power - 1);
    }

    /// <summary>tanh x.</summary>
    public static float Tanh(float x)
    {
        float size = Math.Abs(x), e = ExpMinusOne(2 * (size > 10 ? 10 : size)), value = e / (e + 2);
        return float.IsNaN(x) ? x : x < 0 ? -value : value;
    }

    /// <summary>erf x.</summary>
    public static float Erf(float x)
    {
        float size = Math.Abs(x);
        return size < 1 ? ErfNearZero(x) : ErfFarOut(x, size > 4 ? 4 : size);
    }

    private static float ErfFarOut(float x, float bounded)
    {
        float value = 1 - ScaledErfc(bounded) * Exp(-bounded * bounded);
        return float.IsNaN(x) ? x : x < 0 ? -value : value;
    }

    /// <summary>erfc x; from 1/2 on not as a difference from 1, which would cost its digits.</summary>
    public static float Erfc(float x)
    {
        float size = Math.Abs(x);
        if (x < 0.5f & size < 1) return 1 - ErfNearZero(x);
        float bounded = size > 14 ? 14 : size, high = High(bounded);
        float tail = ScaledErfc(bounded) * (Exp(-high * high) * Exp(-(bounded - high) * (bounded + high)));
        return float.IsNaN(x) ? x : x < 0 ? 2 - tail : tail;
    }

    private static float NormalCumulative(float x)
    {
        float a = Math.Abs(x) * RootHalfSingle;
        return a < 1 ? 0.5f + 0.5f * ErfNearZero(x * RootHalfSingle) : NormalFarOut(x, a > 13.5f ? 13.5f : a);
    }

    private static float NormalFarOut(float x, float bounded)
    {
        float tail = 0.5f * ScaledErfc(bounded) * ExpOfMinusHalfSquare(Math.Abs(x));
        return x < 0 ? tail : 1 - tail;
    }

    /// <summary>GELU: x Phi(x).</summary>
    public static float Gelu(float x) => x < -18 ? 0 : x * NormalCumulative(x);

    /// <summary>Its first derivative.</summary>
    public static float GeluPrime(float x) => NormalCumulative(x) + x * InverseRootTwoPiSingle * ExpOfMinusHalfSquare(Math.Abs(x));

    /// <summary>Its second derivative.</summary>
    public static float GeluSecond(float x)
    {
        float bounded = Math.Abs(x) > 18 ? 18 : Math.Abs(x);
        return InverseRootTwoPiSingle * ExpOfMinusHalfSquare(bounded) * (2 - bounded * bounded);
    }

    private static float ExpMinusOneOnShort(float r)
    {
        float p = 1.0f / 5040;
        p = p * r + 1.0f / 720;
        p = p * r + 1.0f / 120;
        p = p * r + 1.0f / 24;
        p = p * r + 1.0f / 6;
        p = p * r + 0.5f;
        return r + r * r * p;
    }

    private static float SinglePowerOf2(int exponent) => Interop.IntAsFloat((uint)(exponent + 127) << 23);

    /// <summary>The leading 12 bits: their square is exact.</summary>
    private static float High(float x) => Interop.IntAsFloat(Interop.FloatAsInt(x) & 0xFFFFF000U);

    private static float ExpOfMinusHalfSquare(float x)
    {
        float bounded = x > 18 ? 18 : x, high = High(bounded);
        float value = Exp(-0.5f * high * high) * Exp(-0.5f * (bounded - high) * (bounded + high));
        return float.IsNaN(x) ? x : value;
    }

    private static float ErfNearZero(float x)
    {
        float z = x * x;
        float s = 1.0f / 76204800;
        s = s * z - 1.0f / 6894720;
        s = s * z + 1.0f / 685440;
        s = s * z - 1.0f / 75600;
        s = s * z + 1.0f / 9360;
        s = s * z - 1.0f / 1320;
        s = s * z + 1.0f / 216;
        s = s * z - 1.0f / 42;
        s = s * z + 1.0f / 10;
        s = s * z - 1.0f / 3;
        return 1.12837917f * x + 1.12837917f * x * (z * s);
    }

    private static float ScaledErfc(float x)
    {
        float t = (x - 2.5f) / (x + 2.5f);
        float p = 0.00025258286f;
        p = p * t + 0.000196751629f;
        p = p * t + -0.00216286816f;
        p = p * t + 0.000485962461f;
        p = p * t + 0.0163749773f;
        p = p * t + -0.0514869019f;
        p = p * t + 0.0788153782f;
        p = p * t + -0.0495120697f;
        p = p * t + -0.0611783899f;
        p = p * t + 0.632419109f;
        return p / (x + 0.5f);
    }
}
