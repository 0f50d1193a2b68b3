using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace HessianKernels.Kernels;

/// <summary>How many rows, and vectors of columns, a tile of a product has: constants that the compiler folds.</summary>
internal interface ITileShape
{
    static abstract int Rows { get; }
    static abstract int Vectors { get; }
}

/// <summary>
/// A tile of a product, its sums standing in registers along the inner dimension:
/// <code>
/// for (i &lt; rows) for (j &lt; columns) c[i, j] = alpha * sum_l a[i * aLine + l * aStep] * b[l * bStep + j] + beta * c[i, j];
/// </code>
/// </summary>
internal static unsafe class GemmTile
{
    /// <summary>Rows of the largest tile.</summary>
    public const int Rows = 8;

    /// <summary>Vectors of columns of the largest tile: 24 sums of 32 registers.</summary>
    public const int Vectors = 3;

    private readonly struct Shape8X3 : ITileShape
    {
        public static int Rows => 8;
        public static int Vectors => 3;
    }

    private readonly struct Shape8X2 : ITileShape
    {
        public static int Rows => 8;
        public static int Vectors => 2;
    }

    private readonly struct Shape8X1 : ITileShape
    {
        public static int Rows => 8;
        public static int Vectors => 1;
    }

    private readonly struct Shape4X3 : ITileShape
    {
        public static int Rows => 4;
        public static int Vectors => 3;
    }

    private readonly struct Shape4X2 : ITileShape
    {
        public static int Rows => 4;
        public static int Vectors => 2;
    }

    private readonly struct Shape4X1 : ITileShape
    {
        public static int Rows => 4;
        public static int Vectors => 1;
    }

    /// <summary>
    /// A tile of so many vectors of columns. It writes 4 rows where there are at most 4, else 8, and all of its columns; rows that are not there are the last
    /// one again.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Multiply<T>(
        int vectors, int rows, int depth, T* a, nint aLine, nint aStep, T* b, nint bStep, T alpha, T beta, T* c, nint ldc)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (rows > 4)
        {
            if (vectors == 3) Multiply<T, Shape8X3>(rows, depth, a, aLine, aStep, b, bStep, alpha, beta, c, ldc);
            else if (vectors == 2) Multiply<T, Shape8X2>(rows, depth, a, aLine, aStep, b, bStep, alpha, beta, c, ldc);
            else Multiply<T, Shape8X1>(rows, depth, a, aLine, aStep, b, bStep, alpha, beta, c, ldc);
        }
        else if (vectors == 3)
        {
            Multiply<T, Shape4X3>(rows, depth, a, aLine, aStep, b, bStep, alpha, beta, c, ldc);
        }
        else if (vectors == 2)
        {
            Multiply<T, Shape4X2>(rows, depth, a, aLine, aStep, b, bStep, alpha, beta, c, ldc);
        }
        else
        {
            Multiply<T, Shape4X1>(rows, depth, a, aLine, aStep, b, bStep, alpha, beta, c, ldc);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply<T, TShape>(
        int rows, int depth, T* a, nint aLine, nint aStep, T* b, nint bStep, T alpha, T beta, T* c, nint ldc)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TShape : ITileShape
    {
        T* a0 = a, a1 = a0 + (rows > 1 ? aLine : 0), a2 = a1 + (rows > 2 ? aLine : 0), a3 = a2 + (rows > 3 ? aLine : 0);
        T* a4 = a3 + (rows > 4 ? aLine : 0), a5 = a4 + (rows > 5 ? aLine : 0), a6 = a5 + (rows > 6 ? aLine : 0), a7 = a6 + (rows > 7 ? aLine : 0);
        if (Sse.IsSupported)
        {
            for (int i = 0; i < TShape.Rows; i++)
            {
                Sse.Prefetch0(c + i * ldc);
                if (TShape.Vectors > 1) Sse.Prefetch0(c + i * ldc + TShape.Vectors * Vector512<T>.Count - 1);
            }
        }

        Vector512<T> s00 = default, s01 = default, s02 = default, s10 = default, s11 = default, s12 = default;
        Vector512<T> s20 = default, s21 = default, s22 = default, s30 = default, s31 = default, s32 = default;
        Vector512<T> s40 = default, s41 = default, s42 = default, s50 = default, s51 = default, s52 = default;
        Vector512<T> s60 = default, s61 = default, s62 = default, s70 = default, s71 = default, s72 = default;
        nint at = 0;
        for (; depth > 0; depth--, at += aStep, b += bStep)
        {
            Vector512<T> b0 = Vector512.Load(b), b1 = default, b2 = default;
            if (TShape.Vectors > 1) b1 = Vector512.Load(b + Vector512<T>.Count);
            if (TShape.Vectors > 2) b2 = Vector512.Load(b + 2 * Vector512<T>.Count);
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
        }

        Store<T, TShape>(c, alpha, beta, s00, s01, s02);
        Store<T, TShape>(c + ldc, alpha, beta, s10, s11, s12);
        Store<T, TShape>(c + 2 * ldc, alpha, beta, s20, s21, s22);
        Store<T, TShape>(c + 3 * ldc, alpha, beta, s30, s31, s32);
        if (TShape.Rows > 4)
        {
            Store<T, TShape>(c + 4 * ldc, alpha, beta, s40, s41, s42);
            Store<T, TShape>(c + 5 * ldc, alpha, beta, s50, s51, s52);
            Store<T, TShape>(c + 6 * ldc, alpha, beta, s60, s61, s62);
            Store<T, TShape>(c + 7 * ldc, alpha, beta, s70, s71, s72);
        }
    }

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
    private static void Store<T, TShape>(T* c, T alpha, T beta, Vector512<T> sum0, Vector512<T> sum1, Vector512<T> sum2)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TShape : ITileShape
    {
        Vector512<T> x = Vector512.Create(alpha), y = Vector512.Create(beta);
        int width = Vector512<T>.Count;
        if (beta == T.Zero)
        {
            (x * sum0).Store(c);
            if (TShape.Vectors > 1) (x * sum1).Store(c + width);
            if (TShape.Vectors > 2) (x * sum2).Store(c + 2 * width);
        }
        else
        {
            Simd.MultiplyAdd(x, sum0, y * Vector512.Load(c)).Store(c);
            if (TShape.Vectors > 1) Simd.MultiplyAdd(x, sum1, y * Vector512.Load(c + width)).Store(c + width);
            if (TShape.Vectors > 2) Simd.MultiplyAdd(x, sum2, y * Vector512.Load(c + 2 * width)).Store(c + 2 * width);
        }
    }

    /// <summary>
    /// <code>for (i &lt; rows) for (j &lt; min(columns, first + i * more)) c[i, j] = alpha * sums[i, j] + beta * c[i, j];</code>
    /// as <see cref="Multiply{T}"/> rounds it; elements of c beyond are neither read nor written.
    /// </summary>
    public static void Merge<T>(T* sums, nint stride, int rows, int columns, int first, int more, T alpha, T beta, T* c, nint ldc)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector512<T> x = Vector512.Create(alpha), y = Vector512.Create(beta);
        for (int i = 0; i < rows; i++, sums += stride, c += ldc, first += more)
        {
            int count = Math.Min(columns, first), j = 0;
            if (beta == T.Zero)
            {
                for (; j <= count - Vector512<T>.Count; j += Vector512<T>.Count) (x * Vector512.Load(sums + j)).Store(c + j);
                for (; j < count; j++) c[j] = alpha * sums[j];
            }
            else
            {
                for (; j <= count - Vector512<T>.Count; j += Vector512<T>.Count)
                    Simd.MultiplyAdd(x, Vector512.Load(sums + j), y * Vector512.Load(c + j)).Store(c + j);
                for (; j < count; j++) c[j] = T.FusedMultiplyAdd(alpha, sums[j], beta * c[j]);
            }
        }
    }

    /// <summary><code>for (i &lt; rows) q[i] += 2 * sum_(j &lt; columns) phi[i * line + j] * sums[i * stride + j];</code></summary>
    public static void AddQuadratics<T>(T* sums, int stride, int rows, int columns, T* phi, nint line, T* q)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int i = 0; i < rows; i++, sums += stride, phi += line)
        {
            Vector512<T> sum = default;
            int j = 0;
            for (; j <= columns - Vector512<T>.Count; j += Vector512<T>.Count) sum = Simd.MultiplyAdd(Vector512.Load(phi + j), Vector512.Load(sums + j), sum);
            T total = Simd.Sum(sum);
            for (; j < columns; j++) total = T.FusedMultiplyAdd(phi[j], sums[j], total);
            q[i] += total + total;
        }
    }
}
