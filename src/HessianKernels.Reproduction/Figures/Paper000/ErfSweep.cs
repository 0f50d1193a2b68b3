namespace HessianKernels.Reproduction.Figures.Paper000;

/// <summary>
/// Paper 000's sweep over batch sizes and learning rates, appendix C.1: up to a batch size as many epochs and the same range of eta / B for
/// all, from there on as many steps and the same range of eta.
/// </summary>
internal sealed class ErfSweep
{
    private ErfSweep(int[] batchSizes, int meeting, int learningRates, NoiseKernelCurve[] curves)
        => (BatchSizes, Meeting, LearningRates, Curves) = (batchSizes, meeting, learningRates, curves);

    /// <summary>The batch size at which the two rules meet.</summary>
    public int Meeting { get; }

    public int[] BatchSizes { get; }

    /// <summary>How many a batch size.</summary>
    public int LearningRates { get; }

    /// <summary><c>[batch sizes, learning rates]</c>, both rising; two looks each, one at the start, one at the end.</summary>
    public NoiseKernelCurve[] Curves { get; }

    /// <summary>Those of a batch size that did not diverge.</summary>
    public NoiseKernelCurve[] Of(int batchSize)
        => [.. Curves.Where(curve => curve.BatchSize == batchSize && !curve.Diverged)];

    /// <summary>The run at a place of the range, whether it diverged or not.</summary>
    public NoiseKernelCurve At(int batchSize, int place) => Curves[Array.IndexOf(BatchSizes, batchSize) * LearningRates + place];

    /// <summary>Passes through the data of the small batch sizes.</summary>
    public static int EpochsOf(Effort effort) => FigureRun.Of(effort, 40, 200, ErfNetwork.Epochs);

    public static int MeetingOf(Effort effort) => effort == Effort.Full ? 32 : 16;

    /// <summary>All runs.</summary>
    /// <param name="run">The figure's.</param>
    /// <param name="batchSizes">Rising.</param>
    /// <param name="starts">The learning rates, as K_tr at the start for the small batch sizes.</param>
    public static ErfSweep Run(FigureRun run, int[] batchSizes, double[] starts)
    {
        ErfNetwork network = ErfNetwork.Of(run);
        int n = network.Examples, epochs = EpochsOf(run.Effort), meeting = MeetingOf(run.Effort);
        var plans = batchSizes.SelectMany(b => starts.Select(start => (
            network.LearningRateOf(start, Math.Min(b, meeting)), b, Math.Max(1, (long)epochs * n / Math.Min(b, meeting))))).ToArray();
        return new(batchSizes, meeting, starts.Length, network.Runs(run, plans, looks: 2));
    }

    public Table ToTable()
    {
        NoiseKernelCurve[] ended = [.. Curves.Where(curve => !curve.Diverged)];
        return Table.Of(
            "ends", ("batch_size", [.. ended.Select(curve => (double)curve.BatchSize)]),
                ("learning_rate", [.. ended.Select(curve => curve.LearningRate)]),
            ("loss", [.. ended.Select(curve => curve.Loss[^1])]), ("lambda_max", [.. ended.Select(curve => curve.LambdaMax[^1])]),
            ("K_exact", [.. ended.Select(curve => curve.Exact[^1])]), ("K", [.. ended.Select(curve => curve.Diagonal[^1])]),
            ("K_HD", [.. ended.Select(curve => curve.HighDimensional[^1])]), ("K_tr", [.. ended.Select(curve => curve.Trace[^1])]));
    }
}
