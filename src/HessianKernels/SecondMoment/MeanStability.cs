namespace HessianKernels.SecondMoment;

/// <summary>When the mean of the weights contracts, whatever the noise does: gradient descent's own thresholds.</summary>
public static class MeanStability
{
    /// <summary>
    /// The learning rate below which heavy-ball descent on the mean Hessian contracts: <c>2 (1 + mu) / (lambda_max + rho)</c>; +infinity
    /// where lambda_max + rho is 0.
    /// </summary>
    /// <param name="largestEigenvalue">lambda_max of H, not negative.</param>
    /// <param name="momentum">mu, in [0, 1).</param>
    /// <param name="weightDecay">rho, not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    /// <remarks>Paper 000 A.5; MATHEMATICS 3.</remarks>
    public static double LearningRate(double largestEigenvalue, double momentum = 0, double weightDecay = 0)
    {
        if (!(largestEigenvalue >= 0))
            throw new ArgumentOutOfRangeException(
                nameof(largestEigenvalue), largestEigenvalue, $"Found an eigenvalue of {largestEigenvalue}; expected at least 0.");
        HeavyBall.Check(momentum, weightDecay);
        return 2 * (1 + momentum) / (largestEigenvalue + weightDecay);
    }

    /// <summary>
    /// The eigenvalue of H below which the family (beta1, beta2) contracts: <c>(2 / eta) (1 + beta1) / (1 + 2 beta2)</c>. Polyak: beta2 =
    /// 0; Nesterov: beta2 = beta1.
    /// </summary>
    /// <param name="learningRate">eta, finite and positive.</param>
    /// <param name="beta1">In [0, 1).</param>
    /// <param name="beta2">In [0, 1).</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    /// <remarks>Paper 001; MATHEMATICS 3.</remarks>
    public static double Sharpness(double learningRate, double beta1, double beta2)
    {
        if (!(learningRate > 0 && double.IsFinite(learningRate)))
            throw new ArgumentOutOfRangeException(
                nameof(learningRate), learningRate, $"Found a learning rate of {learningRate}; expected a finite number above 0.");
        if (!(beta1 >= 0 && beta1 < 1))
            throw new ArgumentOutOfRangeException(nameof(beta1), beta1, $"Found beta1 = {beta1}; expected 0 <= beta1 < 1.");
        if (!(beta2 >= 0 && beta2 < 1))
            throw new ArgumentOutOfRangeException(nameof(beta2), beta2, $"Found beta2 = {beta2}; expected 0 <= beta2 < 1.");
        return 2 / learningRate * (1 + beta1) / (1 + 2 * beta2);
    }
}
