using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace HessianKernels.Kernels;

/// <summary>
/// What every kernel's loop is made of. The unit is 512 bits everywhere: where the hardware has less, the runtime splits it, so a
/// sum is taken in the same order, and has the same bits, with AVX-512, with AVX2 and without either.
/// </summary>
internal static class Simd
{
    /// <summary><c>a * b + c</c>, rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> MultiplyAdd<T>(Vector512<T> a, Vector512<T> b, Vector512<T> c)
        where T : unmanaged
        => typeof(T) == typeof(double)
            ? Vector512.FusedMultiplyAdd(a.As<T, double>(), b.As<T, double>(), c.As<T, double>()).As<double, T>()
            : Vector512.FusedMultiplyAdd(a.As<T, float>(), b.As<T, float>(), c.As<T, float>()).As<float, T>();

    /// <summary>
    /// <c>(low, high) += x * y</c> in double, whatever T is; double has nothing to put into <paramref name="high"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AccumulateProduct<T>(Vector512<T> x, Vector512<T> y, ref Vector512<double> low, ref Vector512<double> high)
        where T : unmanaged
    {
        if (typeof(T) == typeof(double))
        {
            low = Vector512.FusedMultiplyAdd(x.As<T, double>(), y.As<T, double>(), low);
            return;
        }

        (Vector512<double> xLow, Vector512<double> xHigh) = Vector512.Widen(x.As<T, float>());
        (Vector512<double> yLow, Vector512<double> yHigh) = Vector512.Widen(y.As<T, float>());
        low = Vector512.FusedMultiplyAdd(xLow, yLow, low);
        high = Vector512.FusedMultiplyAdd(xHigh, yHigh, high);
    }

    /// <summary>The 64-bit products of the low halves of the elements; a product of whole ones takes three times as long.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> MultiplyLow(Vector512<ulong> a, Vector512<ulong> b)
        => Avx512F.IsSupported ? Avx512F.Multiply(a.AsUInt32(), b.AsUInt32()) : (a & Vector512.Create<ulong>(uint.MaxValue)) * (b & Vector512.Create<ulong>(uint.MaxValue));

    /// <summary>The sum of the eight elements, always folded in halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sum(Vector512<double> x)
    {
        Vector256<double> four = x.GetLower() + x.GetUpper();
        Vector128<double> two = four.GetLower() + four.GetUpper();
        return two[0] + two[1];
    }

    /// <summary>The sum of the elements of a vector of T, always folded in halves, in T.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sum<T>(Vector512<T> x)
        where T : unmanaged, INumberBase<T>
    {
        Vector256<T> half = x.GetLower() + x.GetUpper();
        Vector128<T> quarter = half.GetLower() + half.GetUpper();
        if (typeof(T) == typeof(double)) return quarter[0] + quarter[1];
        return (quarter[0] + quarter[2]) + (quarter[1] + quarter[3]);
    }
}
