namespace HessianKernels.Reproduction.Figures.Paper000;

/// <summary>
/// Paper 000's sweep over batch sizes and learning rates, appendix C.1: up to a batch size as many epochs and the same range of eta / B for
/// all, from there on as many steps and the same range of eta.
/// </summary>
internal sealed class ErfSweep
{
    /// <summary>The batch size at which the two rules meet.</summary>
    public const int Meeting = 16;

    private ErfSweep(int[] batchSizes, double[] ranges, NoiseKernelCurve[] curves)
        => (BatchSizes, LearningRates, Curves) = (batchSizes, ranges.Length, curves);

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

    /// <summary>All runs.</summary>
    /// <param name="run">The figure's.</param>
    /// <param name="network">What is trained.</param>
    /// <param name="batchSizes">Rising.</param>
    /// <param name="starts">The learning rates, as K_tr at the start for the small batch sizes.</param>
    /// <param name="epochs">Passes through the data of the small batch sizes.</param>
    public static ErfSweep Run(FigureRun run, ErfNetwork network, int[] batchSizes, double[] starts, int epochs)
    {
        int n = network.Examples;
        var plans = batchSizes.SelectMany(b => starts.Select(start => (
            network.LearningRateOf(start, Math.Min(b, Meeting)), b, Math.Max(1, (long)epochs * n / Math.Min(b, Meeting))))).ToArray();
        return new(batchSizes, starts, network.Runs(run, plans, looks: 2));
    }

    public Table ToTable(string name)
    {
        NoiseKernelCurve[] ended = [.. Curves.Where(curve => !curve.Diverged)];
        return Table.Of(
            name, ("batch_size", [.. ended.Select(curve => (double)curve.BatchSize)]),
                ("learning_rate", [.. ended.Select(curve => curve.LearningRate)]),
            ("loss", [.. ended.Select(curve => curve.Loss[^1])]), ("lambda_max", [.. ended.Select(curve => curve.LambdaMax[^1])]),
            ("K_exact", [.. ended.Select(curve => curve.Exact[^1])]), ("K", [.. ended.Select(curve => curve.Diagonal[^1])]),
            ("K_HD", [.. ended.Select(curve => curve.HighDimensional[^1])]), ("K_tr", [.. ended.Select(curve => curve.Trace[^1])]));
    }
}
