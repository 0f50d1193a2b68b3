namespace HessianKernels.Krylov;

/// <summary>An estimated spectral density on a grid: what share of a matrix's eigenvalues lies about each point, per unit of length.</summary>
public sealed class SpectralDensityCurve
{
    private readonly double[] _grid, _values, _standardErrors;

    internal SpectralDensityCurve(double[] grid, double[] values, double[] standardErrors, double width, int probes)
    {
        (_grid, _values, _standardErrors, Width, Probes) = (grid, values, standardErrors, width, probes);
        for (int i = 1; i < grid.Length; i++) Integral += 0.5 * (values[i] + values[i - 1]) * (grid[i] - grid[i - 1]);
    }

    /// <summary>The points, ascending.</summary>
    public ReadOnlySpan<double> Grid => _grid;

    /// <summary>The density at each point, not negative.</summary>
    public ReadOnlySpan<double> Values => _values;

    /// <summary>The standard error of each value over the probes; NaN from one probe.</summary>
    public ReadOnlySpan<double> StandardErrors => _standardErrors;

    /// <summary>Standard deviation of the Gaussian that each node was blurred by.</summary>
    public double Width { get; }

    /// <summary>Number of probes that the values are means over.</summary>
    public int Probes { get; }

    /// <summary>The integral over the grid by the trapezoidal rule: 1 where the grid covers the spectrum in steps finer than the width; else what the grid misses.</summary>
    public double Integral { get; }
}
