using HessianKernels.SecondMoment;

namespace HessianKernels.Sharpness;

/// <summary>
/// The change of a quadratic loss in one step of SGD, <c>L' - L = -eta g^T g_B + (eta^2/2) g_B^T H g_B</c>, over the batches: its mean, its
/// spread, and how improbable large deviations are (paper 001, theorem 1).
/// </summary>
/// <remarks>
/// The mean is exact. The variance and the tails are those of a normally distributed g_B with the batches' own mean and covariance kappa
/// C_1, as the theorem assumes; a batch of few examples is not that.
/// </remarks>
public sealed record LossChange
{
    internal LossChange(BatchSampling sampling, double learningRate) => (Sampling, LearningRate) = (sampling, learningRate);

    /// <summary>How batches are drawn.</summary>
    public BatchSampling Sampling { get; }

    /// <summary>eta.</summary>
    public double LearningRate { get; }

    /// <summary><c>E[L'] - L = (eta^2/2) ||g||^2 (GNI - 2/eta)</c>. Units of the loss.</summary>
    public double Mean { get; internal init; }

    /// <summary>
    /// beta, the variance of L': <c>eta^2 kappa ( v^T C_1 v + (eta^2 kappa/2) tr(H C_1 H C_1) )</c>, <c>v = (I - eta H) g</c>, C_1 the
    /// covariance of the g_i (Bernoulli: their second moment).
    /// </summary>
    public double Variance { get; internal init; }

    /// <summary><c>eta^2 kappa lambda_max(H) ||C_1||</c>, 0 where lambda_max(H) is negative.</summary>
    public double UpperScale { get; internal init; }

    /// <summary><c>eta^2 kappa |lambda_min(H)| ||C_1||</c>, 0 where H is positive semidefinite, as the paper takes it to be.</summary>
    public double LowerScale { get; internal init; }

    /// <summary><c>P( L' - E[L'] &gt;= sqrt(2 beta x) + UpperScale x ) &lt;= exp(-x)</c>: that threshold.</summary>
    /// <param name="x">Above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">x is not above 0.</exception>
    public double UpperTail(double x) => Math.Sqrt(2 * Variance * Positive(x)) + UpperScale * x;

    /// <summary><c>P( L' - E[L'] &lt;= -sqrt(2 beta x) - LowerScale x ) &lt;= exp(-x)</c>: that threshold, not above 0.</summary>
    /// <param name="x">Above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">x is not above 0.</exception>
    public double LowerTail(double x) => -Math.Sqrt(2 * Variance * Positive(x)) - LowerScale * x;

    private static double Positive(double x)
        => x > 0 ? x : throw new ArgumentOutOfRangeException(nameof(x), x, $"Found x = {x}; expected a number above 0.");
}
