using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace HessianKernels.Kernels;

internal static unsafe partial class GemmTile
{
    /// <summary>
    /// <see cref="Multiply{T}"/> where the hardware has 16 registers of 256 bits: quarters of a tile, each with its sums in registers.
    /// An element is the same chain as it is in one
    /// whole tile, and so are its bits.
    /// </summary>
    private static void MultiplyHalves<T>(int vectors, int rows, int depth, T* a, nint aLine, nint aStep, T* b, nint bStep, T alpha, T beta, T* c, nint ldc)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int step = vectors == 3 ? 3 : 2;
        for (int i = 0; i < (rows > 4 ? 8 : 4); i += 4, c += 4 * ldc)
        {
            T* ai = a + i * aLine;
            for (int h = 0; h < 2 * vectors; h += step)
            {
                int j = h * Vector256<T>.Count;
                if (step == 3) MultiplyHalf<T, Shape4X3>(rows - i, depth, ai, aLine, aStep, b + j, bStep, alpha, beta, c + j, ldc);
                else MultiplyHalf<T, Shape4X2>(rows - i, depth, ai, aLine, aStep, b + j, bStep, alpha, beta, c + j, ldc);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyHalf<T, TShape>(int rows, int depth, T* a, nint aLine, nint aStep, T* b, nint bStep, T alpha, T beta, T* c, nint ldc)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TShape : ITileShape
    {
        T* a1 = a + (rows > 1 ? aLine : 0), a2 = a1 + (rows > 2 ? aLine : 0), a3 = a2 + (rows > 3 ? aLine : 0);
        Vector256<T> s00 = default, s01 = default, s02 = default, s10 = default, s11 = default, s12 = default;
        Vector256<T> s20 = default, s21 = default, s22 = default, s30 = default, s31 = default, s32 = default;
        nint at = 0;
        for (; depth > 0; depth--, at += aStep, b += bStep)
        {
            Vector256<T> b0 = Vector256.Load(b), b1 = Vector256.Load(b + Vector256<T>.Count), b2 = default;
            if (TShape.Vectors > 2) b2 = Vector256.Load(b + 2 * Vector256<T>.Count);
            Row<T, TShape>(a + at, b0, b1, b2, ref s00, ref s01, ref s02);
            Row<T, TShape>(a1 + at, b0, b1, b2, ref s10, ref s11, ref s12);
            Row<T, TShape>(a2 + at, b0, b1, b2, ref s20, ref s21, ref s22);
            Row<T, TShape>(a3 + at, b0, b1, b2, ref s30, ref s31, ref s32);
        }

        Store<T, TShape>(c, alpha, beta, s00, s01, s02);
        Store<T, TShape>(c + ldc, alpha, beta, s10, s11, s12);
        Store<T, TShape>(c + 2 * ldc, alpha, beta, s20, s21, s22);
        Store<T, TShape>(c + 3 * ldc, alpha, beta, s30, s31, s32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Row<T, TShape>(
        T* a, Vector256<T> b0, Vector256<T> b1, Vector256<T> b2, ref Vector256<T> sum0, ref Vector256<T> sum1, ref Vector256<T> sum2)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TShape : ITileShape
    {
        Vector256<T> x = Vector256.Create(*a);
        sum0 = MultiplyAdd(x, b0, sum0);
        sum1 = MultiplyAdd(x, b1, sum1);
        if (TShape.Vectors > 2) sum2 = MultiplyAdd(x, b2, sum2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<T, TShape>(T* c, T alpha, T beta, Vector256<T> sum0, Vector256<T> sum1, Vector256<T> sum2)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TShape : ITileShape
    {
        Vector256<T> x = Vector256.Create(alpha), y = Vector256.Create(beta);
        T* c1 = c + Vector256<T>.Count, c2 = c1 + Vector256<T>.Count;
        if (beta == T.Zero)
        {
            (x * sum0).Store(c);
            (x * sum1).Store(c1);
            if (TShape.Vectors > 2) (x * sum2).Store(c2);
        }
        else
        {
            MultiplyAdd(x, sum0, y * Vector256.Load(c)).Store(c);
            MultiplyAdd(x, sum1, y * Vector256.Load(c1)).Store(c1);
            if (TShape.Vectors > 2) MultiplyAdd(x, sum2, y * Vector256.Load(c2)).Store(c2);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<T> MultiplyAdd<T>(Vector256<T> a, Vector256<T> b, Vector256<T> c)
        where T : unmanaged
        => typeof(T) == typeof(double)
            ? Vector256.FusedMultiplyAdd(a.As<T, double>(), b.As<T, double>(), c.As<T, double>()).As<double, T>()
            : Vector256.FusedMultiplyAdd(a.As<T, float>(), b.As<T, float>(), c.As<T, float>()).As<float, T>();
}
