using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using HessianKernels.Kernels;
using static HessianKernels.Networks.Kernels.Constant;

namespace HessianKernels.Networks.Kernels;

/// <summary>The exponential of what is not positive: all that a bounded activation needs, and a softmax.</summary>
/// <remarks>
/// <c>x = n log 2 + r</c> with |r| at most log(2) / 2, <c>exp r - 1</c> by a polynomial, and the power of two by its bits, in two steps where the result
/// is subnormal. The polynomial is the best of its degree in the relative error of <c>exp r - 1</c> (Remez): 1.9e-17 in double, 1.4e-8 in float.
/// At most 1.1 units in the last place off where the result is normal.
/// </remarks>
internal static class Exponential
{
    /// <summary>
    /// <c>exp(x + low)</c> and, as accurate near 0, <c>exp(x + low) - 1</c>, for x at most 0 and low a correction far below it.
    /// -infinity gives 0 and -1; NaN stays.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> OfNegative<T>(Vector512<T> x, Vector512<T> low, out Vector512<T> minusOne)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        bool single = typeof(T) == typeof(float);
        // Below the first the result is 0; n below the second is reached in two steps.
        Vector512<T> zeroBelow = Of<T>(single ? -105 : -750), deepest = Of<T>(single ? -120 : -1000);
        // 1.5 2^23 and 1.5 2^52: a sum with it has the nearest integer in its last bits.
        Vector512<T> toInteger = Of<T>(single ? 12582912 : 6755399441055744);
        x = Vector512.ConditionalSelect(Vector512.LessThan(x, zeroBelow), zeroBelow, x);
        Vector512<T> n = Simd.MultiplyAdd(x, Of<T>(1.4426950408889634), toInteger) - toInteger;
        // log 2 in two parts; the first difference is exact.
        Vector512<T> r = Simd.MultiplyAdd(n, Of<T>(single ? -0.693147182464599609375 : -0.69314718055994528623), x);
        r += Simd.MultiplyAdd(n, Of<T>(single ? 1.904654299957768e-9 : -2.3190468138462996e-17), low);
        Vector512<T> q = Simd.MultiplyAdd(r * r, Series(r), r);
        Vector512<T> first = Vector512.Max(n, deepest), power = PowerOfTwo(first + toInteger);
        minusOne = Simd.MultiplyAdd(power, q, power - Vector512<T>.One);
        return (Vector512<T>.One + q) * power * PowerOfTwo(n - first + toInteger);
    }

    /// <summary><c>(exp r - 1 - r) / r^2</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Series<T>(Vector512<T> r)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector512<T> p;
        if (typeof(T) == typeof(float))
        {
            p = Simd.MultiplyAdd(Of<T>(0.0013882518822558450392), r, Of<T>(0.008366579262487182767));
            p = Simd.MultiplyAdd(p, r, Of<T>(0.041667201612266880735));
            p = Simd.MultiplyAdd(p, r, Of<T>(0.16666543189677802722));
            return Simd.MultiplyAdd(p, r, Of<T>(0.49999998144936225748));
        }

        p = Simd.MultiplyAdd(Of<T>(2.505381072481245902e-8), r, Of<T>(2.7626157937912653106e-7));
        p = Simd.MultiplyAdd(p, r, Of<T>(2.7557407755145398387e-6));
        p = Simd.MultiplyAdd(p, r, Of<T>(2.4801504988946073064e-5));
        p = Simd.MultiplyAdd(p, r, Of<T>(0.00019841269718466640391));
        p = Simd.MultiplyAdd(p, r, Of<T>(0.0013888888931785065404));
        p = Simd.MultiplyAdd(p, r, Of<T>(0.0083333333333899006106));
        p = Simd.MultiplyAdd(p, r, Of<T>(0.041666666666576146597));
        p = Simd.MultiplyAdd(p, r, Of<T>(0.16666666666666588672));
        return Simd.MultiplyAdd(p, r, Of<T>(0.50000000000000052215));
    }

    /// <summary>2 to an integer that stands in the last bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> PowerOfTwo<T>(Vector512<T> integer)
        where T : unmanaged
        => typeof(T) == typeof(float)
            ? Vector512.ShiftLeft(integer.As<T, int>() + Vector512.Create(127), 23).As<int, T>()
            : Vector512.ShiftLeft(integer.As<T, long>() + Vector512.Create(1023L), 52).As<long, T>();
}
