using System.Numerics;
using HessianKernels.Conformance;
using HessianKernels.Kernels;
using Xunit;

namespace HessianKernels.Tests.Kernels;

public sealed class AsymmetryOfDouble : AsymmetryTests<double>;

public sealed class AsymmetryOfSingle : AsymmetryTests<float>;

public abstract unsafe class AsymmetryTests<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    [Fact]
    public void ASymmetricMatrixHasNone()
    {
        foreach (int n in Enumerable.Range(1, 140).Concat([191, 192, 193, 255, 256, 257, 300]))
        {
            Guarded<T> a = Symmetric(n);
            a.Freeze();
            foreach (int threads in (int[])[1, 2, 3])
            {
                Asymmetry.Finding found = Asymmetry.Of(a.Pointer, n, threads);
                Assert.True(found.Finite);
                Assert.Equal(0, found.Difference);
                Assert.Equal(a.ToDoubles().Max(Math.Abs), found.Largest);
            }

            a.AssertUnchanged("a");
        }
    }

    [Fact]
    public void EveryPlaceIsLookedAt()
    {
        foreach (int n in (int[])[1, 2, 3, 17, 70, 150])
        {
            Guarded<T> a = Symmetric(n);
            // Large matrices are sampled, with a step that meets every place of a block in some tile.
            int step = n > 20 ? 7 : 1;
            for (int i = 0; i < n; i++)
            {
                for (int j = i % step; j < n; j += step)
                {
                    T kept = a.Span[i * n + j];
                    a.Span[i * n + j] = T.NaN;
                    Assert.False(Asymmetry.Of(a.Pointer, n).Finite, $"NaN at {i}, {j} of {n}");
                    if (i != j && (i + j) % 3 == 0)
                    {
                        a.Span[i * n + j] = kept + T.One;
                        Assert.Equal(double.CreateTruncating(T.Abs(kept + T.One - kept)), Asymmetry.Of(a.Pointer, n).Difference);
                    }

                    a.Span[i * n + j] = kept;
                }
            }
        }
    }

    [Fact]
    public void InfinitiesOnBothSidesAreNotFinite()
    {
        Guarded<T> a = Symmetric(100);
        a.Span[90 * 100 + 3] = a.Span[3 * 100 + 90] = T.PositiveInfinity;
        Assert.False(Asymmetry.Of(a.Pointer, 100).Finite);
    }

    private static Guarded<T> Symmetric(int n)
    {
        Guarded<T> a = Guarded<T>.Random(n * n, new(n), n % 2);
        for (int i = 0; i < n; i++)
            for (int j = 0; j < i; j++)
                a.Span[j * n + i] = a.Span[i * n + j];
        return a;
    }
}
