using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace HessianKernels.Kernels;

/// <summary>Tiles whose rows lie side by side in the left factor, as they do where it is transposed: <c>a[i + l * aStep]</c>.</summary>
internal static unsafe partial class GemmTile
{
    /// <summary>Rows of a tile one vector wide: twice the largest one's, so that enough sums are under way and each load of b serves all.</summary>
    public const int TallRows = 16;

    /// <summary><see cref="TallRows"/> rows and one full vector of columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyTall<T>(int depth, T* a, nint aStep, T* b, nint bStep, T alpha, T beta, T* c, nint ldc)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector512<T> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default, s6 = default, s7 = default;
        Vector512<T> s8 = default, s9 = default, s10 = default, s11 = default, s12 = default, s13 = default, s14 = default, s15 = default;
        for (; depth > 0; depth--, a += aStep, b += bStep)
        {
            Vector512<T> x = Vector512.Load(b);
            s0 = Simd.MultiplyAdd(Vector512.Create(a[0]), x, s0);
            s1 = Simd.MultiplyAdd(Vector512.Create(a[1]), x, s1);
            s2 = Simd.MultiplyAdd(Vector512.Create(a[2]), x, s2);
            s3 = Simd.MultiplyAdd(Vector512.Create(a[3]), x, s3);
            s4 = Simd.MultiplyAdd(Vector512.Create(a[4]), x, s4);
            s5 = Simd.MultiplyAdd(Vector512.Create(a[5]), x, s5);
            s6 = Simd.MultiplyAdd(Vector512.Create(a[6]), x, s6);
            s7 = Simd.MultiplyAdd(Vector512.Create(a[7]), x, s7);
            s8 = Simd.MultiplyAdd(Vector512.Create(a[8]), x, s8);
            s9 = Simd.MultiplyAdd(Vector512.Create(a[9]), x, s9);
            s10 = Simd.MultiplyAdd(Vector512.Create(a[10]), x, s10);
            s11 = Simd.MultiplyAdd(Vector512.Create(a[11]), x, s11);
            s12 = Simd.MultiplyAdd(Vector512.Create(a[12]), x, s12);
            s13 = Simd.MultiplyAdd(Vector512.Create(a[13]), x, s13);
            s14 = Simd.MultiplyAdd(Vector512.Create(a[14]), x, s14);
            s15 = Simd.MultiplyAdd(Vector512.Create(a[15]), x, s15);
        }

        StoreLine(s0, alpha, beta, c);
        StoreLine(s1, alpha, beta, c += ldc);
        StoreLine(s2, alpha, beta, c += ldc);
        StoreLine(s3, alpha, beta, c += ldc);
        StoreLine(s4, alpha, beta, c += ldc);
        StoreLine(s5, alpha, beta, c += ldc);
        StoreLine(s6, alpha, beta, c += ldc);
        StoreLine(s7, alpha, beta, c += ldc);
        StoreLine(s8, alpha, beta, c += ldc);
        StoreLine(s9, alpha, beta, c += ldc);
        StoreLine(s10, alpha, beta, c += ldc);
        StoreLine(s11, alpha, beta, c += ldc);
        StoreLine(s12, alpha, beta, c += ldc);
        StoreLine(s13, alpha, beta, c += ldc);
        StoreLine(s14, alpha, beta, c += ldc);
        StoreLine(s15, alpha, beta, c + ldc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreLine<T>(Vector512<T> sum, T alpha, T beta, T* c)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Store<T, Shape8X1>(c, alpha, beta, default, sum, default, default);

    /// <summary>
    /// One column, its vectors along the rows: what a tile would do with one element of a vector.
    /// <code>for (i &lt; rows) c[i * ldc] = alpha * sum_l a[i + l * aStep] * b[l * bStep] + beta * c[i * ldc];</code>
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyColumn<T>(int rows, int depth, T* a, nint aStep, T* b, nint bStep, T alpha, T beta, T* c, nint ldc)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int width = Vector512<T>.Count;
        T* sums = stackalloc T[4 * Vector512<T>.Count];
        for (; rows > 0; rows -= 4 * width, a += 4 * width)
        {
            Vector512<T> m0 = First<T>(rows), m1 = First<T>(rows - width), m2 = First<T>(rows - 2 * width), m3 = First<T>(rows - 3 * width);
            Vector512<T> s0 = default, s1 = default, s2 = default, s3 = default;
            T* al = a, bl = b;
            for (int l = 0; l < depth; l++, al += aStep, bl += bStep)
            {
                Vector512<T> x = Vector512.Create(*bl);
                s0 = Simd.MultiplyAdd(MaskLoad(al, m0), x, s0);
                s1 = Simd.MultiplyAdd(MaskLoad(al + width, m1), x, s1);
                s2 = Simd.MultiplyAdd(MaskLoad(al + 2 * width, m2), x, s2);
                s3 = Simd.MultiplyAdd(MaskLoad(al + 3 * width, m3), x, s3);
            }

            s0.Store(sums);
            s1.Store(sums + width);
            s2.Store(sums + 2 * width);
            s3.Store(sums + 3 * width);
            int count = Math.Min(4 * width, rows);
            if (beta == T.Zero) for (int i = 0; i < count; i++, c += ldc) *c = alpha * sums[i];
            else for (int i = 0; i < count; i++, c += ldc) *c = T.FusedMultiplyAdd(alpha, sums[i], beta * *c);
        }
    }

    // The first so many elements of a vector: none, some or all.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> First<T>(int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Vector512.LessThan(Vector512<T>.Indices, Vector512.Create(T.CreateTruncating(count)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> MaskLoad<T>(T* source, Vector512<T> mask)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => typeof(T) == typeof(double)
            ? Avx512F.MaskLoad((double*)source, mask.As<T, double>(), Vector512<double>.Zero).As<double, T>()
            : Avx512F.MaskLoad((float*)source, mask.As<T, float>(), Vector512<float>.Zero).As<float, T>();
}
