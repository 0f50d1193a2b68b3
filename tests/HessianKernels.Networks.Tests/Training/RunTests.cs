using HessianKernels.Conformance;
using HessianKernels.Networks.Data;
using HessianKernels.Networks.Training;
using Xunit;

namespace HessianKernels.Networks.Tests.Training;

/// <summary>Divergence, catapults, micro-batches, threads, the step's sharpness, bad input.</summary>
public class RunTests
{
    [Fact]
    public void ARunThatDivergesStopsAtTheLastGoodPoint()
    {
        // lambda = 1, eta = 3: x_t = (-2)^t, and the loss leaves double's range.
        using TrainingCase line = TrainingCase.Line([1], [0], 1);
        TrainingOptions options = new() { LearningRate = 3, BatchSize = 1, Momentum = Momentum.Polyak(0) };
        using Trainer<Span<double>> trainer = line.Started(options);
        TrainingResult result = trainer.Run(5000);
        Assert.Equal(TrainingStatus.Diverged, result.Status);
        // x^2 = 2^(2t) is finite up to t = 511.
        Assert.Equal(512, result.DivergedAt);
        Assert.Equal(511, result.Checkpoint.Step);
        Assert.Equal(-Math.Pow(2, 511), result.Checkpoint.Parameters.Span[0]);
        Assert.Equal(511, trainer.Step);
        // It can be gone on with, and finds the same.
        Assert.Equal(512, trainer.Run(5000).DivergedAt);
    }

    [Fact]
    public void ALimitOnTheLossIsADivergence()
    {
        using TrainingCase line = TrainingCase.Line([1], [0], 1);
        using Trainer<Span<double>> trainer = line.Started(new() { LearningRate = 3, BatchSize = 1, DivergedAbove = 100 });
        // 2^(2t - 1) > 100 at t = 4.
        Assert.Equal(4, trainer.Run(50).DivergedAt);
    }

    [Fact]
    public void TheLastGoodPointOfAReshufflingGoesOnAlike()
    {
        using TrainingCase line = TrainingCase.Line([1, 1.2, 0.9], [0.1, 0.2, 0.3], 1);
        TrainingOptions options = new() { LearningRate = 2.6, BatchSize = 2, Selection = BatchSelection.Reshuffling, Momentum = Momentum.Polyak(0.2), DivergedAbove = 1e4 };
        using Trainer<Span<double>> trainer = line.Started(options), again = line.Trainer(options);
        TrainingResult result = trainer.Run(5000);
        Assert.Equal(result.DivergedAt - 1, result.Steps);
        again.Restore(result.Checkpoint);
        Assert.Equal(result.DivergedAt, again.Run(5000).DivergedAt);
        using Trainer<Span<double>> whole = line.Started(options);
        whole.Run(result.Steps);
        Tolerance.SameBits<double>(whole.Parameters, result.Checkpoint.Parameters.Span);
        Assert.Equal((whole.Checkpoint().Epoch, whole.Checkpoint().Position), (result.Checkpoint.Epoch, result.Checkpoint.Position));
    }

    [Fact]
    public void ACatapultIsToldFromItsLosses()
    {
        CatapultDetector detector = new(2);
        double[] losses = [5, 4, 3, 5, 6.1, 9, 7, 4.3, 4.2, 3, 3.5, 5.9, 2.5, 5.1];
        for (int t = 0; t < losses.Length; t++) detector.Observe(t, losses[t], 1);
        // 6.1 > 2 x 3; the highest is 9; 4.2 < sqrt(2) x 3 ends it at a level of 4.2, later 3 and 2.5; 5.1 > 2 x 2.5.
        Assert.Equal([new(4, 5, 3, 9, 8), new(13, 13, 2.5, 5.1, null)], detector.Catapults);
    }

    [Fact]
    public void TheLuckOfABatchIsNoCatapult()
    {
        Random random = new(4);
        CatapultDetector detector = new();
        for (int t = 0; t < 2000; t++) detector.Observe(t, 2 * random.NextDouble(), 0.02);
        Assert.Empty(detector.Catapults);
        for (int t = 2000; t < 2200; t++) detector.Observe(t, 6 * random.NextDouble(), 0.02);
        Assert.Single(detector.Catapults);
    }

    [Fact]
    public void ALargerRateInMidRunIsACatapult()
    {
        // theta_1 theta_2 at eta beyond 2 / lambda: it leaves the minimum and settles at a flatter one.
        using TrainingCase network = TrainingCase.DiagonalLinear(0.1, 10);
        using Trainer<Span<double>> trainer = network.Started(new() { LearningRate = 0.009, BatchSize = 1, Interventions = [new(20, LearningRate: 0.012)] });
        TrainingResult result = trainer.Run(2000);
        Assert.Equal(TrainingStatus.Completed, result.Status);
        Catapult catapult = Assert.Single(result.Catapults);
        Assert.InRange(catapult.Start, 20, 40);
        Assert.NotNull(catapult.End);
        Assert.True(2 * trainer.Parameters[1] * trainer.Parameters[1] < 2 / 0.012);
    }

    [Theory]
    [InlineData(BatchSelection.WithoutReplacement)]
    [InlineData(BatchSelection.Bernoulli)]
    public void MicroBatchesAddUp(BatchSelection selection)
    {
        using TrainingCase one = TrainingCase.Perceptron(23, 3, 5, 2, 7);
        TrainingOptions options = new() { LearningRate = 0.3, BatchSize = 11, Selection = selection };
        using Trainer<Span<double>> whole = one.Started(options, true), cut = one.Started(options with { MicroBatch = 3 }, true);
        whole.Run(10);
        cut.Run(10);
        Tolerance.Equal<double>(whole.Parameters, cut.Parameters, 1e-13);
        Tolerance.Equal(whole.StepLoss, cut.StepLoss, 1e-13);
        Tolerance.Equal(whole.StepSharpness, cut.StepSharpness, 1e-11);
    }

    [Fact]
    public void ThreadsChangeNoBit()
    {
        using TrainingCase one = TrainingCase.Perceptron(64, 20, 32, 4, 7);
        TrainingOptions options = new() { LearningRate = 0.1, BatchSize = 32, Noise = GradientNoise.Diagonal(3) };
        using Trainer<Span<double>> single = one.Started(options, true, 1), many = one.Started(options, true, 4);
        single.Run(8);
        many.Run(8);
        Tolerance.SameBits<double>(single.Parameters, many.Parameters);
        Tolerance.SameBits<double>([single.StepSharpness], [many.StepSharpness]);
    }

    [Fact]
    public void TheStepsSharpnessIsItsGradientsChangeAlongIt()
    {
        using TrainingCase one = TrainingCase.Perceptron(23, 3, 5, 2, 7);
        TrainingOptions options = new() { LearningRate = 0.3, BatchSize = 4, Seed = 8 };
        using Trainer<Span<double>> trainer = one.Started(options, true);
        trainer.Run(1);
        double[] g = trainer.Gradient.ToArray(), plus = At(1e-5), minus = At(-1e-5);
        double form = g.Select((value, i) => value * (plus[i] - minus[i]) / 2e-5).Sum(), square = g.Sum(value => value * value);
        Tolerance.Equal(form / square, trainer.StepSharpness, 1e-7 * Math.Abs(form / square));

        // The same seed and step: the same batch, at a point along its gradient.
        double[] At(double s)
        {
            using Trainer<Span<double>> moved = one.Trainer(options);
            moved.Start([.. one.Initial.Select((value, i) => value + s * g[i])]);
            moved.Run(1);
            return moved.Gradient.ToArray();
        }
    }

    [Fact]
    public void FloatFollowsDouble()
    {
        using TrainingCase one = TrainingCase.Perceptron(23, 3, 5, 2, 7);
        TrainingOptions options = new() { LearningRate = 0.1, BatchSize = 6, Momentum = Momentum.Polyak(0.5) };
        DataSet<float> data = new()
        {
            Examples = 23, InputShape = one.Model.Input, Inputs = Array.ConvertAll(one.Inputs, x => (float)x), Targets = Array.ConvertAll(one.Targets, x => (float)x), TargetLength = 2,
        };
        using Trainer<Span<float>> single = Trainer.Create<float>(one.Model, one.Loss, data, Array.ConvertAll(one.Initial, x => (float)x), options, true);
        using Trainer<Span<double>> expected = one.Started(options, true);
        single.Run(20);
        expected.Run(20);
        Tolerance.Equal<float>(expected.Parameters, single.Parameters, 1e-5);
        Tolerance.Equal(expected.StepSharpness, single.StepSharpness, 1e-3 * Math.Abs(expected.StepSharpness));
    }

    public static TheoryData<string, TrainingOptions> BadOptions
    {
        get
        {
            TrainingOptions good = new() { LearningRate = 0.1, BatchSize = 2 };
            return new()
            {
                { "LearningRate = 0", good with { LearningRate = 0 } },
                { "LearningRate = NaN", good with { LearningRate = double.NaN } },
                { "BatchSize = 0", good with { BatchSize = 0 } },
                { "BatchSize = 4", good with { BatchSize = 4 } },
                { "beta1 = 1", good with { Momentum = Momentum.Polyak(1) } },
                { "beta2 = -0.5", good with { Momentum = new(0.1, -0.5) } },
                { "WeightDecay = -1", good with { WeightDecay = -1 } },
                { "MicroBatch = -1", good with { MicroBatch = -1 } },
                { "DivergedAbove = 0", good with { DivergedAbove = 0 } },
                { "CatapultFactor = 1", good with { CatapultFactor = 1 } },
                { "no momentum", good with { Momentum = Momentum.Polyak(0.5), Noise = GradientNoise.DifferentialEquation() } },
                { "step -1", good with { Interventions = [new(-1, 0.1)] } },
                { "step 3", good with { Interventions = [new(3, 0.1), new(3, null, 1)] } },
                { "BatchSize of step 3 = 9", good with { Interventions = [new(3, null, 9)] } },
            };
        }
    }

    [Theory]
    [MemberData(nameof(BadOptions))]
    public void ABadOptionIsNamed(string words, TrainingOptions options)
    {
        using TrainingCase line = TrainingCase.Line([1, 2, 3], [1, 1, 1], 0);
        Assert.Contains(words, Assert.ThrowsAny<ArgumentException>(() => line.Trainer(options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void BadArgumentsAreNamed()
    {
        using TrainingCase line = TrainingCase.Line([1, 2, 3], [1, 1, 1], 0);
        TrainingOptions options = new() { LearningRate = 0.1, BatchSize = 2 };
        using Trainer<Span<double>> trainer = line.Trainer(options);
        Assert.Throws<InvalidOperationException>(() => trainer.Run(1));
        Assert.Throws<InvalidOperationException>(trainer.Checkpoint);
        Assert.Contains("2 parameters", Assert.Throws<ArgumentException>(() => trainer.Start([1, 2])).Message, StringComparison.Ordinal);
        Assert.Contains("Parameter 0 is NaN", Assert.Throws<ArgumentException>(() => trainer.Start([double.NaN])).Message, StringComparison.Ordinal);
        trainer.Start([1]);
        trainer.Run(3);
        Assert.Throws<ArgumentOutOfRangeException>(() => trainer.Run(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Step(0, 0.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Step(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Cosine(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Cosine(5, 1.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.WarmUp(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => GradientNoise.Diagonal(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => GradientNoise.DifferentialEquation(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CatapultDetector(1));
    }
}
