using HessianKernels.SecondMoment;
using Xunit;

namespace HessianKernels.Tests.SecondMoment;

/// <summary>What proves a pair to be the top one, and what does not.</summary>
public class BlockConeTests
{
    private static FunctionSpace Space(int rows, params double[] factors) => SmallSet.FromFactors(factors, factors.Length / (2 * rows), rows, 2).Space;

    [Fact]
    public void APositiveVectorOfEitherSignIsProofAndNoOther()
    {
        BlockCone cone = new(Space(1, 1, 0, 0, 2, 1, 1));
        Assert.True(cone.Proves([0.5, 0.6, 0.6], 1e-9, 1));
        Assert.True(cone.Proves([-0.5, -0.6, -0.6], 1e-9, 1));
        Assert.False(cone.Proves([0, 0.8, 0.6], 1e-9, 1));
        Assert.False(cone.Proves([-0.1, 0.8, 0.6], 1e-9, 1));
        // Positive, but by less than the residual may have hidden.
        Assert.False(cone.Proves([1e-8, 0.8, 0.6], 1e-9, 1));
        Assert.True(cone.Proves([1e-8, 0.8, 0.6], 1e-12, 1));
    }

    [Fact]
    public void AnExampleWithoutCurvatureHasNoPartInTheProof()
    {
        BlockCone cone = new(Space(1, 1, 0, 0, 0, 1, 1));
        Assert.True(cone.Proves([0.8, 0, 0.6], 1e-9, 1));
        Assert.False(cone.Proves([0.8, 0.6, 0], 1e-9, 1));
    }

    [Fact]
    public void BlocksAreMeasuredWhereTheirExampleHasCurvature()
    {
        // The first example's rows are opposite: along (1, 1) it has nothing. The second's are orthogonal.
        BlockCone cone = new(Space(2, 1, 0, -1, 0, 1, 0, 0, 1));
        double root2 = Math.Sqrt(2);
        double[] singular = [0.3, -0.3 * root2, 0.3], round = [0.5, 0, 0.4], flat = [0.5, 0, 0];
        Assert.True(cone.Proves([.. singular, .. round], 1e-9, 1));
        Assert.True(cone.Proves([.. singular.Concat(round).Select(x => -x)], 1e-9, 1));
        Assert.False(cone.Proves([.. singular, .. flat], 1e-9, 1));
        Assert.False(cone.Proves([0.3, 0.3 * root2, 0.3, .. round], 1e-9, 1));
        Assert.False(cone.Proves([.. singular, 0.4, 0.5 * root2, 0.4], 1e-9, 1));
    }
}
