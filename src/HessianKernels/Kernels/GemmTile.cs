using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace HessianKernels.Kernels;

/// <summary>A tile's size, and whether parts of it are missing: constants that the compiler folds.</summary>
internal interface ITileShape
{
    static abstract int Rows { get; }

    /// <summary>Vectors of columns.</summary>
    static abstract int Vectors { get; }

    /// <summary>Whether the last vector ends within, or rows at the end are not there.</summary>
    static abstract bool Partial { get; }
}

/// <summary>
/// A tile of a product, its sums standing in registers along the inner dimension:
/// <code>
/// for (i &lt; rows) for (j &lt; columns) c[i, j] = alpha * sum_l a[i * aLine + l * aStep] * b[l * bStep + j] + beta * c[i, j];
/// </code>
/// </summary>
internal static unsafe partial class GemmTile
{
    /// <summary>Rows of the largest tile but for one that may go with it.</summary>
    public const int Rows = 8;

    /// <summary>Vectors of columns of the largest tile: 24 sums of 32 registers.</summary>
    public const int Vectors = 3;

    /// <summary>Whether <see cref="MultiplyPartial{T}"/> may be called.</summary>
    public static bool HasMasks => Avx512F.IsSupported && Vector512.IsHardwareAccelerated;

    /// <summary>A tile of 4 or 8 rows and so many full vectors of columns.</summary>
    public static void Multiply<T>(int vectors, int rows, int depth, T* a, nint aLine, nint aStep, T* b, nint bStep, T alpha, T beta, T* c, nint ldc)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (!Vector512.IsHardwareAccelerated)
        {
            for (int i = 0; i < rows; i++) Prefetch(vectors, c + i * ldc);
            MultiplyHalves(vectors, rows, depth, a, aLine, aStep, b, bStep, alpha, beta, c, ldc);
        }
        else if (rows > 4)
        {
            if (vectors == 3) Multiply<T, Shape8X3>(rows, 0, depth, a, aLine, aStep, b, bStep, alpha, beta, c, ldc);
            else if (vectors == 2) Multiply<T, Shape8X2>(rows, 0, depth, a, aLine, aStep, b, bStep, alpha, beta, c, ldc);
            else Multiply<T, Shape8X1>(rows, 0, depth, a, aLine, aStep, b, bStep, alpha, beta, c, ldc);
        }
        else
        {
            if (vectors == 3) Multiply<T, Shape4X3>(rows, 0, depth, a, aLine, aStep, b, bStep, alpha, beta, c, ldc);
            else if (vectors == 2) Multiply<T, Shape4X2>(rows, 0, depth, a, aLine, aStep, b, bStep, alpha, beta, c, ldc);
            else Multiply<T, Shape4X1>(rows, 0, depth, a, aLine, aStep, b, bStep, alpha, beta, c, ldc);
        }
    }

    /// <summary>A tile of 1 to 9 rows and any number of columns up to three vectors: nothing beyond is read or written.</summary>
    public static void MultiplyPartial<T>(int columns, int rows, int depth, T* a, nint aLine, nint aStep, T* b, nint bStep, T alpha, T beta, T* c, nint ldc)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int width = Vector512<T>.Count;
        if (rows > Rows)
        {
            if (columns > 2 * width) Multiply<T, Partial9X3>(rows, columns - 2 * width, depth, a, aLine, aStep, b, bStep, alpha, beta, c, ldc);
            else if (columns > width) Multiply<T, Partial9X2>(rows, columns - width, depth, a, aLine, aStep, b, bStep, alpha, beta, c, ldc);
            else Multiply<T, Partial9X1>(rows, columns, depth, a, aLine, aStep, b, bStep, alpha, beta, c, ldc);
        }
        else if (rows > 4)
        {
            if (columns > 2 * width) Multiply<T, Partial8X3>(rows, columns - 2 * width, depth, a, aLine, aStep, b, bStep, alpha, beta, c, ldc);
            else if (columns > width) Multiply<T, Partial8X2>(rows, columns - width, depth, a, aLine, aStep, b, bStep, alpha, beta, c, ldc);
            else Multiply<T, Partial8X1>(rows, columns, depth, a, aLine, aStep, b, bStep, alpha, beta, c, ldc);
        }
        else
        {
            if (columns > 2 * width) Multiply<T, Partial4X3>(rows, columns - 2 * width, depth, a, aLine, aStep, b, bStep, alpha, beta, c, ldc);
            else if (columns > width) Multiply<T, Partial4X2>(rows, columns - width, depth, a, aLine, aStep, b, bStep, alpha, beta, c, ldc);
            else Multiply<T, Partial4X1>(rows, columns, depth, a, aLine, aStep, b, bStep, alpha, beta, c, ldc);
        }
    }

    // last: columns of the last vector, where the tile is partial. Rows that are not there are the last one again, and are not stored.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply<T, TShape>(
        int rows, int last, int depth, T* a, nint aLine, nint aStep, T* b, nint bStep, T alpha, T beta, T* c, nint ldc)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TShape : ITileShape
    {
        T* a0 = a, a1 = a0 + (rows > 1 ? aLine : 0), a2 = a1 + (rows > 2 ? aLine : 0), a3 = a2 + (rows > 3 ? aLine : 0);
        T* a4 = a3 + (rows > 4 ? aLine : 0), a5 = a4 + (rows > 5 ? aLine : 0), a6 = a5 + (rows > 6 ? aLine : 0), a7 = a6 + (rows > 7 ? aLine : 0);
        T* a8 = TShape.Rows > 8 ? a7 + aLine : a7;
        int width = Vector512<T>.Count;
        Vector512<T> mask = TShape.Partial ? First<T>(last) : default;
        Vector512<T> s00 = default, s01 = default, s02 = default, s10 = default, s11 = default, s12 = default;
        Vector512<T> s20 = default, s21 = default, s22 = default, s30 = default, s31 = default, s32 = default;
        Vector512<T> s40 = default, s41 = default, s42 = default, s50 = default, s51 = default, s52 = default;
        Vector512<T> s60 = default, s61 = default, s62 = default, s70 = default, s71 = default, s72 = default;
        Vector512<T> s80 = default, s81 = default, s82 = default;
        // A large tile's place in c is asked for a row at a time: all at once they would keep what the tile reads waiting.
        T* ahead = c;
        nint at = 0;
        int piece = TShape.Partial ? 0 : depth / TShape.Rows;
        for (int row = TShape.Partial ? TShape.Rows - 1 : 0; row < TShape.Rows; row++, ahead += ldc)
        {
            if (!TShape.Partial) Prefetch(TShape.Vectors, ahead);
            int steps = row < TShape.Rows - 1 ? piece : depth - (TShape.Rows - 1) * piece;
            for (; steps > 0; steps--, at += aStep, b += bStep)
            {
                Vector512<T> b0 = Load<T, TShape>(b, mask, 0), b1 = default, b2 = default;
                if (TShape.Vectors > 1) b1 = Load<T, TShape>(b + width, mask, 1);
                if (TShape.Vectors > 2) b2 = Load<T, TShape>(b + 2 * width, mask, 2);
                Row<T, TShape>(a0 + at, b0, b1, b2, ref s00, ref s01, ref s02);
                Row<T, TShape>(a1 + at, b0, b1, b2, ref s10, ref s11, ref s12);
                Row<T, TShape>(a2 + at, b0, b1, b2, ref s20, ref s21, ref s22);
                Row<T, TShape>(a3 + at, b0, b1, b2, ref s30, ref s31, ref s32);
                if (TShape.Rows > 4)
                {
                    Row<T, TShape>(a4 + at, b0, b1, b2, ref s40, ref s41, ref s42);
                    Row<T, TShape>(a5 + at, b0, b1, b2, ref s50, ref s51, ref s52);
                    Row<T, TShape>(a6 + at, b0, b1, b2, ref s60, ref s61, ref s62);
                    Row<T, TShape>(a7 + at, b0, b1, b2, ref s70, ref s71, ref s72);
                }

                if (TShape.Rows > 8) Row<T, TShape>(a8 + at, b0, b1, b2, ref s80, ref s81, ref s82);
            }
        }

        Store<T, TShape>(c, alpha, beta, mask, s00, s01, s02);
        if (TShape.Partial && rows == 1) return;
        Store<T, TShape>(c += ldc, alpha, beta, mask, s10, s11, s12);
        if (TShape.Partial && rows == 2) return;
        Store<T, TShape>(c += ldc, alpha, beta, mask, s20, s21, s22);
        if (TShape.Partial && rows == 3) return;
        Store<T, TShape>(c += ldc, alpha, beta, mask, s30, s31, s32);
        if (TShape.Rows > 4)
        {
            if (TShape.Partial && rows == 4) return;
            Store<T, TShape>(c += ldc, alpha, beta, mask, s40, s41, s42);
            if (TShape.Partial && rows == 5) return;
            Store<T, TShape>(c += ldc, alpha, beta, mask, s50, s51, s52);
            if (TShape.Partial && rows == 6) return;
            Store<T, TShape>(c += ldc, alpha, beta, mask, s60, s61, s62);
            if (TShape.Partial && rows == 7) return;
            Store<T, TShape>(c += ldc, alpha, beta, mask, s70, s71, s72);
        }

        if (TShape.Rows > 8) Store<T, TShape>(c + ldc, alpha, beta, mask, s80, s81, s82);
    }

    /// <summary>Asks for a row of a tile's place in c, which may begin within a line of the cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch<T>(int vectors, T* c)
        where T : unmanaged
    {
        if (!Sse.IsSupported) return;
        int width = Vector512<T>.Count;
        Sse.Prefetch0(c);
        if (vectors > 1) Sse.Prefetch0(c + width);
        if (vectors > 2) Sse.Prefetch0(c + 2 * width);
        Sse.Prefetch0(c + vectors * width - 1);
    }

    /// <summary>One step of one row of the tile.</summary>
    /// <remarks>The element of a comes as a pointer, so that its broadcast is a load and takes no turn of the multipliers' port.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Row<T, TShape>(
        T* a, Vector512<T> b0, Vector512<T> b1, Vector512<T> b2, ref Vector512<T> sum0, ref Vector512<T> sum1, ref Vector512<T> sum2)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TShape : ITileShape
    {
        Vector512<T> x = Vector512.Create(*a);
        sum0 = Simd.MultiplyAdd(x, b0, sum0);
        if (TShape.Vectors > 1) sum1 = Simd.MultiplyAdd(x, b1, sum1);
        if (TShape.Vectors > 2) sum2 = Simd.MultiplyAdd(x, b2, sum2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<T, TShape>(T* c, T alpha, T beta, Vector512<T> mask, Vector512<T> sum0, Vector512<T> sum1, Vector512<T> sum2)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TShape : ITileShape
    {
        Vector512<T> x = Vector512.Create(alpha);
        int width = Vector512<T>.Count;
        if (beta == T.Zero)
        {
            Store<T, TShape>(x * sum0, c, mask, 0);
            if (TShape.Vectors > 1) Store<T, TShape>(x * sum1, c + width, mask, 1);
            if (TShape.Vectors > 2) Store<T, TShape>(x * sum2, c + 2 * width, mask, 2);
        }
        else
        {
            Vector512<T> y = Vector512.Create(beta);
            Store<T, TShape>(Simd.MultiplyAdd(x, sum0, y * Load<T, TShape>(c, mask, 0)), c, mask, 0);
            if (TShape.Vectors > 1) Store<T, TShape>(Simd.MultiplyAdd(x, sum1, y * Load<T, TShape>(c + width, mask, 1)), c + width, mask, 1);
            if (TShape.Vectors > 2) Store<T, TShape>(Simd.MultiplyAdd(x, sum2, y * Load<T, TShape>(c + 2 * width, mask, 2)), c + 2 * width, mask, 2);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Load<T, TShape>(T* source, Vector512<T> mask, int vector)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TShape : ITileShape
    {
        return !TShape.Partial || vector < TShape.Vectors - 1 ? Vector512.Load(source) : MaskLoad(source, mask);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<T, TShape>(Vector512<T> value, T* destination, Vector512<T> mask, int vector)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TShape : ITileShape
    {
        if (!TShape.Partial || vector < TShape.Vectors - 1) value.Store(destination);
        else if (typeof(T) == typeof(double)) Avx512F.MaskStore((double*)destination, mask.As<T, double>(), value.As<T, double>());
        else Avx512F.MaskStore((float*)destination, mask.As<T, float>(), value.As<T, float>());
    }
}
