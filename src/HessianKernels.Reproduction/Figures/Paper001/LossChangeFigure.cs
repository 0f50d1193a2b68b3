namespace HessianKernels.Reproduction.Figures.Paper001;

/// <summary>Figures 1 and 2: the same runs, before the unstable region and within it.</summary>
internal abstract class LossChangeFigure : SixLayerFigure
{
    public override double Weight(Effort effort) => FigureRun.Of(effort, 1, 8, 5000);

    public override IReadOnlyList<(string Name, string Value)> Parameters(Effort effort) => LossChange.Parameters(effort);

    public override FigureResult Compute(FigureRun run)
    {
        LossChange[] runs = LossChange.Runs(run);
        return new()
        {
            Claims = [.. runs.SelectMany(Claims)],
            Pictures = [.. runs.Select((change, k) => Draw(k + 1, change))],
            Tables = [Table.Stack("run", [.. runs.Select(change => (change.Name, change.ToTable("points")))])],
        };
    }

    protected abstract Claim[] Claims(LossChange change);

    protected abstract Picture Draw(int number, LossChange change);
}
