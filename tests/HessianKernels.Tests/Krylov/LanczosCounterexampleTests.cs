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
}
