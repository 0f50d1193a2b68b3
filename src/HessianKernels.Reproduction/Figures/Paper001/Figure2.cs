using HessianKernels.Reproduction.Figures.Models;

namespace HessianKernels.Reproduction.Figures.Paper001;

/// <summary>Figure 2: in the unstable region the loss rises less than that of a quadratic.</summary>
internal sealed class Figure2 : LossChangeFigure
{
    public override string Name => "F2";

    public override string Title => "Loss change at the edge";

    public override string Summary =>
        "The runs of F1 to their end: in the unstable region, where tr(H S_b) / tr(S_n) > 2/η, (E[L′] − L) / tr(S_n) often lies below " +
        "the line of slope η²/2 and rises less steeply: the loss is not quadratic there.";

    protected override Picture Draw(int number, LossChange change)
        => change.Draw($"all-{number}", ("before the edge", change.Points[..change.End]), ("after", change.Late));

    protected override Claim[] Claims(LossChange change)
    {
        (double Step, double Interaction, double Change)[] unstable = change.Unstable;
        LeastSquares line = LeastSquares.Of([.. unstable.Select(point => point.Interaction)], [.. unstable.Select(point => point.Change)]);
        double steepness = line.Slope / (change.LearningRate * change.LearningRate / 2);
        string few = unstable.Length < 3 ? $"Of {unstable.Length} points in the unstable region." : FormattableString.Invariant(
            $"At this learning rate the loss is all but quadratic over a step here too: the slope is {steepness:G4} of η²/2.");
        return
        [
            Claim.AtLeast(
                ClaimSource.Paper, $"{change.Name}: in the unstable region mostly below the line (share of points)", 0.5,
                unstable.Length == 0 ? double.NaN : unstable.Average(point => point.Change < change.Quadratic(point.Interaction) ? 1.0
                    : 0)).Because(few),
            Claim.AtMost(
                ClaimSource.Paper, $"{change.Name}: slope in the unstable region over η²/2", 1,
                steepness).Because(few),
        ];
    }
}
