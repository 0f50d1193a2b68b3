using System.Numerics;
using System.Runtime.Intrinsics;
using HessianKernels.Conformance;
using HessianKernels.Kernels;
using Xunit;

namespace HessianKernels.Tests.Kernels;

public sealed class PhiloxTests
{
    // Random123, kat_vectors: philox4x32 10.
    [Theory]
    [InlineData(0x0ul, 0x0ul, 0x0ul, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(0x299f31d0_a4093822ul, 0x03707344_13198a2eul, 0x85a308d3_243f6a88ul, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void BlockGivesTheKnownAnswers(ulong seed, ulong stream, ulong index, uint a, uint b, uint c, uint d)
        => Assert.Equal((a, b, c, d), Philox.Block(seed, stream, index));

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(1, 0xffffffff_fffffffful, 0xfffffffcul)]
    [InlineData(0x299f31d0_a4093822ul, 0x03707344_13198a2eul, 0xffffffff_fffffffcul)]
    public void EightBlocksAreThoseOfEachAlone(ulong seed, ulong stream, ulong index)
    {
        Philox.EightBlocks(seed, stream, index, out Vector512<ulong> first, out Vector512<ulong> second);
        for (int i = 0; i < 8; i++)
        {
            (uint a, uint b, uint c, uint d) = Philox.Block(seed, stream, unchecked(index + (ulong)i));
            Assert.Equal((((ulong)a << 32) | b, ((ulong)c << 32) | d), (first[i], second[i]));
        }
    }
}

public sealed class RandomVectorsOfDouble : RandomVectorTests<double>;

public sealed class RandomVectorsOfSingle : RandomVectorTests<float>;

public abstract unsafe class RandomVectorTests<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    [Fact]
    public void NormalNumbersHaveTheMomentsOfTheNormalDistribution()
    {
        const int N = 100_000;
        double[] x = Make(N, normal: true, 42, 7).ToDoubles();
        // The standard errors of the first, second, third and fourth moment are sqrt(1, 2, 15, 96) / sqrt(N).
        double unit = 5 / Math.Sqrt(N);
        Tolerance.Equal(0, x.Average(), unit);
        Tolerance.Equal(1, x.Average(e => e * e), unit * Math.Sqrt(2));
        Tolerance.Equal(0, x.Average(e => e * e * e), unit * Math.Sqrt(15));
        Tolerance.Equal(3, x.Average(e => e * e * e * e), unit * Math.Sqrt(96));
        Tolerance.Equal(0, x.Zip(x.Skip(1), (e, f) => e * f).Average(), unit);
        Tolerance.Equal(0, x.Zip(Make(N, normal: true, 42, 8).ToDoubles(), (e, f) => e * f).Average(), unit);
    }

    [Fact]
    public void SignsAreFairAndIndependent()
    {
        const int N = 100_000;
        double[] x = Make(N, normal: false, 42, 7).ToDoubles();
        Assert.All(x, e => Assert.Equal(1, Math.Abs(e)));
        double unit = 5 / Math.Sqrt(N);
        Tolerance.Equal(0, x.Average(), unit);
        foreach (int lag in (int[])[1, 2, 31, 32, 33, 64]) Tolerance.Equal(0, x.Zip(x.Skip(lag), (e, f) => e * f).Average(), unit, $"lag {lag}");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AnElementDependsOnItsPlaceAlone(bool normal)
    {
        Guarded<T> all = Make(70_000, normal, 3, 5);
        foreach (int n in KernelCase.Lengths) Tolerance.SameBits<T>(all.Span[..n], Make(n, normal, 3, 5).Span, $"{n} elements");
        Assert.NotEqual(all.Span[..32].ToArray(), Make(32, normal, 4, 5).Span.ToArray());
        Assert.NotEqual(all.Span[..32].ToArray(), Make(32, normal, 3, 6).Span.ToArray());
    }

    private static Guarded<T> Make(int n, bool normal, ulong seed, ulong stream)
        => KernelCase.SameForAllThreads(
            () => new Guarded<T>(n),
            (x, threads) =>
            {
                if (normal) RandomVector.Normal(seed, stream, x.Pointer, n, threads);
                else RandomVector.Rademacher(seed, stream, x.Pointer, n, threads);
            },
            "random vector");
}
