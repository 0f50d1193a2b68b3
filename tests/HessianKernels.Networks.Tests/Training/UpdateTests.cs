using HessianKernels.Conformance;
using HessianKernels.Networks.Training;
using Xunit;

namespace HessianKernels.Networks.Tests.Training;

/// <summary>The path of one parameter against recursions written out by hand.</summary>
public class UpdateTests
{
    private static readonly double[] H = [1, -2, 0.5], Y = [0.3, 1, -2];

    private static double Gradient(double x) => H.Zip(Y, (h, y) => h * (h * x - y)).Average();

    private static double[] Path(TrainingOptions options, int steps)
    {
        using TrainingCase line = TrainingCase.Line(H, Y, 1.5);
        using Trainer<Span<double>> trainer = line.Started(options);
        double[] path = new double[steps];
        for (int t = 0; t < steps; t++)
        {
            trainer.Run(t + 1);
            path[t] = trainer.Parameters[0];
        }

        return path;
    }

    private static TrainingOptions Full(double rate) => new() { LearningRate = rate, BatchSize = 3 };

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0.9, 0, 0)]
    [InlineData(0.8, 0.8, 0)]
    [InlineData(0.7, 0.2, 0)]
    [InlineData(0, 0.4, 0)]
    [InlineData(0, 0, 0.3)]
    [InlineData(0.9, 0, 0.3)]
    [InlineData(0.7, 0.2, 0.3)]
    public void MomentumAndWeightDecay(double beta1, double beta2, double decay)
    {
        double[] expected = new double[30];
        double x = 1.5, delta = 0;
        for (int t = 0; t < expected.Length; t++)
        {
            double at = x + beta2 * delta;
            delta = beta1 * delta - 0.1 * (Gradient(at) + decay * at);
            x += delta;
            expected[t] = x;
        }

        Tolerance.Equal<double>(expected, Path(Full(0.1) with { Momentum = new(beta1, beta2), WeightDecay = decay }, expected.Length), 1e-14);
    }

    [Fact]
    public void TheFamilyHasPolyakAndNesterov()
    {
        Assert.Equal(new Momentum(0.9, 0), Momentum.Polyak(0.9));
        Assert.Equal(new Momentum(0.9, 0.9), Momentum.Nesterov(0.9));
        Assert.Equal(default, Momentum.None);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.8, 0)]
    [InlineData(0.6, 0.6)]
    public void TheSharpnessThresholdIsWhereAQuadraticTurns(double beta1, double beta2)
    {
        // One parameter, lambda = 1: eta just below and just above where 1 is the threshold.
        using TrainingCase line = TrainingCase.Line([1], [0], 1);
        Momentum momentum = new(beta1, beta2);
        double edge = momentum.SharpnessThreshold(1);
        foreach (double share in (double[])[0.98, 1.02])
        {
            using Trainer<Span<double>> trainer = line.Started(new() { LearningRate = share * edge, BatchSize = 1, Momentum = momentum });
            trainer.Run(2000);
            Assert.Equal(share < 1, Math.Abs(trainer.Parameters[0]) < 1);
        }
    }

    public static TheoryData<LearningRateSchedule, Func<int, double>> Schedules => new()
    {
        { LearningRateSchedule.Constant, _ => 1 },
        { LearningRateSchedule.Step(4, 0.5), t => t < 4 ? 1 : t < 8 ? 0.5 : t < 12 ? 0.25 : 0.125 },
        { LearningRateSchedule.Cosine(10, 0.2), t => t >= 10 ? 0.2 : 0.2 + 0.4 * (1 + Math.Cos(Math.PI * t / 10)) },
        { LearningRateSchedule.WarmUp(5, LearningRateSchedule.Step(3, 0.1)), t => t < 5 ? (t + 1) / 5.0 : t < 8 ? 1 : t < 11 ? 0.1 : t < 14 ? 0.01 : 0.001 },
    };

    [Theory]
    [MemberData(nameof(Schedules))]
    public void SchedulesAndInterventions(LearningRateSchedule schedule, Func<int, double> factor)
    {
        double[] expected = new double[15];
        double x = 1.5;
        for (int t = 0; t < expected.Length; t++) expected[t] = x -= (t < 6 ? 0.2 : 0.05) * factor(t) * Gradient(x);
        Tolerance.Equal<double>(expected, Path(Full(0.2) with { Schedule = schedule, Interventions = [new(6, LearningRate: 0.05)] }, expected.Length), 1e-14);
    }

    [Fact]
    public void AnInterventionChangesTheBatchSize()
    {
        TrainingOptions options = new() { LearningRate = 0.1, BatchSize = 1, Interventions = [new(7, BatchSize: 3), new(3, 0.2, 2), new(9, 0.3)] };
        Assert.Equal([1, 1, 1, 2, 2, 2, 2, 3, 3, 3], Enumerable.Range(0, 10).Select(t => options.BatchSizeAt(t)));
        Assert.Equal([0.1, 0.1, 0.1, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.3], Enumerable.Range(0, 10).Select(t => options.LearningRateAt(t)));
        // From step 7 on the batch is full: the path is the recursion's.
        double[] path = Path(options, 12);
        for (int t = 7; t < 12; t++) Tolerance.Equal(path[t - 1] - (t < 9 ? 0.2 : 0.3) * Gradient(path[t - 1]), path[t], 1e-14);
    }

    [Fact]
    public void WeightDecayIsNotInTheReportedLoss()
    {
        using TrainingCase line = TrainingCase.Line(H, Y, 1.5);
        using Trainer<Span<double>> plain = line.Started(Full(0.1)), decayed = line.Started(Full(0.1) with { WeightDecay = 5 });
        plain.Run(1);
        decayed.Run(1);
        Assert.Equal(plain.StepLoss, decayed.StepLoss);
        Tolerance.Equal(H.Zip(Y, (h, y) => (h * 1.5 - y) * (h * 1.5 - y) / 2).Average(), plain.StepLoss, 1e-15);
    }
}
