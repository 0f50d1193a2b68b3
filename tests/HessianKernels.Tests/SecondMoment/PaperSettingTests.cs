using HessianKernels.SecondMoment;
using HessianKernels.Tests.Krylov;
using Xunit;

namespace HessianKernels.Tests.SecondMoment;

/// <summary>What the exact edge says of paper 000's three settings, against what the moments and the paths do.</summary>
public class PaperSettingTests
{
    /// <summary>Steps, and how near the edge the sign of the growth is told: the nearer, the more steps it takes to show.</summary>
    private static readonly (int Steps, double[] Margins) Recursion = PropertyRun.Nightly ? (10_000, [0.005, 0.02, 0.1]) : (500, [0.05]);

    [Theory]
    [InlineData("flat")]
    [InlineData("dispersed")]
    [InlineData("localised")]
    public void TheSecondMomentGrowsWhereTheKernelIsAboveOne(string name)
    {
        PaperSetting setting = PaperSetting.Of(name);
        LearningRateSweep sweep = new(setting.Space);
        double edge = sweep.CriticalLearningRate(setting.Sampling).Value;
        foreach (double margin in Recursion.Margins)
        {
            foreach (double share in (double[])[1 - margin, 1 + margin])
            {
                double kernel = sweep.Exact(share * edge, setting.Sampling).Value;
                Assert.Equal(share > 1, kernel > 1);
                (double growth, double trace) = Growth(setting, share * edge);
                Assert.True(growth > 1 == kernel > 1, $"{name}: K_exact = {kernel} at {share} eta*, and the last step multiplies the trace {trace} by {growth}");
            }
        }
    }

    /// <summary>What the last step of Sigma, from the identity, multiplies its trace by.</summary>
    private static (double Growth, double Trace) Growth(PaperSetting setting, double learningRate)
    {
        int m = setting.Space.Rank;
        SecondMomentOperator t = new(setting.Space, learningRate, setting.Sampling, new() { Threads = 1 });
        double[] sigma = new double[t.Length], next = new double[t.Length];
        for (int a = 0, at = 0; a < m; a++, at += a + 1) sigma[at] = 1;
        double trace = m, growth = 1;
        for (int step = 0; step < Recursion.Steps; step++)
        {
            t.Apply(sigma, next);
            double sum = 0;
            for (int a = 0, at = 0; a < m; a++, at += a + 1) sum += next[at];
            (growth, trace) = (sum / trace, sum);
            (sigma, next) = (next, sigma);
        }

        return (growth, trace);
    }

    [Theory]
    [InlineData("flat")]
    [InlineData("dispersed")]
    [InlineData("localised")]
    public void EveryPathConvergesBelowTheEdge(string name)
    {
        PaperSetting setting = PaperSetting.Of(name);
        double edge = CriticalLearningRate.Of(setting.Space, setting.Sampling).Value;
        double[] shares = PropertyRun.Nightly ? [0.5, 0.8, 0.9, 0.95, 0.98] : [0.98];
        SgdPathOptions options = new() { Paths = 24, Steps = 120_000, Seed = 1 };
        foreach (SgdPaths paths in SgdPaths.Simulate(setting.Space, setting.Sampling, Array.ConvertAll(shares, share => share * edge), options))
            Assert.True(paths.Converged == 24, $"{name} at {paths.LearningRate / edge} eta*: {paths.Converged} converged, {paths.Diverged} diverged");
    }
}
