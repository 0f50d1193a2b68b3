namespace HessianKernels.Reproduction.Figures.Paper000;

/// <summary>Runs of paper 000's network with one example a step, figures 3 and 10.</summary>
/// <param name="Starts">Their learning rates, as K_tr at the start.</param>
/// <param name="Curves">One each.</param>
internal sealed record ErfSingles(double[] Starts, NoiseKernelCurve[] Curves)
{
    private const int BatchSize = 1;

    private static int Looks(Effort effort) => FigureRun.Of(effort, 6, 40, 60);

    private static int EpochsOf(Effort effort) => FigureRun.Of(effort, 40, ErfNetwork.Epochs, ErfNetwork.Epochs);

    public static IReadOnlyList<(string Name, string Value)> Parameters(Effort effort, double[] starts) =>
    [
        .. ErfNetwork.Parameters(effort), ("B", $"{BatchSize}"), ("epochs", $"{EpochsOf(effort)}"), ("looks a run", $"{Looks(effort)}"),
        ("K_tr at the start", string.Join(", ", starts.Select(Claim.Text))),
    ];

    /// <summary>All runs.</summary>
    public static ErfSingles Of(FigureRun run, double[] starts)
    {
        ErfNetwork network = ErfNetwork.Of(run);
        long steps = (long)EpochsOf(run.Effort) * network.Examples / BatchSize;
        return new(starts, network.Runs(
            run, [.. starts.Select(start => (network.LearningRateOf(start, BatchSize), BatchSize, steps))], Looks(run.Effort)));
    }

    public Table ToTable()
        => Table.Stack("K_tr_at_start", [.. Curves.Select((curve, k) => (Claim.Text(Starts[k]), curve.ToTable("curves")))]);
}
