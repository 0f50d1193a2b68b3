using HessianKernels.Benchmarks.Comparison;
using HessianKernels.SecondMoment;
using HessianKernels.Tests.SecondMoment;

namespace HessianKernels.Benchmarks.Experiments;

/// <summary>The learning rates at which each criterion says that SGD turns unstable, in the three settings of paper 000's figure 7, and at which its paths do.</summary>
internal static class Crossings
{
    private const int Paths = 24, Steps = 10_000, Farthest = 3;

    public static int Run(string file)
    {
        Report report = new();
        report.Line();
        report.Head(
            "setting", "eta*", "lambda_max(T) = 1", "K_exact = 1", "K_diag = 1", "K_hd = 1", "K_hd_asy = 1", "K_tr = 1", $"half of {Paths} paths grow", "gamma there", "gamma = 0");
        foreach (string name in (string[])["flat", "dispersed", "localised"]) Row(report, PaperSetting.Of(name));
        report.Line();
        report.Save(file);
        return 0;
    }

    private static void Row(Report report, PaperSetting setting)
    {
        LearningRateSweep sweep = new(setting.Space, new() { Tolerance = 1e-11 });
        BatchSampling sampling = setting.Sampling;
        double edge = sweep.CriticalLearningRate(sampling).Value, trace = 0;
        foreach (double lambda in setting.Space.Eigenvalues) trace += lambda;
        string Share(Func<double, double> criterion) => $"{Cross(criterion, edge) / edge:0.000}";

        double half = Cross(Grown, edge);
        LyapunovOptions options = new() { Runs = 24, Steps = 16_384 };
        LyapunovEstimate gamma = LyapunovExponent.Estimate(setting.Space, sampling, half, options);
        TypicalLearningRate typical = LyapunovExponent.CriticalLearningRate(setting.Space, sampling, options);
        report.Row(
            setting.Name, $"{edge:0.00000}",
            Share(eta => new SecondMomentOperator(setting.Space, eta, sampling, new() { Tolerance = 1e-9 }).LargestEigenvalue().Value),
            Share(eta => sweep.Exact(eta, sampling).Value), Share(eta => sweep.Diagonal(eta, sampling).Value),
            Share(eta => NoiseKernel.HighDimensional(setting.Space.Eigenvalues, 1, eta, sampling)),
            Share(eta => NoiseKernel.HighDimensionalAsymptotic(setting.Space.Eigenvalues, 1, eta, sampling)),
            Share(eta => NoiseKernel.Trace(trace, 1, eta, sampling)), $"{half / edge:0.000}",
            $"{gamma.Value:+0.0e+0;-0.0e+0} ± {gamma.StandardError:0.0e+0}", $"{typical.Value / edge:0.000} ({typical.Lower / edge:0.000} – {typical.Upper / edge:0.000})");

        // The share of paths that are longer after their steps than at the start, against a half.
        double Grown(double eta)
        {
            SgdPaths paths = SgdPaths.Simulate(setting.Space, sampling, [eta], new() { Paths = Paths, Steps = Steps, Seed = 1, ConvergedAt = 1e-300 })[0];
            int grown = 0;
            foreach (SgdPath path in paths.Paths) if (path.LogGrowth > 0) grown++;
            return 2.0 * grown / Paths;
        }
    }

    /// <summary>Where a rising criterion reaches 1, between half the edge and three times it; infinite where it does not.</summary>
    private static double Cross(Func<double, double> criterion, double edge)
    {
        (double low, double high) = (0.5 * edge, Farthest * edge);
        if (!(criterion(high) >= 1)) return double.PositiveInfinity;
        if (criterion(low) >= 1) return double.NaN;
        while (high > low * (1 + 1e-4))
        {
            double middle = 0.5 * (low + high);
            if (criterion(middle) >= 1) high = middle;
            else low = middle;
        }

        return 0.5 * (low + high);
    }
}
