using HessianKernels.Reproduction.Pictures;
using HessianKernels.SecondMoment;

namespace HessianKernels.Reproduction.Figures.Models;

/// <summary>Every measure of stability of paper 000 along the learning rates of a linear setting.</summary>
internal sealed class StabilityScan
{
    /// <summary>The measures in the order of <see cref="Measures"/>.</summary>
    public static readonly string[] MeasureNames = ["λmax(T)", "K exact", "K (eq. 9)", "K_HD (eq. 10)", "K_tr (eq. 11)", "η λmax / 2"];

    /// <summary>How finely the crossing of lambda_max(T) is told, as a share.</summary>
    public const double Resolution = 2e-3;

    private readonly LearningRateSweep _sweep;
    private readonly double _trace;

    public StabilityScan(LinearSetting setting, FigureRun run)
    {
        Setting = setting;
        _sweep = new(setting.Space, new() { Tolerance = 1e-8, Threads = run.Threads });
        foreach (double lambda in setting.Space.Eigenvalues) _trace += lambda;
        Edge = run.Library(() => _sweep.CriticalLearningRate(setting.Sampling).Value);
    }

    public LinearSetting Setting { get; }

    /// <summary>eta*.</summary>
    public double Edge { get; }

    public double[] LearningRates { get; private set; } = [];

    /// <summary>One array a measure.</summary>
    public double[][] Measures { get; private set; } = [];

    /// <summary>All measures at a learning rate.</summary>
    /// <param name="learningRate">eta.</param>
    /// <param name="run">The figure's.</param>
    /// <param name="share">Of the figure, that they are.</param>
    public double[] At(double learningRate, FigureRun run, double share = 0)
        => run.Library(() => Enumerable.Range(0, MeasureNames.Length).Select(measure => Measure(measure, learningRate, run, share))
            .ToArray());

    /// <summary>The measures at shares of the edge.</summary>
    public void Scan(double[] shares, FigureRun run, double from, double to)
    {
        LearningRates = Array.ConvertAll(shares, share => share * Edge);
        Measures = [.. MeasureNames.Select(_ => new double[shares.Length])];
        for (int i = 0; i < shares.Length; i++)
        {
            run.At(from + (to - from) * i / shares.Length);
            double[] values = At(LearningRates[i], run, (to - from) / shares.Length);
            for (int k = 0; k < values.Length; k++) Measures[k][i] = values[k];
        }
    }

    /// <summary>The learning rate at which a measure reaches 1, as a share of the edge; infinite where it does not up to three times
    /// it.</summary>
    public double CrossingOf(int measure, FigureRun run)
    {
        double One(double eta) => run.Library(() => Measure(measure, eta, run));
        // lambda_max(T) is dear: one look on each side of the edge, and everywhere where it does not cross between them.
        if (measure == 0 && Crossing.Of(One, 1, (1 - Resolution) * Edge, (1 + Resolution) * Edge, 3 * Resolution) is var near
            && double.IsFinite(near))
            return near / Edge;
        return Crossing.Of(One, 1, 0.5 * Edge, 3 * Edge) / Edge;
    }

    /// <summary>K of eq. 9 at the edge.</summary>
    public double DiagonalAtEdge(FigureRun run) => run.Library(() => Measure(2, Edge, run));

    // lambda_max(T) is a part. K exact is not: it is cheap, and its last bits hang on the learning rates that the sweep has been at before.
    private double Measure(int measure, double eta, FigureRun run, double share = 0) => measure switch
    {
        0 => run.Part(FormattableString.Invariant($"{Setting.Name}-{eta:R}"), share, () =>
        [
            new SecondMomentOperator(Setting.Space, eta, Setting.Sampling, new() { Tolerance = 1e-5, Threads = run.Threads })
                .LargestEigenvalue(cancellation: run.Cancellation).Value,
        ])[0],
        1 => _sweep.Exact(eta, Setting.Sampling).Value,
        2 => _sweep.Diagonal(eta, Setting.Sampling).Value,
        3 => NoiseKernel.HighDimensionalAsymptotic(Setting.Space.Eigenvalues, 1, eta, Setting.Sampling),
        4 => NoiseKernel.Trace(_trace, 1, eta, Setting.Sampling),
        _ => eta * Setting.LargestEigenvalue / 2,
    };

    public Table ToTable(string name) => Table.Of(
        name, [("learning_rate", LearningRates), ("lambda_max_T", Measures[0]), ("K_exact", Measures[1]), ("K", Measures[2]),
            ("K_HD", Measures[3]),
            ("K_tr", Measures[4]), ("half_eta_lambda_max", Measures[5])]);

    public Chart ToChart() => new()
    {
        Title = $"Stability measures, {Setting.Name} setting", X = new("learning rate η"), Y = new("measure", Min: 0, Max: 1.6),
        Series = [.. MeasureNames.Select((name, k) => new LineSeries(name, LearningRates, Measures[k])
        {
            Stroke = k is 0 ? Stroke.Solid : k == 5 ? Stroke.Dotted : k == 1 ? Stroke.Solid : Stroke.Dashed, Ink = k == 1, Color = k < 2
                ? 0 : k - 1,
        })],
        Thresholds = [new("edge: 1", 1), new("η*", Edge, Vertical: true)],
    };
}
