using HessianKernels.Networks.Data;
using HessianKernels.Networks.Losses;
using HessianKernels.Networks.Models;
using HessianKernels.Reproduction.Figures.Models;
using HessianKernels.Reproduction.Pictures;

namespace HessianKernels.Reproduction.Figures.Paper004;

/// <summary>Figure 6: sharpness and accuracy at the end, after a phase at a large rate.</summary>
internal sealed class Figure6 : Figure
{
    public override string Paper => "004";

    public override string Name => "F6";

    public override string Title => "Longer phases at larger rates end flatter, and generalise better";

    public override string Summary =>
        "As figure 4, with the sharpness at the end and the accuracy on examples kept apart. The paper trains VGG10 on 5000 " +
        "examples of CIFAR-10, as --full does; the quick figure trains a perceptron on synthetic examples, a fifth of whose " +
        "labels are drawn anew. Claimed: the longer the first phase the flatter the end, and for most rates the better the accuracy.";

    public override double Weight(Effort effort) => FigureRun.Of(effort, 3, 5, 20000);

    public override int Version => 2;

    public override IReadOnlyList<DataFile> Data => [.. PaperData.Cifar10.TrainFiles, .. PaperData.Cifar10.TestFiles];

    public override IReadOnlyList<(string Name, string Value)> Parameters(Effort effort) =>
    [
        ("network", effort == Effort.Full ? "VGG10 of width 8, ghost batches of 1024" : "perceptron, 4 hidden layers of 32, ReLU, He"),
        ("n", $"{Examples(effort)}"), ("kept apart", $"{Kept(effort)}"), ("loss", "cross-entropy"), .. PlanOf(effort).Parameters,
    ];

    public override FigureResult Compute(FigureRun run)
    {
        RateReduction.Plan plan = PlanOf(run.Effort);
        (NetworkSetting setting, DataSet<double> test) = Setting(run);
        RateReduction[] all = RateReduction.All(run, setting, plan, test);
        RateReduction[][] rates = plan.ByRate(all);
        return new()
        {
            Claims =
            [
                Claim.AtMost(ClaimSource.Paper,
                    "the end is flatter the later the reduction: rank correlation of S with its step, the highest of all η₀", -0.9,
                    rates.Select(of => RankCorrelation.Of(plan.SwitchSteps, [.. of.Select(one => one.FinalSharpness)])).Aggregate(Math.Max))
                    .Because(
                        "the smallest η₀ becomes unstable late, and before that the sharpness at the end goes up and " +
                        "down by a few hundredths"),
                Claim.AtLeast(ClaimSource.Paper,
                    "for the majority it generalises better: share of η₀ with a higher accuracy after the longest " +
                    "phase than after the shortest",
                    0.5, rates.Average(of => of[^1].Accuracy > of[0].Accuracy ? 1.0 : 0))
                    .Because("on so few examples kept apart the accuracies differ by little more than chance"),
                Claim.AtLeast(ClaimSource.Paper, "the largest η₀, lowered last, against the smallest, lowered first: gain in accuracy", 0,
                    rates[^1][^1].Accuracy - rates[0][0].Accuracy)
                    .Because("on so few examples kept apart the accuracies differ by little more than chance"),
            ],
            Pictures =
            [
                plan.Draw("sharpness", "Sharpness at the end", Axis.Log("final sharpness S"), all, one => one.FinalSharpness),
                plan.Draw("accuracy", "Accuracy on examples kept apart", new("accuracy"), all, one => one.Accuracy),
            ],
            Tables = [RateReduction.ToTable(all)],
        };
    }

    private static int Examples(Effort effort) => FigureRun.Of(effort, 200, 300, 5000);

    private static int Kept(Effort effort) => FigureRun.Of(effort, 200, 2000, 1000);

    private static RateReduction.Plan PlanOf(Effort effort) => effort switch
    {
        Effort.Coarse => new([0.06, 0.12], [20, 60, 100], 0.025, 10, 50),
        Effort.Quick => new([0.06, 0.09, 0.12, 0.18], [20, 40, 60, 80, 100, 120], 0.025, 15, 50),
        _ => new([0.086, 0.137, 0.22, 0.35], [200, 500, 1000, 2000], 0.021, 200, 100),
    };

    private static (NetworkSetting Setting, DataSet<double> Test) Setting(FigureRun run)
    {
        Mixture made = new(Separation: 5, Components: 2, Common: 6);
        DataSet<double> data = PaperData.Cifar10.Train(run, Examples(run.Effort), new(8, 8, 1), made),
            test = PaperData.Cifar10.Test(run, Kept(run.Effort), new(8, 8, 1), made);
        if (run.DataFolder is not null)
        {
            Standardization standard = Standardization.Of(data, threads: run.Threads);
            (data, test) = (standard.Apply(data), standard.Apply(test));
        }

        NetworkSetting setting = run.Effort == Effort.Full ? NetworkSetting.OnImages("vgg10", data, "relu")
            : NetworkSetting.Perceptron(data, "32-32-32-32", "relu");
        return (setting with { Loss = new CrossEntropy(), Initialization = Initialization.He, Seed = run.Seed + 1 }, test);
    }
}
