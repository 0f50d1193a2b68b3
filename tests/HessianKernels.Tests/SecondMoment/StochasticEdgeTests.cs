using System.Text.Json;
using HessianKernels.Conformance;
using HessianKernels.Krylov;
using HessianKernels.SecondMoment;
using HessianKernels.Storage;
using HessianKernels.Tests.Krylov;
using Xunit;

namespace HessianKernels.Tests.SecondMoment;

/// <summary>The report against its parts, the reference files, and properties P3 to P5, P7 and P10 of MATHEMATICS 8.</summary>
public class StochasticEdgeTests
{
    private const double Relative = 1e-9;

    public static TheoryData<string> References =>
        ["jacobian_flat", "jacobian_spread", "jacobian_rank_deficient", "hessians_full_rank", "hessians_low_rank_spread",
            "hessians_rank_one"];

    private static StochasticEdgeReport Analyze(EdgeCase c, double eta, StochasticEdgeOptions? options = null)
        => StochasticEdge.Analyze(c.Set().Space, eta, c.Sampling, options);

    /// <summary>Every number that stands in a reference file, from the set, and over all of a file's points as a sweep.</summary>
    [Theory]
    [MemberData(nameof(References))]
    public void TheReferenceIsMet(string name)
    {
        EdgeReference file = EdgeReference.Read(name);
        (int n, int d) = (file.Shape[0], file.Shape[1]);
        CurvatureSet set = file.Shape.Length == 2 ? CurvatureSet.FromJacobian<double>(file.Values, n, d)
            : CurvatureSet.FromHessians<double>(file.Values, n, d);
        foreach (JsonElement row in file.Rows.EnumerateArray())
        {
            BatchSampling sampling = file.Sampling(row);
            double eta = row.GetProperty("lr").GetDouble();
            StochasticEdgeReport report = StochasticEdge.Analyze(set, eta, sampling, new() { SecondMomentEigenvalue = true });
            Dictionary<string, double?> found = new()
            {
                ["lambda_max"] = report.LambdaMax, ["trace"] = report.Trace, ["k_trace"] = report.NoiseKernel.Trace,
                ["k_hd"] = report.NoiseKernel.HighDimensional,
                ["k_hd_asymptotic"] = report.NoiseKernel.HighDimensionalAsymptotic, ["k_diagonal"] = report.NoiseKernel.Diagonal?.Value,
                ["k_exact"] = report.NoiseKernel.Exact.Value,
                ["critical_lr"] = report.CriticalLearningRate?.Value, ["lambda_max_T"] = report.SecondMomentEigenvalue?.Value,
                ["contraction"] = report.Contraction?.Norm,
                ["coherence"] = report.Coherence?.Value,
            };
            foreach (JsonProperty property in row.EnumerateObject())
            {
                if (property.Name is "batch" or "sampling" or "lr") continue;
                if (property.Name == "theorem1_diverges")
                {
                    EdgeBoundVerdict expected = property.Value.ValueKind switch
                    {
                        JsonValueKind.Null => EdgeBoundVerdict.NotApplicable, JsonValueKind.True => EdgeBoundVerdict.Unstable, _
                            => EdgeBoundVerdict.Silent,
                    };
                    Assert.Equal(expected, report.Bounds[(int)EdgeCriterion.Theorem1].Verdict);
                    continue;
                }

                double value = property.Value.GetDouble();
                Tolerance.Equal(value, found[property.Name]!.Value, Relative * Math.Abs(value), $"{property.Name} of {row}");
            }

            Assert.Equal(eta < row.GetProperty("critical_lr").GetDouble(), report.Stable);
            Assert.Equal(StochasticEdgeStatus.Complete, report.Status);
        }
    }

    /// <summary>
    /// P3 and P4: stable at 0.99 eta*, not at 1.01 eta*, K_exact = 1 between; what is proved agrees on either side, and no estimate is
    /// called a proof.
    /// </summary>
    [Fact]
    public void TheVerdictTurnsAtTheCriticalLearningRate() => PropertyRun.Check(EdgeCase.Semidefinite, c =>
    {
        FunctionSpace space = c.Set().Space;
        double edge = CriticalLearningRate.Of(space, c.Sampling).Value;
        foreach (double factor in (double[])[0.99, 1.01])
        {
            double eta = factor * edge;
            StochasticEdgeReport report = StochasticEdge.Analyze(space, eta, c.Sampling, new() { SecondMomentEigenvalue = true });
            Assert.Equal(factor < 1, report.Stable);
            Assert.Equal(report.Verdict == EdgeVerdict.MeanUnstable, !report.MeanStable);
            Assert.Equal(eta * space.Eigenvalues[0] < 2, report.MeanStable);
            Tolerance.Equal(1 / factor, report.Margin!.Value, 1e-12, "eta* / eta");
            Assert.Equal(factor < 1, report.SecondMomentEigenvalue!.Value.Value < 1);
            Assert.Equal(Enum.GetValues<EdgeCriterion>(), report.Bounds.Select(bound => bound.Criterion));
            foreach (EdgeBound bound in report.Bounds)
            {
                if (bound.IsProof && bound.Verdict is EdgeBoundVerdict.Stable or EdgeBoundVerdict.Unstable) Assert.True(bound.Agrees);
                if (bound.Agrees is { } agrees) Assert.Equal(report.Stable == (bound.Verdict == EdgeBoundVerdict.Stable), agrees);
                else Assert.DoesNotContain(bound.Verdict, (EdgeBoundVerdict[])[EdgeBoundVerdict.Stable, EdgeBoundVerdict.Unstable]);
                if (bound.Criterion is EdgeCriterion.Theorem1 or EdgeCriterion.Theorem2)
                    Assert.Equal(c.Scheme != BatchScheme.Bernoulli, bound.Verdict == EdgeBoundVerdict.NotApplicable);
            }
        }
    });

    [Fact]
    public void TheReportIsItsParts() => PropertyRun.Check(EdgeCase.All, c =>
    {
        FunctionSpace space = c.Set().Space;
        double eta = (0.2 + c.Share) / Math.Max(Math.Abs(space.Eigenvalues[0]), 0.1);
        LyapunovOptions paths = new() { Runs = 2, Steps = 64, BurnIn = 8, Seed = 3 };
        StochasticEdgeReport report = StochasticEdge.Analyze(
            space, eta, c.Sampling, new() { SecondMomentEigenvalue = true, Lyapunov = paths });
        NoiseKernelNorms norms = NoiseKernel.Norms(space, eta, c.Sampling);
        EdgeNoiseKernel k = report.NoiseKernel;
        Assert.Equal(
            (norms.Exact, norms.Diagonal, norms.HighDimensional, norms.HighDimensionalAsymptotic, norms.Trace),
            (k.Exact, k.Diagonal!.Value, k.HighDimensional, k.HighDimensionalAsymptotic!.Value, k.Trace!.Value));
        Assert.Equal(CriticalLearningRate.Of(space, c.Sampling), report.CriticalLearningRate);
        Assert.Equal(Contraction.Of(space, eta, c.Sampling), report.Contraction);
        Assert.Equal(new SecondMomentOperator(space, eta, c.Sampling).LargestEigenvalue(), report.SecondMomentEigenvalue);
        Assert.Equal(LyapunovExponent.Estimate(space, c.Sampling, eta, paths), report.Lyapunov);
        int products = k.Exact.OperatorApplications + k.Diagonal.Value.OperatorApplications
            + report.CriticalLearningRate!.Value.Evidence.OperatorApplications
            + report.SecondMomentEigenvalue!.Value.OperatorApplications + 1;
        Assert.Equal((products, space.Examples, space.Rank, space.Rows),
            (report.OperatorApplications, report.Examples, report.Rank, report.Rows));
        if (space.Signs.IsEmpty) Assert.Equal(Coherence.Of(space).Value, report.Coherence!.Value);
        if (report.MeanStable) Assert.Equal(norms.Stable, report.Stable);
        else Assert.Equal(EdgeVerdict.MeanUnstable, report.Verdict);
    });

    /// <summary>What a criterion may say, and where it is a proof, from its own definition.</summary>
    [Fact]
    public void EachCriterionSaysWhatItMay() => PropertyRun.Check(EdgeCase.All, c =>
    {
        FunctionSpace space = c.Set().Space;
        double eta = 2.5 * c.Share / Math.Max(Math.Abs(space.Eigenvalues[0]), 0.1) + 1e-3;
        StochasticEdgeReport report = StochasticEdge.Analyze(space, eta, c.Sampling);
        EdgeNoiseKernel k = report.NoiseKernel;
        Norm(EdgeCriterion.Trace, k.Trace!.Value, false);
        Norm(EdgeCriterion.HighDimensionalAsymptotic, k.HighDimensionalAsymptotic!.Value, false);
        Norm(EdgeCriterion.HighDimensional, k.HighDimensional, k.HighDimensional > 1 && space.Rows == 1 && space.Signs.IsEmpty);
        Norm(EdgeCriterion.Diagonal, k.Diagonal!.Value.Value, k.Diagonal.Value.Lower > 1);
        (double norm, double shifted) = Contraction.Of(space, eta, c.Sampling);
        Is(new(EdgeCriterion.Contraction, norm, 1, norm < 1 ? EdgeBoundVerdict.Stable : EdgeBoundVerdict.Silent, norm < 1, null));
        Is(new(EdgeCriterion.ShiftedContraction, shifted, 0, shifted < 0 ? EdgeBoundVerdict.Stable : EdgeBoundVerdict.Silent, shifted < 0,
            null));
        if (c.Scheme != BatchScheme.Bernoulli || !space.Signs.IsEmpty)
        {
            foreach (EdgeCriterion theorem in (EdgeCriterion[])[EdgeCriterion.Theorem1, EdgeCriterion.Theorem2])
                Is(new(theorem, double.NaN, double.NaN, EdgeBoundVerdict.NotApplicable, false, null));
            return;
        }

        double sigma = Coherence.Of(space).Value, surplus = (double)c.Examples / c.BatchSize - 1, lambda = space.Eigenvalues[0];
        double first = Math.Min(2 / eta, sigma / eta / Math.Sqrt(surplus)), second = 2 * sigma / eta / (sigma + surplus);
        if (Math.Abs(lambda / first - 1) > 1e-9) Theorem(EdgeCriterion.Theorem1, first, lambda > first, EdgeBoundVerdict.Unstable);
        if (Math.Abs(lambda / second - 1) > 1e-9) Theorem(EdgeCriterion.Theorem2, second, lambda < second, EdgeBoundVerdict.Possible);

        void Theorem(EdgeCriterion criterion, double threshold, bool holds, EdgeBoundVerdict verdict)
        {
            EdgeBound found = report.Bounds[(int)criterion];
            Tolerance.Equal(threshold, found.Threshold, 1e-9 * threshold, $"{criterion}");
            Is(new(criterion, lambda, found.Threshold, holds ? verdict : EdgeBoundVerdict.Silent, holds, null));
        }

        void Norm(EdgeCriterion criterion, double value, bool proves)
            => Is(new(criterion, value, 1, value < 1 ? EdgeBoundVerdict.Stable : EdgeBoundVerdict.Unstable, proves, null));

        void Is(EdgeBound expected) => Assert.Equal(expected, report.Bounds[(int)expected.Criterion] with { Agrees = null });
    });

    /// <summary>With mu or rho the kernel is another, what it decides the same kind of thing; with neither the two must agree.</summary>
    [Fact]
    public void MomentumAndWeightDecayTakeTheirOwnKernel() => PropertyRun.Check(EdgeCase.Semidefinite, c =>
    {
        FunctionSpace space = c.Set().Space;
        (double mu, double rho) = c.Seed % 3 == 0 ? (0.8, 0.0) : c.Seed % 3 == 1 ? (0.0, 0.1) : (0.5, 0.2);
        double eta = 2.2 * c.Share * MeanStability.LearningRate(space.Eigenvalues[0], mu, rho) + 1e-3;
        StochasticEdgeReport report = Analyze(c, eta, new() { Momentum = mu, WeightDecay = rho, SecondMomentEigenvalue = true });
        EdgeNoiseKernel k = report.NoiseKernel;
        Assert.Equal(NoiseKernel.ExactWithMomentum(space, eta, c.Sampling, mu, rho), k.Exact);
        Assert.Equal(NoiseKernel.HighDimensionalWithMomentum(space.Eigenvalues, space.Rows, eta, c.Sampling, mu, rho), k.HighDimensional);
        Assert.Equal(rho > 0, k.Trace is null);
        if (k.Trace is { } trace)
            Tolerance.Equal(NoiseKernel.TraceWithMomentum(report.Trace, space.Rows, eta, c.Sampling, mu), trace, 1e-12 * trace, "K_tr");
        Assert.Null(k.Diagonal);
        Assert.Null(k.HighDimensionalAsymptotic);
        Assert.Null(report.CriticalLearningRate);
        Assert.Null(report.Margin);
        Assert.Null(report.Contraction);
        Assert.Null(report.SecondMomentEigenvalue);
        Assert.Equal(eta < MeanStability.LearningRate(space.Eigenvalues[0], mu, rho), report.MeanStable);
        if (Math.Abs(report.LambdaMax / report.MeanThreshold - 1) > 1e-9)
            Assert.Equal(report.LambdaMax < report.MeanThreshold, report.MeanStable);
        Assert.Equal(!report.MeanStable ? EdgeVerdict.MeanUnstable : k.Exact.Lower > 1 ? EdgeVerdict.NoiseUnstable : k.Exact.Upper < 1
            ? EdgeVerdict.Stable : EdgeVerdict.Undecided, report.Verdict);
        Assert.DoesNotContain(
            report.Bounds, bound => bound.Criterion >= EdgeCriterion.Diagonal && bound.Verdict != EdgeBoundVerdict.NotApplicable);
        Assert.DoesNotContain(report.Bounds, bound => bound.IsProof);
    });

    [Fact]
    public void ASweepIsItsPoints()
    {
        FunctionSpace space = CurvatureSet.FromJacobian<double>(
            Npy.Read<double>(Path.Combine(AppContext.BaseDirectory, "Data", "edge", "jacobian_flat.npy")).Values, 30, 45).Reduce();
        double[] rates = [0.01, 0.02, 0.3, 0.6];
        BatchSampling[] samplings = [
            BatchSampling.WithoutReplacement(30, 2), BatchSampling.Bernoulli(30, 8), BatchSampling.WithoutReplacement(30, 30)];
        StochasticEdgeReport[] reports = [.. StochasticEdge.Sweep(space, rates, samplings)];
        Assert.Equal(12, reports.Length);
        for (int i = 0; i < 12; i++)
        {
            StochasticEdgeReport point = StochasticEdge.Analyze(space, rates[i % 4], samplings[i / 4]);
            Assert.Equal((point.LearningRate, point.Sampling, point.Verdict),
                (reports[i].LearningRate, reports[i].Sampling, reports[i].Verdict));
            Assert.Equal(point.NoiseKernel.Exact.Value, reports[i].NoiseKernel.Exact.Value,
                Relative * Math.Min(1e3, point.NoiseKernel.Exact.Value));
            Assert.Equal(point.CriticalLearningRate, reports[i].CriticalLearningRate);
            Assert.Equal(point.Bounds.Select(bound => bound.Verdict), reports[i].Bounds.Select(bound => bound.Verdict));
            Assert.Same(reports[0].Coherence, reports[i].Coherence);
        }

        // eta* is found once a sampling: the next point pays for its own searches alone.
        EdgeNoiseKernel second = reports[1].NoiseKernel;
        Assert.Equal(second.Exact.OperatorApplications + second.Diagonal!.Value.OperatorApplications + 1, reports[1].OperatorApplications);
        Assert.True(reports[0].OperatorApplications > reports[0].CriticalLearningRate!.Value.Evidence.OperatorApplications);
    }

    [Fact]
    public void ASweepEndsWithWhatWasDone()
    {
        using CancellationTokenSource source = new();
        CurvatureSet set = CurvatureSet.FromJacobian<double>(Enumerable.Range(1, 12).Select(i => Math.Sin(i)).ToArray(), 4, 3);
        int seen = 0;
        foreach (StochasticEdgeReport report in StochasticEdge.Sweep(
            set, [0.1, 0.2, 0.3], [BatchSampling.WithReplacement(4, 1), BatchSampling.WithReplacement(4, 2)], cancellation: source.Token))
        {
            Assert.Equal(StochasticEdgeStatus.Complete, report.Status);
            if (++seen == 4) source.Cancel();
        }

        Assert.Equal(4, seen);
        Assert.Throws<OperationCanceledException>(
            () => StochasticEdge.Sweep(set, [0.1], [BatchSampling.WithReplacement(4, 1)], cancellation: source.Token).Any());
    }

    [Fact]
    public void CancellingKeepsWhatWasFound()
    {
        FunctionSpace space = SmallSet.FromFactors([1, 0, 0.5, 2, -1, 1], 3, 1, 2).Space;
        BatchSampling sampling = BatchSampling.WithReplacement(3, 1);
        StochasticEdgeReport nothing = StochasticEdge.Analyze(space, 0.1, sampling, cancellation: new(true));
        Assert.Equal((StochasticEdgeStatus.Cancelled, EdgeVerdict.Undecided), (nothing.Status, nothing.Verdict));
        Assert.Equal(NoiseKernel.HighDimensional(space.Eigenvalues, 1, 0.1, sampling), nothing.NoiseKernel.HighDimensional);
        Assert.True(nothing is { CriticalLearningRate: null, Coherence: null, Contraction: null, NoiseKernel.Diagonal: null });

        using CancellationTokenSource source = new();
        Stages stages = new(progress =>
        {
            if (progress.Stage == StochasticEdgeStage.Contraction) source.Cancel();
        });
        StochasticEdgeReport part = StochasticEdge.Analyze(
            space, 0.1, sampling, new() { SecondMomentEigenvalue = true }, stages, source.Token);
        Assert.Equal((StochasticEdgeStatus.Cancelled, EdgeVerdict.Stable), (part.Status, part.Verdict));
        Assert.True(part is { CriticalLearningRate.Evidence.Status: LanczosStatus.Converged, Contraction: not null,
            SecondMomentEigenvalue: null, Coherence: null });

        // Cut short after all was found, a report is whole.
        using CancellationTokenSource late = new();
        StochasticEdgeReport whole = StochasticEdge.Analyze(space, 0.1, sampling, progress: new Stages(progress =>
        {
            if (progress is { Stage: StochasticEdgeStage.Coherence, Done: 3 }) late.Cancel();
        }), cancellation: late.Token);
        Assert.Equal(whole.Coherence is null ? StochasticEdgeStatus.Cancelled : StochasticEdgeStatus.Complete, whole.Status);
    }

    [Fact]
    public void ProgressTellsTheStagesInOrder()
    {
        List<StochasticEdgeStage> seen = [];
        StochasticEdge.Analyze(
            CurvatureSet.FromJacobian<double>(new double[] { 1, 0, 0.5, 2, -1, 1 }, 3, 2), 0.1, 1,
            new() { SecondMomentEigenvalue = true, Lyapunov = new() { Runs = 1, Steps = 32, BurnIn = 0 } },
            new Stages(progress => seen.Add(progress.Stage)));
        Assert.Equal(Enum.GetValues<StochasticEdgeStage>(), seen.Distinct());
        Assert.Equal(seen.Order(), seen);
    }

    [Fact]
    public void ASearchCutShortIsToldAndDecidesNothing()
    {
        double[] jacobian = Npy.Read<double>(Path.Combine(AppContext.BaseDirectory, "Data", "edge", "jacobian_flat.npy")).Values;
        StochasticEdgeReport report = StochasticEdge.Analyze(
            CurvatureSet.FromJacobian<double>(jacobian, 30, 45), 0.03, 1, new() { Numerics = new() { MaximumApplications = 1 } });
        Assert.Equal((StochasticEdgeStatus.Partial, EdgeVerdict.Undecided, (bool?)null), (report.Status, report.Verdict, report.Stable));
        Assert.All(report.Bounds, bound => Assert.Null(bound.Agrees));
    }

    /// <summary>
    /// Found by the property above: examples that are all equal have noise that cancels to rounding, and a search of it cannot converge
    /// against its own size.
    /// </summary>
    [Theory]
    [InlineData(0.5, 0.0)]
    [InlineData(0.0, 0.1)]
    public void NoiseThatCancelsIsStable(double momentum, double weightDecay)
    {
        double[] f = [0.3, -1.1, 0.7, 0.9, 0.3, -1.1, 0.7, 0.9, 0.3, -1.1, 0.7, 0.9];
        StochasticEdgeReport report = StochasticEdge.Analyze(
            CurvatureSet.FromFactors<double>(f, 3, 2, 2), 0.3, 1, new() { Momentum = momentum, WeightDecay = weightDecay });
        Assert.Equal((StochasticEdgeStatus.Complete, EdgeVerdict.Stable), (report.Status, report.Verdict));
        Assert.InRange(report.NoiseKernel.Exact.Value, -1e-13, 1e-13);
    }

    [Fact]
    public void OnTheEdgeItselfNothingIsDecided()
    {
        FunctionSpace space = SmallSet.FromFactors([1, 0, 0.5, 2, -1, 1], 3, 1, 2).Space;
        BatchSampling sampling = BatchSampling.WithReplacement(3, 1);
        CriticalLearningRate edge = CriticalLearningRate.Of(space, sampling);
        Assert.Equal(EdgeVerdict.Undecided, StochasticEdge.Analyze(space, edge.Value, sampling).Verdict);
    }

    private sealed class Stages(Action<StochasticEdgeProgress> tell) : IProgress<StochasticEdgeProgress>
    {
        public void Report(StochasticEdgeProgress value) => tell(value);
    }
}
