namespace HessianKernels.Networks.Training;

/// <summary>Where the noise of a step comes from.</summary>
public enum GradientNoiseKind
{
    /// <summary>The gradient of a batch: SGD.</summary>
    Batch,

    /// <summary>All examples, with Gaussian weights.</summary>
    GaussianReweighting,

    /// <summary>The full gradient and Gaussian noise, independent a parameter.</summary>
    Diagonal,

    /// <summary>The full gradient and Gaussian noise, the same for every parameter.</summary>
    Isotropic,

    /// <summary>The stochastic differential equation of SGD.</summary>
    DifferentialEquation,
}

/// <summary>
/// Batches, or what paper 002 (appendix J) puts in their place: noise with some of the moments of a batch's gradient g_B. Its covariance is
/// <c>C = kappa [ (1/n) sum_i g_i g_i^T - c g g^T ]</c>, with kappa of the selection and batch size, c = 1 (0 for Bernoulli).
/// </summary>
public sealed record GradientNoise
{
    private GradientNoise(GradientNoiseKind kind, int refreshEvery, int substeps)
        => (Kind, RefreshEvery, Substeps) = (kind, refreshEvery, substeps);

    /// <summary>SGD: the gradient of a batch.</summary>
    public static GradientNoise Batch { get; } = new(GradientNoiseKind.Batch, 1, 1);

    /// <summary>
    /// <c>sum_i w_i g_i</c> with <c>w_i = 1/n + sqrt(kappa/n) (xi_i - c mean(xi))</c>, xi normal: the weights have a batch's mean and
    /// covariance, hence so have gradients and
    /// Hessians.
    /// </summary>
    public static GradientNoise GaussianReweighting { get; } = new(GradientNoiseKind.GaussianReweighting, 1, 1);

    /// <summary><c>g + N(0, diag C)</c>. The diagonal is computed anew every so many steps: the paper does so every 30.</summary>
    /// <exception cref="ArgumentOutOfRangeException">refreshEvery is below 1.</exception>
    public static GradientNoise Diagonal(int refreshEvery = 30) => Refreshed(GradientNoiseKind.Diagonal, refreshEvery);

    /// <summary><c>g + N(0, (tr C / d) I)</c>. The trace is computed anew every so many steps.</summary>
    /// <exception cref="ArgumentOutOfRangeException">refreshEvery is below 1.</exception>
    public static GradientNoise Isotropic(int refreshEvery = 30) => Refreshed(GradientNoiseKind.Isotropic, refreshEvery);

    /// <summary>
    /// <c>d theta = -g dt + sqrt(eta) C^(1/2) dW</c> by Euler and Maruyama, a step of length eta in so many substeps (the paper: 20).
    /// <c>C^(1/2) dW</c> is drawn exactly, as
    /// Gaussian weights of the examples, without a matrix.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">substeps is below 1.</exception>
    public static GradientNoise DifferentialEquation(int substeps = 20)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(substeps, 1);
        return new(GradientNoiseKind.DifferentialEquation, 1, substeps);
    }

    /// <summary>Which.</summary>
    public GradientNoiseKind Kind { get; }

    /// <summary>Steps between two computations of the noise's size.</summary>
    public int RefreshEvery { get; }

    /// <summary>Substeps of a step.</summary>
    public int Substeps { get; }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Kind}(refresh {RefreshEvery}, substeps {Substeps})");

    private static GradientNoise Refreshed(GradientNoiseKind kind, int refreshEvery)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(refreshEvery, 1);
        return new(kind, refreshEvery, 1);
    }
}
