using System.Numerics;
using System.Runtime.Intrinsics;

namespace HessianKernels.Kernels;

internal static unsafe partial class GemmTile
{
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
