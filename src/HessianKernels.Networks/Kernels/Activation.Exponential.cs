using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using HessianKernels.Kernels;
using static HessianKernels.Networks.Kernels.Constant;

namespace HessianKernels.Networks.Kernels;

/// <summary>
/// <c>tanh |z| = (1 - e) / (1 + e)</c> with <c>e = exp(-2 |z|)</c>, and <c>f' = 4 e / (1 + e)^2</c>: nothing cancels in the tails.
/// <c>f'' = -2 f f'</c>, <c>f''' = f' (6 f^2 - 2)</c>.
/// </summary>
internal readonly struct HyperbolicTangent<T> : IActivation<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Evaluate(Vector512<T> z, out Vector512<T> y, out Vector512<T> first, out Vector512<T> second, out Vector512<T> third)
    {
        Vector512<T> two = Of<T>(2);
        Vector512<T> e = Exponential.OfNegative(Of<T>(-2) * Vector512.Abs(z), default, out Vector512<T> minusOne);
        Vector512<T> d = Vector512<T>.One / (two + minusOne);
        y = Vector512.CopySign(-minusOne / (two + minusOne), z);
        first = (Of<T>(4) * e * d) * d;
        second = Of<T>(-2) * y * first;
        third = first * Simd.MultiplyAdd(Of<T>(6) * y, y, -two);
    }
}

/// <summary>
/// <c>1 / (1 + exp(-z))</c>. With <c>e = exp(-|z|)</c>, <c>f' = e / (1 + e)^2</c>, <c>f'' = f' u</c> where <c>u = 1 - 2 f = -tanh(z / 2)</c>, and
/// <c>f''' = f' (1 - 6 f')</c>.
/// </summary>
internal readonly struct Sigmoid<T> : IActivation<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Evaluate(Vector512<T> z, out Vector512<T> y, out Vector512<T> first, out Vector512<T> second, out Vector512<T> third)
    {
        Pieces(z, out y, out first, out Vector512<T> u, out Vector512<T> curve);
        second = first * u;
        third = first * curve;
    }

    /// <summary>The sigmoid p, its slope <c>s = p (1 - p)</c>, <c>u = 1 - 2 p</c> and <c>curve = 1 - 6 s</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Pieces(Vector512<T> z, out Vector512<T> p, out Vector512<T> slope, out Vector512<T> u, out Vector512<T> curve)
    {
        Vector512<T> e = Exponential.OfNegative(-Vector512.Abs(z), default, out Vector512<T> minusOne);
        Vector512<T> large = Vector512<T>.One / (Vector512<T>.One + e), small = e * large;
        p = Vector512.ConditionalSelect(Vector512.GreaterThanOrEqual(z, default), large, small);
        slope = small * large;
        u = Vector512.CopySign(minusOne * large, -z);
        curve = Simd.MultiplyAdd(Of<T>(-6), slope, Vector512<T>.One);
    }
}

/// <summary>
/// <c>z p(z)</c> with the sigmoid p, its slope s and <c>u = 1 - 2 p</c>: <c>f' = p + z s</c>, <c>f'' = s (2 + z u)</c>, <c>f''' = s (3 u + z (1 - 6 s))</c>.
/// At -infinity they are their limits, 0.
/// </summary>
internal readonly struct SigmoidLinear<T> : IActivation<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Evaluate(Vector512<T> z, out Vector512<T> y, out Vector512<T> first, out Vector512<T> second, out Vector512<T> third)
    {
        // Where s is 0 already, and z times it must be.
        double limit = typeof(T) == typeof(float) ? 105 : 750;
        Sigmoid<T>.Pieces(z, out Vector512<T> p, out Vector512<T> s, out Vector512<T> u, out Vector512<T> curve);
        y = NotBelow(-limit, z) * p;
        Vector512<T> x = Within(limit, z);
        first = Simd.MultiplyAdd(x, s, p);
        second = s * Simd.MultiplyAdd(x, u, Of<T>(2));
        third = s * Simd.MultiplyAdd(x, curve, Of<T>(3) * u);
    }
}
