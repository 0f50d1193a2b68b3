using HessianKernels.Reproduction.Figures.Models;

namespace HessianKernels.Reproduction.Figures.Paper001;

/// <summary>Figure 1: before the unstable region, the loss changes as that of a quadratic.</summary>
internal sealed class Figure1 : LossChangeFigure
{
    public override string Name => "F1";

    public override string Title => "Loss change before the edge";

    public override string Summary =>
        "(E[L′] − L) / tr(S_n) against tr(H S_b) / tr(S_n) until the latter first exceeds 2/η: a line of slope η²/2 that meets 0 at " +
        "2/η, for SGD and, once ‖H‖ exceeds 2/η, for full-batch descent, with either loss. Expectations are means over drawn batches, " +
        "the same for both axes.";

    protected override Picture Draw(int number, LossChange change) => change.Draw($"early-{number}", ("before the edge", change.Early));

    protected override Claim[] Claims(LossChange change)
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
