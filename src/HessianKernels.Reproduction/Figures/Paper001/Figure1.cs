using HessianKernels.Reproduction.Figures.Models;

namespace HessianKernels.Reproduction.Figures.Paper001;

/// <summary>Figure 1: before the unstable region, the loss changes as that of a quadratic.</summary>
internal sealed class Figure1 : Figure
{
    public override string Paper => "001";

    public override string Name => "F1";

    public override string Title => "Loss change before the edge";

    public override string Summary =>
        "(E[L′] − L) / tr(S_n) against tr(H S_b) / tr(S_n) until the latter first exceeds 2/η: a line of slope η²/2 that meets 0 at " +
        "2/η, for SGD and, once ‖H‖ exceeds 2/η, for full-batch descent, with either loss. Expectations are means over drawn batches, " +
        "the same for both axes.";

    public override double Weight(Effort effort) => FigureRun.Of(effort, 1, 8, 5000);

    public override IReadOnlyList<DataFile> Data => PaperData.Cifar10.TrainFiles;

    public override IReadOnlyList<(string Name, string Value)> Parameters(Effort effort) => LossChange.Parameters(effort);

    public override FigureResult Compute(FigureRun run)
    {
        LossChange[] runs = LossChange.Runs(run);
        return new()
        {
            Claims = [.. runs.SelectMany(Claims)],
            Pictures = [.. runs.Select((change, k) => change.Draw($"early-{k + 1}", ("before the edge", change.Early)))],
            Tables = [Table.Stack("run", [.. runs.Select(change => (change.Name, change.ToTable("points")))])],
        };
    }

    private static Claim[] Claims(LossChange change)
    {
        LeastSquares line = LeastSquares.Of([.. change.Early.Select(point => point.Interaction)],
            [.. change.Early.Select(point => point.Change)]);
        double eta = change.LearningRate;
        string few = $"Of {change.Early.Length} points before the edge: the loss is not quadratic over a step of this learning rate.";
        return
        [
            Claim.Near(ClaimSource.Paper, $"{change.Name}: slope over η²/2", 1, 0.1, line.Slope / (eta * eta / 2)).Because(few),
            Claim.Near(ClaimSource.Paper, $"{change.Name}: where the line meets 0, over 2/η", 1, 0.1, line.Zero / change.Threshold)
                .Because(few),
        ];
    }
}
