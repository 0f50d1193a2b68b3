using HessianKernels.Networks.Data;
using HessianKernels.Networks.Models;
using HessianKernels.Networks.Training;
using HessianKernels.Reproduction.Figures.Models;

namespace HessianKernels.Reproduction.Figures.Paper000;

/// <summary>Paper 000's network, appendix C.1: two hidden layers with erf, digits odd or even as +1 and -1, whitened inputs, squared
/// error; runs of it that are told their noise kernel norms.</summary>
internal sealed class ErfNetwork
{
    /// <summary>Passes through the data.</summary>
    public const int Epochs = 480;

    private readonly double _trace;

    private ErfNetwork(NetworkSetting setting, double trace) => (Setting, _trace) = (setting, trace);

    public NetworkSetting Setting { get; }

    public int Examples => Setting.Examples;

    private static int ExamplesOf(Effort effort) => FigureRun.Of(effort, 40, 256, 2500);

    private static string HiddenOf(Effort effort) => effort switch { Effort.Coarse => "12-12", Effort.Quick => "24-24", _ => "256-256" };

    public static IReadOnlyList<(string Name, string Value)> Parameters(Effort effort)
        => [("examples", $"{ExamplesOf(effort)}"), ("hidden widths, activation", $"{HiddenOf(effort)}, erf"), ("precision", "double")];

    /// <summary>The network at its start.</summary>
    public static ErfNetwork Of(FigureRun run)
    {
        DataSet<double> data = PaperData.Mnist.Train(run, ExamplesOf(run.Effort), new(7, 7, 1)).OddOrEven().WithSignTargets();
        data = ZcaWhitening.Of(data, threads: run.Threads, cancellation: run.Cancellation).Apply(data, run.Threads, run.Cancellation);
        NetworkSetting setting = NetworkSetting.Perceptron(data, HiddenOf(run.Effort), "erf") with { Seed = run.Seed };
        double[] trace = run.Part("trace", 0, () => setting.At<double[]>(run, null, point =>
        {
            double sum = 0;
            foreach (double lambda in point.Curvatures(run.Cancellation).Reduce(cancellation: run.Cancellation).Eigenvalues)
                sum += lambda;
            return [sum];
        }, threads: run.Threads));
        return new(setting, trace[0]);
    }

    /// <summary>The learning rate at which K_tr has a value at the start: <c>2 b K_tr / tr Theta_0</c>.</summary>
    public double LearningRateOf(double traceKernel, int batchSize) => 2 * batchSize * traceKernel / _trace;

    /// <summary>Runs from the same start, with their norms on the way.</summary>
    /// <param name="run">The figure's.</param>
    /// <param name="plans">Learning rate, batch size and number of steps of each.</param>
    /// <param name="looks">How often the norms are computed: at the start, and then at equal ratios from half an epoch to the end.</param>
    public NoiseKernelCurve[] Runs(FigureRun run, IReadOnlyList<(double LearningRate, int BatchSize, long Steps)> plans, int looks)
    {
        NoiseKernelCurve[] curves = [.. plans.Select(plan => new NoiseKernelCurve(plan.LearningRate, plan.BatchSize))];
        NetworkRun[] made = NetworkRun.All(run, [.. plans.Select((plan, k) => Job(plan.Steps, looks, curves[k], run.Seed))]);
        for (int k = 0; k < made.Length; k++) curves[k].Diverged = made[k].Diverged;
        return curves;
    }

    private NetworkJob Job(long steps, int looks, NoiseKernelCurve curve, ulong seed)
    {
        double epoch = (double)Examples / curve.BatchSize;
        HashSet<long> at = [0, steps];
        if (looks > 2) at.UnionWith(Crossing.LogRange(Math.Max(1, epoch / 2), steps, looks - 1).Select(step => (long)Math.Round(step)));
        TrainingOptions training = new()
        {
            LearningRate = curve.LearningRate, BatchSize = curve.BatchSize, Seed = seed, DivergedAbove = 1e4,
        };
        return new("", Setting, training, steps + 1, NetworkJob.At((int)steps, TrackedQuantity.StepLoss))
        {
            Look = trainer => new NoiseKernelLook(trainer, at, curve), LooksBefore = before => at.Count(look => look < before),
        };
    }
}
