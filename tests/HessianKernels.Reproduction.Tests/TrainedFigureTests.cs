using HessianKernels.Reproduction.Figures.Models;
using Xunit;

namespace HessianKernels.Reproduction.Tests;

/// <summary>Figures on trained networks of papers 000 and 001 compute at their smallest size, and the numbers that their claims are made
/// of are what they are named for.</summary>
public class TrainedFigureTests
{
    [Theory]
    [InlineData("000/F3")]
    [InlineData("000/F4")]
    [InlineData("000/F5")]
    [InlineData("000/F10")]
    [InlineData("001/F1")]
    [InlineData("001/F2")]
    [InlineData("001/F3")]
    [InlineData("001/F4")]
    [InlineData("001/F5-right")]
    [InlineData("001/F23")]
    [InlineData("001/F24")]
    public void ComputeAtTheSmallestSize(string id)
    {
        FigureResult result = Compute(id);
        Assert.NotEmpty(result.Claims);
        foreach (Picture picture in result.Pictures) new SvgPage(picture.Chart).AssertNothingIsCutOff();
        Assert.All(result.Tables, table => Assert.NotEmpty(table.Rows));
    }

    /// <summary>What holds exactly holds on a network, and with one example a step the trace is the finite-size estimate.</summary>
    [Fact]
    public void NoiseKernelNormsOfANetworkAreInTheirOrder()
    {
        FigureResult result = Compute("000/F10");
        foreach (Claim claim in result.Claims.Where(claim => claim.Source == ClaimSource.Exact))
            Assert.Equal(Verdict.Reproduced, claim.Verdict);
        Assert.Equal(Verdict.Reproduced, result.Claims[0].Verdict);
        IReadOnlyList<double[]> columns = TableFile.OfCsv(result.Tables[0].ToCsv()).Columns;
        // The first look of the first run is at the start, whose K_tr names the run.
        Assert.Equal(columns[0][0], columns[^1][0], 1e-6);
        Assert.Equal(0.0, columns[1][0]);
    }

    /// <summary>Of a quadratic loss over a small step the change is that of eq. 7.</summary>
    [Fact]
    public void ASmallStepChangesTheLossAsAQuadratic()
    {
        Claim slope = Compute("001/F1").Claims.Single(
            claim => claim.Statement.StartsWith("SGD, squared error: slope", StringComparison.Ordinal));
        Assert.Equal(Verdict.Reproduced, slope.Verdict);
    }

    [Theory]
    [InlineData("000/F5")]
    [InlineData("001/F5-right")]
    public void ThreadsChangeNoNumber(string id)
    {
        FigureResult one = Compute(id, threads: 1), many = Compute(id, threads: 4);
        Assert.Equal(one.Tables.Select(table => table.ToCsv()), many.Tables.Select(table => table.ToCsv()));
    }

    /// <summary>The loss u (u - 1) (1 + c u) of figure 21, u the distance over the width: least at the middle where c = 0, beyond it where
    /// c is above 0.</summary>
    [Theory]
    [InlineData(0, 0.5, 0.5)]
    [InlineData(0.25, 0.5, 0.6)]
    [InlineData(-0.2, 0.4, 0.5)]
    public void AValleysBottomIsWhereItIs(double cubic, double least, double most)
    {
        const double width = 2.05;
        double[] loss = [.. Enumerable.Range(0, 4 * ValleyLook.PointsAStep + 1).Select(k => (double)k / ValleyLook.PointsAStep)
            .Select(x => x * (x - width) * (1 + cubic * x / width))];
        Valley valley = new(0, 1, [], loss);
        Assert.Equal(width, valley.Across, 2e-3);
        Assert.InRange(valley.Bottom, least - 2e-3, most + 2e-3);
        if (cubic != 0) Assert.True(Math.Abs(valley.Bottom - 0.5) > 0.01, $"{valley.Bottom}");
    }

    [Fact]
    public void AValleyWithoutAnOtherSideHasNoBottom()
    {
        Valley valley = new(0, 1, [], [.. Enumerable.Range(0, 49).Select(k => -(double)k)]);
        Assert.True(double.IsNaN(valley.Across) && double.IsNaN(valley.Bottom));
    }

    [Fact]
    public void ALineThroughPointsIsTheirs()
    {
        LeastSquares line = LeastSquares.Of([1, 2, 4], [1, 3, 7]);
        Assert.Equal(2, line.Slope, 1e-14);
        Assert.Equal(-1, line.Intercept, 1e-14);
        Assert.Equal(0.5, line.Zero, 1e-14);
        // The mean of the y at each x: 0 and 3.
        Assert.Equal(3, LeastSquares.Of([0, 0, 1], [-1, 1, 3]).Slope, 1e-14);
        Assert.True(double.IsNaN(LeastSquares.Of([1, 1], [0, 1]).Slope));
    }

    [Fact]
    public void TheMiddleOfNumbersIsTheirs()
    {
        Assert.Equal(2.0, Median.Of([3, 1, 2, double.NaN]));
        Assert.Equal(2.5, Median.Of([4, 1, 2, 3]));
        Assert.True(double.IsNaN(Median.Of([])));
        // Half of the rise from 1 to 5 is made at 3, halfway between places 1 and 2.
        Assert.Equal(1.5, Crossing.HalfWay([1, 2, 4, 5]));
    }

    private static FigureResult Compute(string id, int threads = 0)
        => FigureCatalog.Find(id).Single().Compute(new(Effort.Coarse) { Threads = threads });
}
