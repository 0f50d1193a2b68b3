namespace HessianKernels.SecondMoment;

/// <summary>
/// How batches are drawn, as far as second moments can tell: for every M,
/// <c>E[H_B M H_B] = alpha H M H + kappa (1/n) sum_i H_i M H_i</c>.
/// </summary>
/// <remarks>
/// <code>
/// scheme                 alpha           kappa
/// without replacement    1 - gamma/b     gamma/b      gamma = (n - b) / (n - 1), 0 where n = 1
/// with replacement       1 - 1/b         1/b
/// Bernoulli(b/n)         1               1/b - 1/n
/// </code>
/// Gaussian reweighting with the first two moments of a scheme has that scheme's alpha and kappa. Paper 000 writes alpha as beta~ / beta and kappa as
/// (1 - beta~) / (beta D).
/// </remarks>
public sealed record BatchSampling
{
    private BatchSampling(BatchScheme scheme, int examples, int batchSize, double alpha, double kappa)
        => (Scheme, Examples, BatchSize, Alpha, Kappa) = (scheme, examples, batchSize, alpha, kappa);

    /// <summary>The scheme.</summary>
    public BatchScheme Scheme { get; }

    /// <summary>n, the number of examples.</summary>
    public int Examples { get; }

    /// <summary>b, the number of examples of a batch (its mean, for Bernoulli).</summary>
    public int BatchSize { get; }

    /// <summary>The weight of <c>H M H</c>.</summary>
    public double Alpha { get; }

    /// <summary>The weight of <c>(1/n) sum_i H_i M H_i</c>.</summary>
    public double Kappa { get; }

    /// <summary>
    /// The weight that <c>H M H</c> has in the covariance of H_B: <c>E[H_B M H_B] - H M H = kappa [(1/n) sum_i H_i M H_i - c H M H]</c>;
    /// 1 for both fixed sizes, 0 for Bernoulli.
    /// </summary>
    public double Centring => Kappa == 0 ? 0 : (1 - Alpha) / Kappa;

    /// <summary>b different examples.</summary>
    /// <param name="examples">n, at least 1.</param>
    /// <param name="batchSize">b, from 1 to n.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static BatchSampling WithoutReplacement(int examples, int batchSize) => Of(BatchScheme.WithoutReplacement, examples, batchSize);

    /// <summary>b independent draws.</summary>
    /// <param name="examples">n, at least 1.</param>
    /// <param name="batchSize">b, from 1 to n.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static BatchSampling WithReplacement(int examples, int batchSize) => Of(BatchScheme.WithReplacement, examples, batchSize);

    /// <summary>Each example with probability b / n, the step scaled by 1 / b.</summary>
    /// <param name="examples">n, at least 1.</param>
    /// <param name="batchSize">b, from 1 to n.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static BatchSampling Bernoulli(int examples, int batchSize) => Of(BatchScheme.Bernoulli, examples, batchSize);

    /// <summary>One of the three named schemes.</summary>
    /// <param name="scheme">Which; not Custom.</param>
    /// <param name="examples">n, at least 1.</param>
    /// <param name="batchSize">b, from 1 to n.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range, or the scheme is none of the three.</exception>
    public static BatchSampling Of(BatchScheme scheme, int examples, int batchSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(examples, 1);
        if (batchSize < 1 || batchSize > examples)
            throw new ArgumentOutOfRangeException(nameof(batchSize), batchSize, $"Expected a batch of 1 to {examples} examples; found {batchSize}.");
        double n = examples, b = batchSize, withoutKappa = examples == 1 ? 0 : (n - b) / ((n - 1) * b);
        return scheme switch
        {
            BatchScheme.WithoutReplacement => new(scheme, examples, batchSize, 1 - withoutKappa, withoutKappa),
            BatchScheme.WithReplacement => new(scheme, examples, batchSize, 1 - 1 / b, 1 / b),
            BatchScheme.Bernoulli => new(scheme, examples, batchSize, 1, (n - b) / (n * b)),
            _ => throw new ArgumentOutOfRangeException(nameof(scheme), scheme, "Expected WithoutReplacement, WithReplacement or Bernoulli; Custom takes alpha and kappa."),
        };
    }

    /// <summary>A scheme known by its two weights.</summary>
    /// <param name="examples">n, at least 1.</param>
    /// <param name="batchSize">b, from 1 to n: what the estimates that speak of a batch size take.</param>
    /// <param name="alpha">The weight of <c>H M H</c>, finite and not negative.</param>
    /// <param name="kappa">The weight of <c>(1/n) sum_i H_i M H_i</c>, finite and not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static BatchSampling Custom(int examples, int batchSize, double alpha, double kappa)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(examples, 1);
        if (batchSize < 1 || batchSize > examples)
            throw new ArgumentOutOfRangeException(nameof(batchSize), batchSize, $"Expected a batch of 1 to {examples} examples; found {batchSize}.");
        if (!double.IsFinite(alpha) || alpha < 0) throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "Expected a finite weight, not negative.");
        if (!double.IsFinite(kappa) || kappa < 0) throw new ArgumentOutOfRangeException(nameof(kappa), kappa, "Expected a finite weight, not negative.");
        return new(BatchScheme.Custom, examples, batchSize, alpha, kappa);
    }
}
