using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using HessianKernels.Kernels;
using static HessianKernels.Networks.Kernels.Constant;

namespace HessianKernels.Networks.Kernels;

/// <summary>
/// <c>erf z</c>: its own series within [-1, 1], <c>1 - erfc |z|</c> outside. With <c>f' = 2 / sqrt(pi) exp(-z^2)</c>, <c>f'' = -2 z f'</c> and
/// <c>f''' = (4 z^2 - 2) f'</c>.
/// </summary>
internal readonly struct Erf<T> : IActivation<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Evaluate(Vector512<T> z, out Vector512<T> y, out Vector512<T> first, out Vector512<T> second, out Vector512<T> third)
    {
        // Beyond, exp(-z^2) is 0.
        Vector512<T> x = Within(typeof(T) == typeof(float) ? 11 : 28, z), size = Vector512.Abs(x);
        Vector512<T> square = x * x, lost = Simd.MultiplyAdd(x, x, -square);
        Vector512<T> gauss = Exponential.OfNegative(-square, -lost, out _);
        Vector512<T> outside = Vector512.CopySign(Vector512<T>.One - gauss * ErrorFunction.Scaled(size), z);
        y = Vector512.ConditionalSelect(Vector512.LessThan(size, Vector512<T>.One), z * ErrorFunction.Series(square), outside);
        first = Of<T>(1.1283791670955125739) * gauss;
        second = Of<T>(-2) * x * first;
        third = Simd.MultiplyAdd(Of<T>(4), square, Of<T>(-2)) * first;
    }
}

/// <summary>
/// <c>z Phi(z)</c> with the normal distribution <c>Phi(-|z|) = erfc(|z| / sqrt 2) / 2</c> and its density <c>phi</c>: <c>f' = Phi + z phi</c>,
/// <c>f'' = (2 - z^2) phi</c>, <c>f''' = (z^2 - 4) z phi</c>. At -infinity they are their limits, 0.
/// </summary>
internal readonly struct GaussianLinear<T> : IActivation<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Evaluate(Vector512<T> z, out Vector512<T> y, out Vector512<T> first, out Vector512<T> second, out Vector512<T> third)
    {
        // Beyond, the density is 0.
        double limit = typeof(T) == typeof(float) ? 15 : 40;
        Vector512<T> x = Within(limit, z), half = Of<T>(0.5), square = x * x, lost = Simd.MultiplyAdd(x, x, -square);
        Vector512<T> gauss = Exponential.OfNegative(-half * square, -half * lost, out _);
        Vector512<T> tail = gauss * (half * ErrorFunction.Scaled(Of<T>(0.70710678118654752440) * Vector512.Abs(x)));
        Vector512<T> share = Vector512.ConditionalSelect(Vector512.LessThan(x, default), tail, Vector512<T>.One - tail);
        Vector512<T> density = Of<T>(0.39894228040143267794) * gauss;
        y = NotBelow(-limit, z) * share;
        first = Simd.MultiplyAdd(x, density, share);
        second = (Of<T>(2) - square) * density;
        third = (square - Of<T>(4)) * x * density;
    }
}
