namespace HessianKernels.SecondMoment;

/// <summary>Momentum and weight decay, checked.</summary>
internal static class HeavyBall
{
    /// <summary>Throws unless mu is in [0, 1) and rho is finite and not negative.</summary>
    public static void Check(double momentum, double weightDecay)
    {
        if (!(momentum >= 0 && momentum < 1))
            throw new ArgumentOutOfRangeException(nameof(momentum), momentum, $"Found a momentum of {momentum}; expected 0 <= mu < 1.");
        if (!(weightDecay >= 0 && double.IsFinite(weightDecay)))
            throw new ArgumentOutOfRangeException(
                nameof(weightDecay), weightDecay, $"Found a weight decay of {weightDecay}; expected a finite number of at least 0.");
    }

    /// <summary>
    /// Whether the mean contracts along an eigenvalue: both roots of <c>z^2 - (1 + mu - x) z + mu</c> lie inside the unit circle.
    /// </summary>
    public static bool Contracts(double eigenvalue, double learningRate, double momentum, double weightDecay)
    {
        double x = learningRate * (eigenvalue + weightDecay);
        return x > 0 && x < 2 * (1 + momentum);
    }
}
