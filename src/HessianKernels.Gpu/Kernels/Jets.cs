using System.Numerics;

namespace HessianKernels.Gpu.Kernels;

/// <summary>A function's value and its first three derivatives at a point.</summary>
internal readonly struct Jet<T>(T value, T first, T second, T third)
    where T : unmanaged
{
    public readonly T Value = value, First = first, Second = second, Third = third;
}

/// <summary>An activation on the device; the formulas are those of the CPU's kernels.</summary>
internal interface IJet<T>
    where T : unmanaged
{
    static abstract Jet<T> At(T z, T slope);
}

/// <summary><c>z</c>.</summary>
internal readonly struct IdentityJet<T> : IJet<T>
    where T : unmanaged, INumber<T>
{
    public static Jet<T> At(T z, T slope) => new(z, T.One, T.Zero, T.Zero);
}

/// <summary><c>z</c> where z is positive, else <c>slope z</c>, or 0 where the slope is 0. NaN stays; its derivative is the slope.</summary>
internal readonly struct RectifierJet<T> : IJet<T>
    where T : unmanaged, INumber<T>
{
    public static Jet<T> At(T z, T slope)
    {
        bool positive = z > T.Zero;
        // Not slope z, which at -infinity would be NaN.
        T below = slope == T.Zero ? (z <= T.Zero ? T.Zero : z) : slope * z;
        return new(positive ? z : below, positive ? T.One : slope, T.Zero, T.Zero);
    }
}

/// <summary><c>z^2</c>.</summary>
internal readonly struct SquareJet<T> : IJet<T>
    where T : unmanaged, INumber<T>
{
    public static Jet<T> At(T z, T slope) => new(z * z, z + z, T.One + T.One, T.Zero);
}

/// <summary>
/// <c>tanh |z| = (1 - e) / (1 + e)</c> with <c>e = exp(-2 |z|)</c>; <c>f' = 4 e / (1 + e)^2</c>, <c>f'' = -2 f f'</c>,
/// <c>f''' = f' (6 f^2 - 2)</c>.
/// </summary>
internal readonly struct TanhJet<T, TMath> : IJet<T>
    where T : unmanaged, INumber<T>
    where TMath : struct, IElementary<T>
{
    public static Jet<T> At(T z, T slope)
    {
        T two = TMath.Of(2), size = z < T.Zero ? -z : z, e = TMath.Exp(-two * size), minusOne = Decay<T, TMath>.MinusOne(-two * size, e);
        T inverse = T.One / (two + minusOne), value = -minusOne / (two + minusOne);
        T y = z < T.Zero ? -value : z == T.Zero ? z : value, first = TMath.Of(4) * e * inverse * inverse;
        return new(y, first, -two * y * first, first * (TMath.Of(6) * y * y - two));
    }
}

/// <summary>
/// <c>p = 1 / (1 + exp(-z))</c>: <c>f' = s = p (1 - p)</c>, <c>f'' = s u</c> with <c>u = 1 - 2 p</c>, <c>f''' = s (1 - 6 s)</c>.
/// </summary>
internal readonly struct SigmoidJet<T, TMath> : IJet<T>
    where T : unmanaged, INumber<T>
    where TMath : struct, IElementary<T>
{
    public static Jet<T> At(T z, T slope)
    {
        SigmoidParts<T> s = Decay<T, TMath>.Sigmoid(z);
        return new(s.Value, s.Slope, s.Slope * s.U, s.Slope * s.Curve);
    }
}

/// <summary>
/// <c>z p(z)</c>: <c>f' = p + z s</c>, <c>f'' = s (2 + z u)</c>, <c>f''' = s (3 u + z (1 - 6 s))</c>; at -infinity their limits, 0.
/// </summary>
internal readonly struct SiluJet<T, TMath> : IJet<T>
    where T : unmanaged, INumber<T>
    where TMath : struct, IElementary<T>
{
    public static Jet<T> At(T z, T slope)
    {
        SigmoidParts<T> s = Decay<T, TMath>.Sigmoid(z);
        T limit = TMath.ExpLimit(), above = z < -limit ? -limit : z, x = above > limit ? limit : above;
        return new(above * s.Value, x * s.Slope + s.Value, s.Slope * (x * s.U + TMath.Of(2)), s.Slope * (x * s.Curve + TMath.Of(3) * s.U));
    }
}

/// <summary><c>erf z</c>: <c>f' = 2 / sqrt(pi) exp(-z^2)</c>, <c>f'' = -2 z f'</c>, <c>f''' = (4 z^2 - 2) f'</c>.</summary>
internal readonly struct ErfJet<T, TMath> : IJet<T>
    where T : unmanaged, INumber<T>
    where TMath : struct, IElementary<T>
{
    public static Jet<T> At(T z, T slope)
    {
        T limit = TMath.ErfLimit(), x = z < -limit ? -limit : z > limit ? limit : z, two = TMath.Of(2);
        T first = TMath.Of(1.1283791670955125739) * TMath.ExpOfMinusSquare(x < T.Zero ? -x : x);
        return new(z == T.Zero ? z : TMath.Erf(x), first, -two * x * first, (TMath.Of(4) * x * x - two) * first);
    }
}

/// <summary>
/// <c>z Phi(z)</c> with the normal distribution and its density phi: <c>f' = Phi + z phi</c>, <c>f'' = (2 - z^2) phi</c>,
/// <c>f''' = (z^2 - 4) z phi</c>; at -infinity their limits, 0.
/// </summary>
internal readonly struct GeluJet<T, TMath> : IJet<T>
    where T : unmanaged, INumber<T>
    where TMath : struct, IElementary<T>
{
    public static Jet<T> At(T z, T slope)
    {
        T limit = TMath.NormalLimit(), above = z < -limit ? -limit : z, x = above > limit ? limit : above,
            share = TMath.NormalCumulative(x);
        T density = TMath.Of(0.39894228040143267794) * TMath.ExpOfMinusHalfSquare(x < T.Zero ? -x : x);
        return new(above * share, x * density + share, (TMath.Of(2) - x * x) * density, (x * x - TMath.Of(4)) * x * density);
    }
}

/// <summary>What the functions of exp(-|z|) share.</summary>
internal static class Decay<T, TMath>
    where T : unmanaged, INumber<T>
    where TMath : struct, IElementary<T>
{
    /// <summary>e^x - 1 for x of 0 and below, where e^x is known already: nothing cancels in the difference but near 0.</summary>
    public static T MinusOne(T x, T exp) => exp > TMath.Of(0.5) ? TMath.ExpMinusOne(x) : exp - T.One;

    public static SigmoidParts<T> Sigmoid(T z)
    {
        T size = z < T.Zero ? -z : z, e = TMath.Exp(-size), large = T.One / (T.One + e), small = e * large, slope = small * large;
        T u = MinusOne(-size, e) * large;
        return new(z >= T.Zero ? large : small, slope, z < T.Zero ? -u : u, T.One - TMath.Of(6) * slope);
    }
}

/// <summary>The sigmoid p, its slope <c>s = p (1 - p)</c>, <c>u = 1 - 2 p</c> and <c>curve = 1 - 6 s</c>.</summary>
internal readonly struct SigmoidParts<T>(T value, T slope, T u, T curve)
    where T : unmanaged
{
    public readonly T Value = value, Slope = slope, U = u, Curve = curve;
}
