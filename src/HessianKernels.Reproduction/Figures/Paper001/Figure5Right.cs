using HessianKernels.Networks.Curvature;
using HessianKernels.Networks.Data;
using HessianKernels.Networks.Training;
using HessianKernels.Reproduction.Figures.Models;
using HessianKernels.Reproduction.Pictures;
using HessianKernels.Sharpness;

namespace HessianKernels.Reproduction.Figures.Paper001;

/// <summary>Figure 5, right: test accuracy over batch size and learning rate, with the scaling rules.</summary>
internal sealed class Figure5Right : Figure
{
    public override string Paper => "001";

    public override string Name => "F5-right";

    public override string Title => "Test accuracy over b and η, and the scaling rules";

    public override string Summary =>
        "The learning rate that generalises best is almost linear in b while b is small and saturates: it follows ρ_b/η = C rather " +
        "than the linear or the square-root rule. ρ is measured along full-batch descent, as in figure 36; each rule has its one constant C " +
        "fitted to the best learning rates.";

    public override int Version => 2;

    public override double Weight(Effort effort) => FigureRun.Of(effort, 1, 12, 100_000);

    public override IReadOnlyList<DataFile> Data => [.. PaperData.Cifar10.TrainFiles, .. PaperData.Cifar10.TestFiles];

    private static int[] BatchSizes(Effort effort) => effort switch
    {
        Effort.Coarse => [1, 4, 32],
        Effort.Quick => [1, 2, 4, 8, 16, 32, 64, 128, 256],
        _ => [4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192],
    };

    private static double[] LearningRates(Effort effort) => effort switch
    {
        Effort.Coarse => Crossing.LogRange(0.01, 2.56, 3),
        Effort.Quick => Crossing.LogRange(0.01, 10.24, 11),
        _ => Crossing.LogRange(0.00125, 0.64, 10),
    };

    private static int Epochs(Effort effort) => FigureRun.Of(effort, 10, 200, 800);

    private static int Starts(Effort effort) => FigureRun.Of(effort, 1, 3, 1);

    private static int TestExamples(Effort effort) => FigureRun.Of(effort, 100, 2000, 10_000);

    public override IReadOnlyList<(string Name, string Value)> Parameters(Effort effort) =>
    [
        .. SixLayerNetwork.Parameters(effort), ("loss", SixLayerNetwork.CrossEntropy), ("epochs", $"{Epochs(effort)}"),
            ("b", string.Join(", ", BatchSizes(effort))),
        ("η", string.Join(", ", LearningRates(effort).Select(Claim.Text))), ("starts", $"{Starts(effort)}"),
            ("test examples", $"{TestExamples(effort)}"),
    ];

    public override FigureResult Compute(FigureRun run)
    {
        (NetworkSetting setting, DataSet<double> test) = SixLayerNetwork.WithTest(run, SixLayerNetwork.CrossEntropy,
            TestExamples(run.Effort));
        NetworkSetting[] settings = [.. Enumerable.Range(0, Starts(run.Effort))
            .Select(start => setting with { Seed = run.Seed + (ulong)start })];
        int[] sizes = BatchSizes(run.Effort);
        AccuracyMap map = AccuracyMap.Of(run, settings, test, sizes, LearningRates(run.Effort), Epochs(run.Effort), 0.9);
        double[] best = [.. sizes.Select((_, row) => map.Best(row))];
        LinearSaturationScaling rule = new(Concentration(run, setting, best[^1]), setting.Examples);
        (string Name, double[] Rates)[] rules =
        [
            ("ρ_b / η = C", Fitted(sizes, best, rule.Concentration)), ("linear rule", Fitted(sizes, best, b => b)),
            ("square-root rule", Fitted(sizes, best, b => Math.Sqrt(b))),
        ];
        return new()
        {
            Claims = Claims(sizes, best, rules, rule),
            Pictures = [new("map", Draw(map, best, rules))],
            Tables =
            [
                Table.Of(
                    "accuracy", ("batch_size", [.. sizes.SelectMany(b => map.LearningRates.Select(_ => (double)b))]),
                    ("learning_rate", [.. sizes.SelectMany(_ => map.LearningRates)]), ("test_accuracy", map.Accuracy)),
                Table.Of(
                    "rules", ("batch_size", [.. sizes.Select(b => (double)b)]), ("best_learning_rate", best),
                        ("rho_b", [.. sizes.Select(rule.Concentration)]),
                    ("saturating_rule", rules[0].Rates), ("linear_rule", rules[1].Rates), ("square_root_rule", rules[2].Rates)),
            ],
        };
    }

    private static Claim[] Claims(int[] sizes, double[] best, (string Name, double[] Rates)[] rules, LinearSaturationScaling scaling)
    {
        double Slope(int from, int to) => LeastSquares.Of([.. sizes[from..to].Select(b => Math.Log(b))],
            [.. best[from..to].Select(rate => Math.Log(rate))]).Slope;
        double Distance(int k) => Math.Sqrt(rules[k].Rates.Zip(best, (ruled, found) => Math.Pow(Math.Log(ruled / found), 2)).Average());
        int middle = (sizes.Length + 1) / 2;
        string flat = FormattableString.Invariant(
            $"Many learning rates generalise alike on made examples, so that the best is ill told; and with ρ = {scaling.SingleConcentration:G2} ")
            + FormattableString.Invariant($"ρ_b saturates only from about b = {scaling.SaturationBatchSize:G3} of {scaling.Examples} on, the paper's from a sixty-fourth of n.");
        return
        [
            Claim.Near(ClaimSource.Paper, "small b, the lower half: the best η is almost linear in b (slope of the logarithms)", 1, 0.25,
                Slope(0, middle)).Because(flat),
            Claim.AtMost(ClaimSource.Paper, "large b, the upper half: it saturates (the same slope)", 0.5,
                Slope(middle - 1, sizes.Length)).Because(flat),
            Claim.Rising(ClaimSource.Paper, "ρ_b / η = C is nearer than the linear rule (root mean square distance of log η)",
                Distance(0), Distance(1)).Because(flat),
            Claim.Rising(ClaimSource.Paper, "and nearer than the square-root rule", Distance(0), Distance(2)).Because(flat),
        ];
    }

    /// <summary>A rule's learning rates, in proportion to a function of b, with the constant that is best in the logarithm.</summary>
    private static double[] Fitted(int[] sizes, double[] best, Func<int, double> rule)
    {
        double constant = Math.Exp(sizes.Zip(best, (b, rate) => Math.Log(rate / rule(b))).Average());
        return [.. sizes.Select(b => constant * rule(b))];
    }

    /// <summary>rho = rho_1, the median along a full-batch run, as in figure 36.</summary>
    private static double Concentration(FigureRun run, NetworkSetting setting, double learningRate)
    {
        int steps = Epochs(run.Effort), every = Math.Max(1, steps / 20);
        NetworkRun one = NetworkRun.Of(run, new(
            "", setting, new() { LearningRate = learningRate, BatchSize = setting.Examples, Seed = run.Seed }, steps,
                NetworkJob.At(steps, TrackedQuantity.StepLoss))
        {
            LooksBefore = NetworkJob.Each(every),
            Look = trainer => new PointLook(trainer, every, (point, _, _, _, cancellation)
                => point.Sharpness(1, new() { MaxBatches = 1, MaxProbes = 1 }, cancellation).Concentration),
        }, 0.9, 1);
        return ((PointLook)one.Look!).Late(0);
    }

    private static Chart Draw(AccuracyMap map, double[] best, (string Name, double[] Rates)[] rules)
    {
        double[] b = [.. map.BatchSizes.Select(size => (double)size)], x = HeatMap.Edges(b, AxisScale.Log),
            y = HeatMap.Edges(map.LearningRates, AxisScale.Log);
        int columns = b.Length;
        double[] turned = [.. map.LearningRates.SelectMany((_, row) => Enumerable.Range(0, columns)
            .Select(column => map.Accuracy[column * map.LearningRates.Length + row]))];
        double[] there = [.. turned.Where(value => !double.IsNaN(value))];
        double most = there.Max(), least = Math.Max(there.Min(), most - 0.2);
        return new()
        {
            Title = "Test accuracy after training", X = Axis.Log("batch size b", x[0], x[^1]),
                Y = Axis.Log("learning rate η", y[0], y[^1]), Height = 440,
            Series =
            [
                new HeatMap("test accuracy", x, y, [.. turned.Select(value => Math.Max(value, least))], least, most),
                new LineSeries(rules[0].Name, b, rules[0].Rates) { Ink = true },
                new LineSeries(rules[1].Name, b, rules[1].Rates) { Ink = true, Stroke = Stroke.Dotted },
                new LineSeries(rules[2].Name, b, rules[2].Rates) { Ink = true, Stroke = Stroke.Dashed },
                new ScatterSeries("best η", b, best) { Color = 3, Size = 4 },
            ],
        };
    }
}
