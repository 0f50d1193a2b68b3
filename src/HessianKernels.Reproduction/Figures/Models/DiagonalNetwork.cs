namespace HessianKernels.Reproduction.Figures.Models;

/// <summary>
/// The diagonal linear network of two parameters of paper 004 with the loss <c>z = Theta^2</c>, Theta = theta1 theta2:
/// <c>z' = 2 Theta</c>, <c>z'' = 2</c>, the Hessian <c>[z'' theta2^2, z'' Theta + z'; z'' Theta + z', z'' theta1^2]</c>.
/// </summary>
internal readonly record struct DiagonalNetwork(double Theta1, double Theta2)
{
    public double Loss => Theta1 * Theta1 * Theta2 * Theta2;

    /// <summary>z'.</summary>
    public double Slope => 2 * Theta1 * Theta2;

    /// <summary>Row by row.</summary>
    public double[] Hessian => [2 * Theta2 * Theta2, 2 * Slope, 2 * Slope, 2 * Theta1 * Theta1];

    /// <summary>beta of eq. 1.</summary>
    public double Beta => Math.Abs(2 * (Theta2 * Theta2 - Theta1 * Theta1) / (4 * Slope));

    /// <summary>R_2 of eq. 1: |u_1 / u_2| of the sharpest eigenvector.</summary>
    public double Ratio => Beta + Math.Sqrt(Beta * Beta + 1);

    public DiagonalNetwork Step(double eta) => new(Theta1 - eta * Slope * Theta2, Theta2 - eta * Slope * Theta1);

    /// <summary>gamma_beta of eq. 2, for z' and theta1 / theta2 of one sign each as their magnitudes are taken.</summary>
    public double Growth(double eta)
    {
        double x = eta * Math.Abs(Slope), s = Math.Abs(Theta1 / Theta2) + Math.Abs(Theta2 / Theta1);
        return Math.Abs((1 - x * x) / (1 - s * x + x * x));
    }
}
