using HessianKernels.Networks.Data;
using HessianKernels.Networks.Losses;
using HessianKernels.Networks.Models;
using HessianKernels.Networks.Training;

namespace HessianKernels.Reproduction.Figures.Models;

/// <summary>A time of instability: the oscillation grows, with a sharpness above 2 / eta, and dies away again.</summary>
/// <param name="Start">The step at which it is least, before.</param>
/// <param name="Peak">The step at which it is largest.</param>
/// <param name="End">The step at which it is least, after.</param>
internal sealed record Instability(int Start, int Peak, int End)
{
    /// <summary>How the figures name it.</summary>
    public string Name => $"steps {Start} to {End}";
}

/// <summary>Full-batch gradient descent of paper 004's perceptron on Fashion-MNIST, with every point of the path.</summary>
/// <remarks>
/// The oscillation is that of paper 004's figure 9, ||theta - theta*||, with the mean over two steps in place of theta*:
/// <c>||2 theta_t - theta_(t-1) - theta_(t+1)|| / 4</c>. Sharpness and loss are meant over two steps where they are compared, because descent
/// jumps from one side of the valley to the other, and the sides are not the same. What is made in place of Fashion-MNIST has a picture that is
/// common to all examples, as clothes have: it makes for one direction that is much sharper than the others. With this rate the run does what the
/// paper's does: three times S rises from about 2 / eta to 1.7 times as much, the loss with it, and falls well below again. At lower rates, or
/// with a share of the labels drawn anew, it hovers about 2 / eta instead.
/// </remarks>
internal sealed class DescentPath
{
    /// <summary>How many instabilities the paper shows.</summary>
    public const int Shown = 3;

    // By how much the oscillation must rise and fall for a turning point.
    private const double Turn = 1.4;

    private DescentPath(NetworkRun run, IReadOnlyList<double[]> points)
    {
        (Run, Points) = (run, points);
        Loss = run.Record.Column("step_loss");
        Sharpness = run.Record.Column("lambda_1");
        Oscillation = OscillationOf(points);
        Instabilities = Find();
    }

    /// <summary>eta.</summary>
    public static double Rate(Effort effort) => effort == Effort.Full ? 0.05 : 0.08;

    /// <summary>Steps made.</summary>
    public static int Steps(Effort effort) => FigureRun.Of(effort, 240, 240, 1000);

    /// <summary>The numbers of the setting, for the figures' parameters.</summary>
    public static IEnumerable<(string Name, string Value)> Parameters(Effort effort) =>
    [
        ("network", effort == Effort.Full ? "784-32-32-32-32-10, ReLU, He" : "64-32-32-32-32-10, ReLU, He"),
        ("n", $"{Examples(effort)}"), ("loss", "cross-entropy"), ("descent", $"full batch, η = {Claim.Text(Rate(effort))}"),
        ("steps", $"{Steps(effort)}"),
    ];

    /// <summary>The network, its data and its start.</summary>
    public static NetworkSetting Setting(FigureRun run)
    {
        DataSet<double> data = PaperData.FashionMnist.Train(run, Examples(run.Effort), new(8, 8, 1), new() { LabelNoise = 0, Common = 6 });
        // "Standard normalization"; what is made is about standard normal already.
        if (run.DataFolder is not null) data = Standardization.Of(data, threads: run.Threads).Apply(data);
        return NetworkSetting.Perceptron(data, "32-32-32-32", "relu") with
        {
            Loss = new CrossEntropy(), Initialization = Initialization.He, Seed = run.Seed + 1,
        };
    }

    /// <summary>Makes the run.</summary>
    /// <param name="run">The figure's.</param>
    /// <param name="to">The share of the figure that is done then.</param>
    public static DescentPath Of(FigureRun run, double to)
    {
        List<double[]> points = [];
        NetworkSetting setting = Setting(run);
        NetworkJob job = new(
            "descent", setting, Descent(setting, Rate(run.Effort)), Steps(run.Effort),
            NetworkJob.At(1, TrackedQuantity.StepLoss, TrackedQuantity.LambdaMax)) { Look = _ => new PointKeeper(points) };
        return new(NetworkRun.Of(run, job, 0, to), points);
    }

    /// <summary>Full-batch descent.</summary>
    public static TrainingOptions Descent(NetworkSetting setting, double rate)
        => new() { LearningRate = rate, BatchSize = setting.Examples };

    /// <summary>What was trained.</summary>
    public NetworkSetting Network => Run.Job.Setting;

    /// <summary>The run.</summary>
    public NetworkRun Run { get; }

    /// <summary>Parameters before each step.</summary>
    public IReadOnlyList<double[]> Points { get; }

    /// <summary>L there.</summary>
    public double[] Loss { get; }

    /// <summary>S, the largest eigenvalue of the Hessian there.</summary>
    public double[] Sharpness { get; }

    /// <summary>||theta - theta*|| there; NaN at the first and the last.</summary>
    public double[] Oscillation { get; }

    /// <summary>2 / eta.</summary>
    public double Edge => 2 / Run.Job.Training.LearningRate;

    /// <summary>The sharpest ones, at most three, in the order of their coming.</summary>
    public IReadOnlyList<Instability> Instabilities { get; }

    /// <summary>The mean of a number and the next.</summary>
    public static double Meant(double[] values, int step) => step + 1 < values.Length ? (values[step] + values[step + 1]) / 2 : values[step];

    /// <summary>The oscillation along a path; NaN at its ends.</summary>
    public static double[] OscillationOf(IReadOnlyList<double[]> points)
    {
        double[] oscillation = new double[points.Count];
        (oscillation[0], oscillation[^1]) = (double.NaN, double.NaN);
        for (int step = 1; step + 1 < points.Count; step++)
        {
            double sum = 0;
            (double[] before, double[] at, double[] after) = (points[step - 1], points[step], points[step + 1]);
            for (int i = 0; i < at.Length; i++) sum += Math.Pow(2 * at[i] - before[i] - after[i], 2);
            oscillation[step] = Math.Sqrt(sum) / 4;
        }

        return oscillation;
    }

    private static int Examples(Effort effort) => FigureRun.Of(effort, 300, 300, 1000);

    /// <summary>The steps at which the oscillation turns: least, largest, least, ...</summary>
    private List<int> TurningPoints()
    {
        List<int> turns = [];
        bool rising = false;
        int extreme = 1;
        for (int t = 2; t < Oscillation.Length - 1; t++)
        {
            double change = Oscillation[t] / Oscillation[extreme];
            if (rising ? change > 1 : change < 1) extreme = t;
            else if (rising ? change < 1 / Turn : change > Turn)
            {
                turns.Add(extreme);
                (extreme, rising) = (t, !rising);
            }
        }

        return turns;
    }

    private Instability[] Find()
    {
        List<int> turns = TurningPoints();
        List<Instability> found = [];
        for (int i = 0; i + 2 < turns.Count; i += 2)
        {
            Instability one = new(turns[i], turns[i + 1], turns[i + 2]);
            if (Enumerable.Range(one.Start, one.End - one.Start).Any(step => Meant(Sharpness, step) > Edge)) found.Add(one);
        }

        return [.. found.OrderByDescending(one => Oscillation[one.Peak]).Take(Shown).OrderBy(one => one.Start)];
    }
}
