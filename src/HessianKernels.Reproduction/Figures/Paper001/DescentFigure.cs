namespace HessianKernels.Reproduction.Figures.Paper001;

/// <summary>Figures 23 and 24: full-batch descent, looked at every step.</summary>
internal abstract class DescentFigure : SixLayerFigure
{
    public override double Weight(Effort effort) => FigureRun.Of(effort, 1, 5, 5000);

    public override IReadOnlyList<(string Name, string Value)> Parameters(Effort effort)
        => [.. SixLayerNetwork.Parameters(effort), .. Descent.Parameters(Plans(effort))];

    public override FigureResult Compute(FigureRun run)
    {
        Descent[] descents = Descent.Runs(run, Plans(run.Effort));
        return new()
        {
            Claims = [.. descents.SelectMany(Claims)],
            Pictures = [.. descents.SelectMany((descent, k) => Draw(k + 1, descent))],
            Tables = [Table.Stack("run", [.. descents.Select(descent => (descent.Title, descent.Curve.ToTable("steps")))])],
        };
    }

    protected abstract (string Loss, double LearningRate, int Steps)[] Plans(Effort effort);

    protected abstract Claim[] Claims(Descent descent);

    protected abstract Picture[] Draw(int number, Descent descent);
}
