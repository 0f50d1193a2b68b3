namespace HessianKernels.Krylov;

public sealed partial class SpectralQuadrature
{
    // Beyond this many widths a Gaussian holds 1e-9 of its mass: the default grid reaches so far past the extreme nodes.
    private const double GridMargin = 6;

    /// <summary>
    /// The spectral density on a grid of equal steps that reaches six widths past the extreme nodes, so that it integrates to 1.
    /// See <see cref="Density(ReadOnlySpan{double}, double?)"/>.
    /// </summary>
    /// <param name="points">Number of grid points, at least 2; by default 1001, or 2 Steps + 25 where that is more: at most half a width apart.</param>
    /// <param name="width">Standard deviation of the Gaussian; by default that of <see cref="DefaultWidth"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    /// <exception cref="InvalidOperationException">No probe was finished: there is no range to lay a grid over.</exception>
    public SpectralDensityCurve Density(int? points = null, double? width = null)
    {
        int count = points ?? Math.Max(1001, checked(2 * Steps + 25));
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 2, nameof(points));
        if (Probes == 0) throw new InvalidOperationException($"No probe was finished ({Status}): there is no range to lay a grid over.");
        double sigma = CheckedWidth(width);
        double low = Smallest - GridMargin * sigma, high = Largest + GridMargin * sigma;
        double[] grid = new double[count];
        for (int i = 0; i < count; i++) grid[i] = low + (high - low) * (i / (count - 1.0));
        return Evaluate(grid, sigma);
    }

    /// <summary>
    /// The spectral density on the caller's grid, each node blurred by a Gaussian g of standard deviation sigma (Lin, Saad and Yang, SIAM Review 58, 2016;
    /// Ghorbani, Krishnan and Xiao, ICML 2019):
    /// <code>
    ///  phi(t) = 1/Probes sum_probes sum_k tau_k g((t - theta_k) / sigma) / sigma
    /// </code>
    /// with the standard error over the probes at each point. It estimates the blurred density: detail finer than sigma is not in it. Points * nodes exponentials.
    /// </summary>
    /// <param name="grid">Ascending finite numbers, at least 2.</param>
    /// <param name="width">sigma, above 0; by default that of <see cref="DefaultWidth"/>.</param>
    /// <exception cref="ArgumentException">The grid is too short, not finite or not ascending.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The width is not a positive number.</exception>
    public SpectralDensityCurve Density(ReadOnlySpan<double> grid, double? width = null)
    {
        if (grid.Length < 2) throw new ArgumentException($"Found a grid of {grid.Length} points; expected at least 2.", nameof(grid));
        for (int i = 0; i < grid.Length; i++)
        {
            if (!double.IsFinite(grid[i]) || (i > 0 && grid[i] <= grid[i - 1]))
                throw new ArgumentException($"Found {grid[i]} at grid point {i}; expected a finite number above the one before it.", nameof(grid));
        }

        return Evaluate(grid.ToArray(), CheckedWidth(width));
    }

    /// <summary>
    /// <c>(Largest - Smallest) / Steps</c>. The nodes of one rule lie at most about pi/2 of this apart (they crowd like Chebyshev's), and Gaussians of that spacing
    /// add up to a curve flat to 0.1 %: the smallest width that shows the spectrum rather than the nodes. Where all nodes are equal: 1 % of them, 1 if they are 0.
    /// </summary>
    public double DefaultWidth
    {
        get
        {
            double width = (Largest - Smallest) / Steps;
            // Also where the spread is rounding: a width below it could not be told from the nodes' own error.
            double least = 1e-12 * Math.Max(Math.Abs(Largest), Math.Abs(Smallest));
            return width > least ? width : Largest == 0 && Smallest == 0 ? 1 : 1e-2 * Math.Max(Math.Abs(Largest), Math.Abs(Smallest));
        }
    }

    private double CheckedWidth(double? width)
    {
        double sigma = width ?? DefaultWidth;
        // Without a probe there is no default, and no density either: every value is NaN.
        if (width is not null && !(sigma > 0 && double.IsFinite(sigma)))
            throw new ArgumentOutOfRangeException(nameof(width), sigma, $"Found a width of {sigma}; expected a positive number.");
        return sigma;
    }

    private SpectralDensityCurve Evaluate(double[] grid, double sigma)
    {
        double[] values = new double[grid.Length], errors = new double[grid.Length], samples = new double[Probes];
        double unit = 1 / (sigma * Math.Sqrt(2 * Math.PI));
        for (int i = 0; i < grid.Length; i++)
        {
            for (int probe = 0; probe < Probes; probe++)
            {
                ReadOnlySpan<double> nodes = Nodes(probe), weights = Weights(probe);
                double sum = 0;
                for (int k = 0; k < nodes.Length; k++)
                {
                    double distance = (grid[i] - nodes[k]) / sigma;
                    // Past 39 the exponential underflows.
                    if (Math.Abs(distance) < 39) sum += weights[k] * Math.Exp(-0.5 * distance * distance);
                }

                samples[probe] = unit * sum;
            }

            (values[i], errors[i], _) = SampleMean.Of(samples);
        }

        return new SpectralDensityCurve(grid, values, errors, sigma, Probes);
    }
}
