using HessianKernels.Reproduction.Figures.Models;
using HessianKernels.Reproduction.Pictures;

namespace HessianKernels.Reproduction.Figures.Paper004;

/// <summary>Figure 4: the largest sharpness after a phase at a large rate.</summary>
internal sealed class Figure4 : FashionFigure
{
    public override string Name => "F4";

    public override string Title => "Progressive flattening: the longer and larger the first rate, the lower the largest sharpness later";

    public override string Summary =>
        "The perceptron of figure 2 begins with a rate η₀, which is lowered at some step to one that is stable throughout; " +
        "S_max is the largest sharpness from there on. Claimed: it falls with the length of the first phase and with η₀. The " +
        "lowest η₀ is stable itself: there is no instability, and nothing to flatten by.";

    public override double Weight(Effort effort) => FigureRun.Of(effort, 3, 6, 3000);

    public override IReadOnlyList<(string Name, string Value)> Parameters(Effort effort)
        => [.. base.Parameters(effort).Take(3), .. PlanOf(effort).Parameters];

    public override FigureResult Compute(FigureRun run)
    {
        RateReduction.Plan plan = PlanOf(run.Effort);
        RateReduction[] all = RateReduction.All(run, DescentPath.Setting(run), plan);
        double[][] largest = [.. plan.ByRate(all).Select(of => of.Select(one => one.LargestSharpness).ToArray())];
        double[] switches = plan.SwitchSteps;
        return new()
        {
            Claims =
            [
                Claim.AtMost(ClaimSource.Paper,
                    "S_max falls as the reduction is delayed: rank correlation with its step, the highest of the unstable η₀", -0.9,
                    largest.Skip(1).Select(values => RankCorrelation.Of(switches, values)).Aggregate(Math.Max))
                    .Because(
                        "a reduction before the first instability changes nothing, and late ones find a run at the " +
                        "largest η₀ as flat as it gets"),
                Claim.Rising(ClaimSource.Paper, "S_max falls with η₀, at the latest reduction: from the largest η₀ to the smallest",
                    [.. largest.Reverse().Select(values => values[^1])])
                    .Because(
                        "the largest η₀ has reached a lower loss by then, and what it flattened by may be less than " +
                        "what training sharpens since"),
                Claim.AtMost(ClaimSource.Paper,
                    "without instability there is no flattening: spread of S_max over reductions, smallest η₀, over the largest", 0.05,
                    1 - largest[0].Min() / largest[0].Max())
                    .Because(
                        "S jumps where a step crosses a kink of ReLU, and a maximum over the steps takes the highest " +
                        "jump; there is no trend"),
            ],
            Pictures =
            [
                plan.Draw("flattening", "Largest sharpness after the reduction", new("S_max", Min: 0), all, one => one.LargestSharpness,
                    new Threshold($"2/η at the low rate: {Claim.Text(2 / plan.Low)}", 2 / plan.Low)),
            ],
            Tables = [RateReduction.ToTable(all)],
        };
    }

    private static RateReduction.Plan PlanOf(Effort effort) => effort switch
    {
        Effort.Coarse => new([0.03, 0.12], [40, 80, 120], 0.025, 12, 20),
        Effort.Quick => new([0.03, 0.08, 0.12, 0.18], [20, 40, 60, 80, 100, 120], 0.025, 15, 10),
        _ => new([0.012, 0.05, 0.1, 0.15, 0.2], [50, 100, 200, 400, 800], 0.01, 100, 25),
    };
}
