using HessianKernels.Conformance;
using HessianKernels.Krylov;
using HessianKernels.Tests.LanczosTests;
using Xunit;

namespace HessianKernels.Tests.Krylov;

/// <summary>What was once wrong, each at its smallest.</summary>
public class LanczosCounterexampleTests
{
    /// <summary>Zero is among the largest and the smallest: a further copy of it belongs in neither's place, and the look for copies must end.</summary>
    [Theory]
    [InlineData(3, 0, 3)]
    [InlineData(3, 0, 4)]
    [InlineData(-3, 0, 4)]
    [InlineData(0, 0, 3)]
    [InlineData(1, -1, 4)]
    [InlineData(1, -1, 7)]
    public void TheLookForCopiesAtBothEndsEnds(double first, double second, int k)
    {
        const int n = 41;
        double[] spectrum = new double[n];
        (spectrum[0], spectrum[1]) = (first, second);
        LanczosResult<double> result = Lanczos.TopK<double>(SymmetricMatrix.Diagonal(spectrum), n, k, new() { Which = SpectrumEnd.BothEnds });
        Assert.Equal(LanczosStatus.Converged, result.Status);
        Assert.InRange(result.Evidence.OperatorApplications, k, 2 * n);
        Tolerance.Equal<double>(SymmetricMatrix.Wanted([.. spectrum.Order()], k, SpectrumEnd.BothEnds), result.Eigenvalues, 1e-7);
    }

    /// <summary>Ties with a locked pair, in a look so long that the basis is compressed, must not displace it.</summary>
    [Theory]
    [InlineData(7, 2, 5, SpectrumEnd.LargestMagnitude, 3)]
    [InlineData(28, 23, 26, SpectrumEnd.LargestMagnitude, 2)]
    [InlineData(28, 24, 27, SpectrumEnd.BothEnds, 2)]
    [InlineData(36, 31, 34, SpectrumEnd.LargestMagnitude, 2)]
    public void TheLockedAreKeptWhileALookGoesOn(int n, int k, int basis, SpectrumEnd which, int distinct)
    {
        double[] spectrum = [.. Enumerable.Range(0, n).Select(i => distinct == 3 ? i % 3 - 1 : i % 2 == 0 ? 1.0 : -1)];
        double[] a = SymmetricMatrix.WithSpectrum(spectrum, new(n));
        LanczosResult<double> result = Lanczos.TopK<double>(a, n, k, new() { Which = which, MaximumBasis = basis });
        Assert.Equal(LanczosStatus.Converged, result.Status);
        Assert.InRange(result.Evidence.OperatorApplications, k, 5 * n);
        double[] expected = SymmetricMatrix.Wanted([.. spectrum.Order()], k, which);
        Tolerance.Equal<double>([.. expected.Select(Math.Abs)], result.Eigenvalues.Select(Math.Abs).ToArray(), 1e-7);
    }

    /// <summary>Every step ends the space, and is seen to only when the next is made: the basis must not fill with less than k vectors.</summary>
    [Theory]
    [InlineData(2, 2, 3)]
    [InlineData(5, 4, 7)]
    [InlineData(24, 24, 3)]
    public void ReadingRarelyLeavesRoomForAllPairs(int n, int k, int readInterval)
    {
        OpaqueAnswer found = OpaqueLanczos.Run(new double[n * n], n, 1, k, new(), readInterval, out _, out _)[0];
        Assert.Equal(LanczosStatus.Converged, found.Evidence.Status);
        Assert.Equal(k, found.Evidence.Found);
    }

    /// <summary>An item that waited for others to end their cycle went on with a sharper idea of ||A||, and so of what is noise, than it has alone.</summary>
    [Fact]
    public void WaitingForOthersChangesNoDecision()
    {
        const int n = 19, k = 5;
        float[] first = SymmetricMatrix.To<float>(new MatrixCase(MatrixFamily.Graded, n, 380076, k, SpectrumEnd.Largest).Elements(single: true));
        float[] second = SymmetricMatrix.To<float>(SymmetricMatrix.Random(n, new(1)));
        LanczosOptions options = new() { Tolerance = 1e-5, Seed = 380076, MaximumBasis = 12 };
        LanczosResult<float> alone = Lanczos.TopK<float>(first, n, k, options);
        LanczosResult<float>[] inStep = Lanczos.TopKBatch(new LanczosProperties.InStep<float>([.. first, .. second], n), k, options);
        LanczosProperties.AssertSame(alone, inStep[0], "in step");
    }

    /// <summary>So did a run resumed from a checkpoint.</summary>
    [Fact]
    public void ResumingChangesNoDecision()
    {
        const int n = 13, k = 4;
        float[] a = SymmetricMatrix.To<float>(new MatrixCase(MatrixFamily.Diagonal, n, 314719, k, SpectrumEnd.Largest).Elements(single: true));
        LanczosOptions options = new() { Tolerance = 1e-5, Seed = 314719, KeepCheckpoint = true };
        LanczosResult<float> whole = Lanczos.TopK<float>(a, n, k, options), cut = Lanczos.TopK<float>(a, n, k, options with { MaximumApplications = 5 });
        LanczosProperties.AssertSame(whole, Lanczos.Resume<float>(a, cut.Checkpoint!, options), "resumed");
    }
}
