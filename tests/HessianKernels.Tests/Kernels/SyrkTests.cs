using System.Numerics;
using HessianKernels.Conformance;
using HessianKernels.Kernels;
using Xunit;

namespace HessianKernels.Tests.Kernels;

public sealed class SyrkOfDouble : SyrkTests<double>;

public sealed class SyrkOfSingle : SyrkTests<float>;

/// <summary>A matrix by its own transpose, plain and weighted.</summary>
public abstract unsafe class SyrkTests<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static IEnumerable<(int N, int K)> Shapes
        => ((int, int)[])[(1, 1), (1, 9), (2, 1), (5, 3), (8, 8), (9, 70), (17, 30), (24, 5), (25, 25), (32, 2100), (49, 300), (64, 40), (65, 20), (97, 100), (99, 1100), (193, 260), (300, 517)];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void MultiplyIsTheMatrixByItself(bool transpose)
    {
        Random random = new(1);
        foreach ((int n, int k) in Shapes)
        {
            (DenseCase<T> a, double[] rows) = GemmTests<T>.Factor(transpose, n, k, random);
            DenseCase<T> c = new(n, n, random);
            foreach ((double alpha, double beta) in ((double, double)[])[(1, 0), (0.75, -0.5)])
            {
                string what = $"syrk {n} x {k}, alpha {alpha}, beta {beta}";
                Guarded<T> found = GemmTests<T>.SameForAllThreads(
                    c, beta, (i, j) => j <= i,
                    (destination, threads) => Syrk.Multiply(
                        transpose, n, k, T.CreateTruncating(alpha), a.Pointer, a.Stride, T.CreateTruncating(beta), destination, c.Stride, threads), what);
                c.AssertProduct(found, alpha, rows, rows, k, beta, (i, j) => j <= i, what);
            }

            a.Memory.AssertUnchanged($"a of {n} x {k}");
        }
    }

    [Fact]
    public void MultiplyScaledWeightsTheRows()
    {
        Random random = new(2);
        foreach ((int n, int k) in Shapes)
        {
            (DenseCase<T> a, double[] columns) = GemmTests<T>.Factor(true, n, k, random);
            Guarded<T> scale = Guarded<T>.Random(k, random, 1).Freeze();
            double[] weights = scale.ToDoubles(), weighted = [.. columns.Select((x, i) => x * weights[i % k])];
            DenseCase<T> c = new(n, n, random);
            foreach ((double alpha, double beta) in ((double, double)[])[(1, 0), (0.75, -0.5)])
            {
                string what = $"scaled syrk {n} x {k}, alpha {alpha}, beta {beta}";
                Guarded<T> found = GemmTests<T>.SameForAllThreads(
                    c, beta, (i, j) => j <= i,
                    (destination, threads) => Syrk.MultiplyScaled(
                        n, k, T.CreateTruncating(alpha), a.Pointer, a.Stride, scale.Pointer, T.CreateTruncating(beta), destination, c.Stride, threads), what);
                // The product with the weight is rounded too: the bound has room for it.
                c.AssertProduct(found, alpha, columns, weighted, k, beta, (i, j) => j <= i, what);
            }

            a.Memory.AssertUnchanged($"a of {n} x {k}");
            scale.AssertUnchanged("scale");
        }
    }

    [Fact]
    public void AllocatesNothingOnceWarm()
    {
        const int N = 120, K = 200;
        Guarded<T> a = Guarded<T>.Random(N * K, new(7)), scale = Guarded<T>.Random(K, new(8)), c = new(N * N);
        Allocation.AssertNone(() => Syrk.Multiply(true, N, K, T.One, a.Pointer, N, T.Zero, c.Pointer, N, 2));
        Allocation.AssertNone(() => Syrk.MultiplyScaled(N, K, T.One, a.Pointer, N, scale.Pointer, T.Zero, c.Pointer, N, 2));
    }
}
