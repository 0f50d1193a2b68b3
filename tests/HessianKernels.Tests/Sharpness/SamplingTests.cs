using HessianKernels.Krylov;
using HessianKernels.SecondMoment;
using HessianKernels.Sharpness;
using Xunit;
using static HessianKernels.Tests.Sharpness.BatchSharpnessTests;

namespace HessianKernels.Tests.Sharpness;

public class SamplingTests
{
    private static readonly SharpnessOptions Draw = new() { EnumerationLimit = 0, RelativeError = 0, Threads = 1 };

    private static DerivativesCase Case(BatchScheme scheme, int n = 9, int d = 4, int b = 3) => new(CurvatureKind.Semidefinite, scheme, n, d, b, 12);

    [Theory]
    [InlineData(BatchScheme.WithoutReplacement)]
    [InlineData(BatchScheme.WithReplacement)]
    [InlineData(BatchScheme.Bernoulli)]
    public void SampledIsEnumeratedWithinItsError(BatchScheme scheme)
    {
        DerivativesCase c = Case(scheme);
        ExampleDerivatives derivatives = c.Factored();
        SharpnessReport exact = BatchSharpness.Analyze(derivatives, c.Sampling);
        foreach (ulong seed in (ulong[])[1, 2, 3])
        {
            SharpnessReport found = BatchSharpness.Analyze(derivatives, c.Sampling, Draw with { Seed = seed, MaxBatches = 3000 });
            Assert.InRange(found.BatchSharpness.Value, exact.BatchSharpness.Value - 5 * found.BatchSharpness.StandardError, exact.BatchSharpness.Value + 5 * found.BatchSharpness.StandardError);
            (BatchExpectation e, BatchExpectation f) = (exact.LambdaMaxBatch!.Value, found.LambdaMaxBatch!.Value);
            Assert.InRange(f.Value, e.Value - 5 * f.StandardError, e.Value + 5 * f.StandardError);
            Assert.Equal((3000, BatchExpectationStatus.LimitReached), (f.Batches, f.Status));
            Assert.Equal(exact.ModifiedBatchSharpness, found.ModifiedBatchSharpness);
        }
    }

    [Theory]
    [InlineData(BatchScheme.WithoutReplacement)]
    [InlineData(BatchScheme.WithReplacement)]
    [InlineData(BatchScheme.Bernoulli)]
    public void StandardErrorsAreWhatErrorsAre(BatchScheme scheme)
    {
        const int Seeds = 200;
        DerivativesCase c = Case(scheme);
        ExampleDerivatives derivatives = c.Dense();
        SharpnessReport exact = BatchSharpness.Analyze(derivatives, c.Sampling);
        double[] quotients = new double[Seeds], eigenvalues = new double[Seeds];
        for (int seed = 0; seed < Seeds; seed++)
        {
            SharpnessReport found = BatchSharpness.Analyze(derivatives, c.Sampling, Draw with { Seed = (ulong)seed + 500, MaxBatches = 300 });
            quotients[seed] = (found.BatchSharpness.Value - exact.BatchSharpness.Value) / found.BatchSharpness.StandardError;
            eigenvalues[seed] = (found.LambdaMaxBatch!.Value.Value - exact.LambdaMaxBatch!.Value.Value) / found.LambdaMaxBatch!.Value.StandardError;
        }

        foreach (double[] errors in (double[][])[quotients, eigenvalues])
        {
            SampleMean mean = SampleMean.Of(errors);
            Assert.InRange(mean.Value, -4.5 / Math.Sqrt(Seeds), 4.5 / Math.Sqrt(Seeds));
            Assert.InRange(mean.StandardError * Math.Sqrt(Seeds), 0.85, 1.15);
        }
    }

    /// <summary>Every batch of a scheme comes as often as it should: chi square of 40 000 draws.</summary>
    [Theory]
    [InlineData(BatchScheme.WithoutReplacement, 5, 2)]
    [InlineData(BatchScheme.WithoutReplacement, 5, 4)]
    [InlineData(BatchScheme.WithReplacement, 4, 3)]
    [InlineData(BatchScheme.Bernoulli, 4, 3)]
    public void RandomBatchesAreOfTheirScheme(BatchScheme scheme, int n, int b)
    {
        const int Draws = 40_000;
        BatchSampling sampling = BatchSampling.Of(scheme, n, b);
        Dictionary<string, double> expected = [];
        foreach ((double probability, int[] draws) in new DerivativesCase(CurvatureKind.RankOne, scheme, n, 1, b, 0).Batches())
        {
            string key = string.Join(",", draws.Order());
            expected[key] = expected.GetValueOrDefault(key) + probability;
        }

        Dictionary<string, int> found = [];
        RandomBatch source = new(sampling, seed: 7);
        int[] batch = new int[source.MostDraws];
        for (int t = 0; t < Draws; t++)
        {
            string key = string.Join(",", batch[..source.Fill(t, batch, out double weight)]);
            Assert.Equal(1, weight);
            found[key] = found.GetValueOrDefault(key) + 1;
        }

        Assert.Empty(found.Keys.Except(expected.Keys));
        double square = expected.Sum(e => Math.Pow(found.GetValueOrDefault(e.Key) - Draws * e.Value, 2) / (Draws * e.Value)), freedom = expected.Count - 1;
        Assert.InRange(square, freedom - 4 * Math.Sqrt(2 * freedom), freedom + 4 * Math.Sqrt(2 * freedom));
    }

    [Theory]
    [InlineData(BatchScheme.WithoutReplacement, 7, 3, 35)]
    [InlineData(BatchScheme.WithoutReplacement, 7, 7, 1)]
    [InlineData(BatchScheme.WithoutReplacement, 200, 199, 200)]
    [InlineData(BatchScheme.WithReplacement, 4, 3, 20)]
    [InlineData(BatchScheme.WithReplacement, 1, 1, 1)]
    [InlineData(BatchScheme.Bernoulli, 6, 2, 64)]
    [InlineData(BatchScheme.Bernoulli, 6, 6, 1)]
    public void EveryBatchComesOnce(BatchScheme scheme, int n, int b, int count)
    {
        BatchSampling sampling = BatchSampling.Of(scheme, n, b);
        Assert.Equal(count, BatchSource.Count(sampling, 1000));
        EveryBatch source = new(sampling, count);
        int[] batch = new int[source.MostDraws];
        HashSet<string> seen = [];
        double total = 0;
        for (int number = 0; number < count; number++)
        {
            int[] draws = batch[..source.Fill(number, batch, out double weight)];
            Assert.Equal(draws.Order(), draws);
            Assert.All(draws, draw => Assert.InRange(draw, 0, n - 1));
            if (scheme != BatchScheme.Bernoulli) Assert.Equal(b, draws.Length);
            if (scheme != BatchScheme.WithReplacement) Assert.Equal(draws.Length, draws.Distinct().Count());
            Assert.True(seen.Add(string.Join(",", draws)), $"batch {number} came before");
            total += weight;
        }

        Assert.Equal(1, total, 12);
    }

    [Fact]
    public void CountsStopAtTheLimit()
    {
        Assert.Equal(184_756, BatchSource.Count(BatchSampling.WithoutReplacement(20, 10), 1_000_000));
        Assert.Equal(1_001, BatchSource.Count(BatchSampling.WithoutReplacement(20, 10), 1_000));
        Assert.Equal(1_001, BatchSource.Count(BatchSampling.WithoutReplacement(1_000_000, 500_000), 1_000));
        Assert.Equal(int.MaxValue + 1L, BatchSource.Count(BatchSampling.WithReplacement(int.MaxValue, int.MaxValue), int.MaxValue));
        Assert.Equal(1_001, BatchSource.Count(BatchSampling.Bernoulli(100, 3), 1_000));
        Assert.Equal(1_001, BatchSource.Count(BatchSampling.Bernoulli(40, 3), 1_000));
    }

    [Theory]
    [InlineData(4, 0)]
    [InlineData(60, 0)]
    [InlineData(4, 20_000)]
    public void ThreadsChangeNoBit(int d, int enumerate)
    {
        DerivativesCase c = Case(BatchScheme.WithoutReplacement, n: 12, d: d, b: 6);
        SharpnessOptions options = Draw with { EnumerationLimit = enumerate, MaxBatches = 700, Seed = 3 };
        foreach (ExampleDerivatives derivatives in c.Both())
        {
            SharpnessReport one = BatchSharpness.Analyze(derivatives, 6, options);
            foreach (int threads in (int[])[2, 7]) AssertSame(one, BatchSharpness.Analyze(derivatives, 6, options with { Threads = threads }));
        }

        // Where sampling ends does not depend on them either.
        SharpnessOptions untilGood = options with { EnumerationLimit = 0, RelativeError = 0.05 };
        SharpnessReport ended = BatchSharpness.Analyze(c.Factored(), 6, untilGood);
        Assert.Equal(BatchExpectationStatus.Converged, ended.BatchSharpness.Status);
        AssertSame(ended, BatchSharpness.Analyze(c.Factored(), 6, untilGood with { Threads = 4 }));
    }

    [Fact]
    public void SeedsNameTheBatches()
    {
        ExampleDerivatives derivatives = Case(BatchScheme.WithoutReplacement).Dense();
        SharpnessReport one = BatchSharpness.Analyze(derivatives, 3, Draw with { Seed = 1, MaxBatches = 100 });
        AssertSame(one, BatchSharpness.Analyze(derivatives, 3, Draw with { Seed = 1, MaxBatches = 100 }));
        Assert.NotEqual(one.BatchSharpness, BatchSharpness.Analyze(derivatives, 3, Draw with { Seed = 2, MaxBatches = 100 }).BatchSharpness);
    }

    [Fact]
    public void DrawingStopsAtTheErrorAskedForOrTheLimit()
    {
        ExampleDerivatives derivatives = Case(BatchScheme.WithoutReplacement).Dense();
        SharpnessReport met = BatchSharpness.Analyze(derivatives, 3, Draw with { RelativeError = 0.02, MaxBatches = 100_000 });
        foreach (BatchExpectation mean in (BatchExpectation[])[met.BatchSharpness, met.LambdaMaxBatch!.Value])
        {
            Assert.Equal(BatchExpectationStatus.Converged, mean.Status);
            Assert.InRange(mean.RelativeStandardError, 1e-9, 0.02);
            Assert.InRange(mean.Batches, 64, 99_999);
        }

        // Along the gradients every batch is alike, and only its largest eigenvalue varies: both must be good.
        double[] gradients = [.. Enumerable.Repeat((double[])[1, 0], 9).SelectMany(g => g)];
        double[] hessians = [.. Enumerable.Range(1, 9).SelectMany(i => (double[])[1, 0, 0, i * i])];
        SharpnessReport wide = BatchSharpness.Analyze(
            ExampleDerivatives.FromHessians<double>(gradients, hessians, 9), 1, Draw with { RelativeError = 0.01, MaxBatches = 100_000 });
        Assert.Equal((1.0, 0.0), (wide.BatchSharpness.Value, wide.BatchSharpness.StandardError));
        Assert.InRange(wide.LambdaMaxBatch!.Value.RelativeStandardError, 1e-9, 0.01);

        SharpnessReport limited = BatchSharpness.Analyze(derivatives, 3, Draw with { RelativeError = 1e-6, MaxBatches = 1500 });
        Assert.Equal((1500, BatchExpectationStatus.LimitReached), (limited.BatchSharpness.Batches, limited.BatchSharpness.Status));
        SharpnessReport single = BatchSharpness.Analyze(derivatives, 3, Draw with { MaxBatches = 1 });
        Assert.True(double.IsNaN(single.BatchSharpness.StandardError));
        // Examples alike: no batch differs from another, and the first round shows it.
        ExampleDerivatives alike = ExampleDerivatives.FromFactors<double>((double[])[1, 1, 1, 1], (double[])[2, 2, 2, 2], 4, 1);
        BatchExpectation certain = BatchSharpness.Analyze(alike, 2, Draw with { MaxBatches = 50_000 }).BatchSharpness;
        Assert.Equal((4.0, 0.0, BatchExpectationStatus.Converged), (certain.Value, certain.StandardError, certain.Status));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20_000)]
    public void CancellingGivesWhatIsThere(int enumerate)
    {
        ExampleDerivatives derivatives = Case(BatchScheme.WithoutReplacement, n: 16, d: 3, b: 5).Dense();
        using CancellationTokenSource source = new();
        List<long> told = [];
        Listener progress = new(done =>
        {
            told.Add(done);
            if (told.Count == 2) source.Cancel();
        });
        BatchExpectation found = BatchSharpness.Analyze(derivatives, 5, Draw with { EnumerationLimit = enumerate }, progress, source.Token).BatchSharpness;
        Assert.Equal(BatchExpectationStatus.Cancelled, found.Status);
        Assert.Equal((2, told[1]), (told.Count, found.Batches));
        Assert.InRange(found.Value, 1e-3, 1e3);
        Assert.Equal(enumerate > 0, double.IsNaN(found.StandardError));

        using CancellationTokenSource before = new();
        before.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => BatchSharpness.Analyze(derivatives, 5, Draw, cancellation: before.Token));
        Assert.ThrowsAny<OperationCanceledException>(() => derivatives.LossChange(BatchSampling.WithReplacement(16, 5), 0.1, cancellation: before.Token));
    }

    /// <summary>A block that a cancelled thread did not finish is not in the estimate, nor any after it.</summary>
    [Fact]
    public void AnUnfinishedBlockCountsForNothing()
    {
        DerivativesCase c = Case(BatchScheme.WithoutReplacement);
        using CancellationTokenSource source = new();
        CancellingBatch batches = new(new RandomBatch(c.Sampling, 1), 300, source);
        BatchEvaluation evaluation = new(c.Dense(), batches, eigenvalues: true, seed: 0, threads: 1, most: 1000);
        Assert.Equal(64, evaluation.Block);
        Assert.Equal(1000, evaluation.Run(0, 1000, CancellationToken.None));
        using CancellationTokenSource another = new();
        batches.Source = another;
        Assert.Equal(256, evaluation.Run(0, 1000, another.Token));
    }

    /// <summary>Cancels when a batch is asked for.</summary>
    private sealed class CancellingBatch(BatchSource batches, long at, CancellationTokenSource source) : BatchSource(batches.BatchSize, batches.MostDraws)
    {
        public CancellationTokenSource Source { get; set; } = source;

        public override int Fill(long number, Span<int> draws, out double weight)
        {
            if (number == at) Source.Cancel();
            return batches.Fill(number, draws, out weight);
        }
    }

    [Fact]
    public void ProgressEndsAtTheBatchesEvaluated()
    {
        List<long> told = [];
        SharpnessReport report = BatchSharpness.Analyze(Case(BatchScheme.WithoutReplacement).Dense(), 3, Draw with { MaxBatches = 2500 }, new Listener(told.Add));
        Assert.Equal(told.Order(), told);
        Assert.Equal(report.BatchSharpness.Batches, told[^1]);
    }

    private sealed class Listener(Action<long> heard) : IProgress<long>
    {
        public void Report(long value) => heard(value);
    }
}
