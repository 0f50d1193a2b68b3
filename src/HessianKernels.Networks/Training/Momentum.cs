namespace HessianKernels.Networks.Training;

/// <summary>
/// Generalised momentum, paper 001 eq. 13 and 14: <c>delta' = beta1 delta - eta grad L(theta + beta2 delta), theta' = theta + delta'</c>.
/// </summary>
/// <remarks>Both in [0, 1). <c>default</c> is plain descent.</remarks>
/// <param name="Beta1">How much of the last step is kept.</param>
/// <param name="Beta2">How far ahead the gradient is taken.</param>
public readonly record struct Momentum(double Beta1, double Beta2)
{
    /// <summary>No momentum.</summary>
    public static Momentum None => default;

    /// <summary>The heavy ball: beta2 = 0.</summary>
    public static Momentum Polyak(double beta) => new(beta, 0);

    /// <summary>beta1 = beta2.</summary>
    public static Momentum Nesterov(double beta) => new(beta, beta);

    /// <summary>Full-batch descent on a quadratic is stable while lambda_max is below <c>(2 / eta) (1 + beta1) / (1 + 2 beta2)</c> (paper
    /// 001, theorem 2).</summary>
    public double SharpnessThreshold(double learningRate) => 2 / learningRate * (1 + Beta1) / (1 + 2 * Beta2);

    internal void Check(string name)
    {
        if (Beta1 is >= 0 and < 1 && Beta2 is >= 0 and < 1) return;
        throw new ArgumentOutOfRangeException(name, this, $"Found beta1 = {Beta1}, beta2 = {Beta2}; expected both in [0, 1).");
    }
}
