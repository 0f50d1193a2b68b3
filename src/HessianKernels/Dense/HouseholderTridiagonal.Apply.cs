using HessianKernels.Kernels;

namespace HessianKernels.Dense;

internal static unsafe partial class HouseholderTridiagonal
{
    /// <summary>Reflectors applied at once.</summary>
    private const int BlockRows = 128;

    /// <summary>Doubles of work an order takes.</summary>
    public const int ApplyWork = 3 * BlockRows;

    /// <summary>
    /// <c>Y = Y H_1 H_2 ... H_{n-1}</c>: rows that are eigenvectors of T become eigenvectors of A. Reflectors go by blocks,
    /// <c>H_i ... H_{j-1} = I - V^T F V</c> with F upper triangular (the compact WY form of Schreiber and Van Loan 1989); 2 n^3 flops.
    /// </summary>
    /// <param name="a">What <see cref="Reduce"/> left.</param>
    /// <param name="n">The order.</param>
    /// <param name="tau">The reflectors' factors.</param>
    /// <param name="y">Y, <c>[n, n]</c>.</param>
    /// <param name="work"><c>[ApplyWork n]</c>.</param>
    /// <param name="threads">Most threads.</param>
    public static void Apply(double* a, int n, double* tau, double* y, double* work, int threads)
    {
        double* v = work, fv = v + BlockRows * (nint)n, yv = fv + BlockRows * (nint)n;
        double* small = stackalloc double[Scratch.OnStack];
        using Scratch factors = new(small, Scratch.OnStack, 2 * BlockRows * BlockRows);
        double* gram = factors.Pointer, f = gram + BlockRows * BlockRows;
        for (int begin = 1; begin < n; begin += BlockRows)
        {
            int count = Math.Min(BlockRows, n - begin), length = begin + count - 1;
            for (int r = 0; r < count; r++)
            {
                Copy(a + (begin + r) * (nint)n, v + r * (nint)length, begin + r);
                new Span<double>(v + r * (nint)length + begin + r, length - begin - r).Clear();
            }

            Gemm.Multiply(false, true, count, count, length, 1, v, length, v, length, 0, gram, count, threads);
            TriangularFactor(gram, tau + begin, count, f);
            Gemm.Multiply(false, false, count, length, count, 1, f, count, v, length, 0, fv, length, threads);
            Gemm.Multiply(false, true, n, count, length, 1, y, n, v, length, 0, yv, count, threads);
            Gemm.Multiply(false, false, n, length, count, -1, yv, count, fv, length, 1, y, n, threads);
        }
    }

    /// <summary>F of <c>I - V^T F V</c> from <c>V V^T</c>: column j is <c>-tau_j F (V v_j)</c> above the diagonal and tau_j on it.</summary>
    private static void TriangularFactor(double* gram, double* tau, int count, double* f)
    {
        new Span<double>(f, count * count).Clear();
        for (int j = 0; j < count; j++)
        {
            f[j * count + j] = tau[j];
            for (int i = 0; i < j; i++)
            {
                double sum = 0;
                for (int l = i; l < j; l++) sum += f[i * count + l] * gram[l * count + j];
                f[i * count + j] = -tau[j] * sum;
            }
        }
    }
}
