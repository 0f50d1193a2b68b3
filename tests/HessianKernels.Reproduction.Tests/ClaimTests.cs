using HessianKernels.Reproduction;
using Xunit;

namespace HessianKernels.Reproduction.Tests;

/// <summary>The verdicts of the cheap figures, on a few points each: what reproduces goes on to, and what does not is known by
/// name.</summary>
public class ClaimTests
{
    [Theory]
    [InlineData("000/F7", "localised: unstable for K well below 1 (K at η*)", "K_tr ≤ K_HD ≤ K: largest K_HD / K, η up to η*")]
    [InlineData("001/F22")]
    [InlineData("001/F5")]
    [InlineData("001/F35")]
    [InlineData("001/F37", "Polyak: between, it follows eq. 131: largest deviation over the change at 0",
        "Nesterov: between, it follows eq. 131: largest deviation over the change at 0")]
    [InlineData("001/F38")]
    [InlineData("002/F3")]
    [InlineData("002/D.1")]
    [InlineData("003/F1")]
    [InlineData("003/F2")]
    [InlineData("004/F1")]
    public void VerdictsAreAsTheyWere(string id, params string[] notReproduced)
    {
        FigureResult result = Compute(id);
        string[] found = [.. result.Claims.Where(claim => claim.Verdict == Verdict.NotReproduced).Select(claim => claim.Statement)];
        Assert.True(notReproduced.SequenceEqual(found),
            string.Join("\n", result.Claims.Select(claim => $"{claim.Verdict}: {claim.Statement}: {claim.Expected}: {claim.Measured}")));
        Assert.All(result.Claims, claim => Assert.Equal(claim.Verdict == Verdict.NotReproduced, claim.Reason is not null));
        foreach (Picture picture in result.Pictures) new SvgPage(picture.Chart).AssertNothingIsCutOff();
        Assert.All(result.Tables, table => Assert.NotEmpty(table.Rows));
    }

    /// <summary>What is expected to hold exactly was measured, and not merely compared with itself.</summary>
    [Fact]
    public void TheNumbersOfTheToyAreThePapers()
    {
        IReadOnlyList<double[]> columns = TableFile.OfCsv(Compute("001/F22").Tables[0].ToCsv()).Columns;
        // After one step from (3, 0.1): 3 (1 - 2 * 2/32), 0.1 (1 - 35.2 * 2/32).
        Assert.Equal(2.625, columns[1][1], 1e-15);
        Assert.Equal(-0.12, columns[2][1], 1e-15);
        // g = (6, 3.52): H along it is (36 * 2 + 3.52^2 * 35.2) / (36 + 3.52^2).
        Assert.Equal((36 * 2 + 3.52 * 3.52 * 35.2) / (36 + 3.52 * 3.52), columns[5][0], 1e-12);
    }

    [Theory]
    [InlineData("003/F2")]
    [InlineData("000/F2")]
    [InlineData("002/F3")]
    public void ThreadsChangeNoNumber(string id)
    {
        FigureResult one = Compute(id, threads: 1), many = Compute(id, threads: 4);
        Assert.Equal(one.Tables.Select(table => table.ToCsv()), many.Tables.Select(table => table.ToCsv()));
        Assert.Equal(one.Claims, many.Claims);
    }

    [Theory]
    [InlineData(1, 0.1, 1.05, Verdict.Reproduced)]
    [InlineData(1, 0.1, 1.15, Verdict.NotReproduced)]
    [InlineData(1, 0.1, double.NaN, Verdict.NotReproduced)]
    [InlineData(1, double.PositiveInfinity, double.NaN, Verdict.NotReproduced)]
    public void AVerdictFollowsFromTheNumbers(double expected, double tolerance, double measured, Verdict verdict)
        => Assert.Equal(verdict, Claim.Near(ClaimSource.Paper, "", expected, tolerance, measured).Verdict);

    [Fact]
    public void BoundsAndOrdersAreHeldToTheLetter()
    {
        Assert.Equal(Verdict.Reproduced, Claim.AtMost(ClaimSource.Paper, "", 1, 1).Verdict);
        Assert.Equal(Verdict.NotReproduced, Claim.AtMost(ClaimSource.Paper, "", 1, double.NaN).Verdict);
        Assert.Equal(Verdict.NotReproduced, Claim.AtLeast(ClaimSource.Paper, "", 1, 0.999).Verdict);
        Assert.Equal(Verdict.Reproduced, Claim.Rising(ClaimSource.Paper, "", 1, 2, 3).Verdict);
        Assert.Equal(Verdict.NotReproduced, Claim.Rising(ClaimSource.Paper, "", 1, 3, 3).Verdict);
        Assert.Equal(Verdict.NotReproduced, Claim.Rising(ClaimSource.Paper, "", 1).Verdict);
        Assert.Equal("−1.235e−05", Claim.Text(-1.23456e-5).ToLowerInvariant());
    }

    private static FigureResult Compute(string id, int threads = 0)
    {
        Figure figure = FigureCatalog.Find(id).Single();
        return figure.Compute(new(Effort.Coarse) { Threads = threads });
    }
}
