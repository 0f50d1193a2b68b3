namespace HessianKernels.Krylov;

/// <summary>
/// What random vectors saw of a symmetric matrix's spectrum: one Gauss rule a probe,
/// <c>v^T f(A) v = sum_k tau_k f(theta_k)</c>, whose weights tau sum to 1. Their mean over the probes estimates <c>tr f(A) / n</c> for every f at once.
/// </summary>
/// <remarks>
/// Standard errors are over the probes alone. The error of the quadrature itself, which is zero for polynomials of degree 2 Steps - 1 and for probes whose
/// Krylov space was exhausted, comes on top: <see cref="CumulativeBounds"/> encloses it.
/// </remarks>
public sealed partial class SpectralQuadrature
{
    private readonly double[] _nodes, _weights;
    private readonly int[] _ends;
    private readonly bool[] _exhausted;

    internal SpectralQuadrature(int length, int steps, int probes)
    {
        (Length, Steps) = (length, steps);
        _nodes = new double[checked(steps * probes)];
        _weights = new double[steps * probes];
        _ends = new int[probes];
        _exhausted = new bool[probes];
    }

    /// <summary>How the run ended.</summary>
    public SpectralQuadratureStatus Status { get; internal set; }

    /// <summary>Order n of the matrix.</summary>
    public int Length { get; }

    /// <summary>Lanczos steps a probe was given: min(n, those asked for).</summary>
    public int Steps { get; }

    /// <summary>Number of probes finished. Where it is 0, every estimate is NaN.</summary>
    public int Probes { get; private set; }

    /// <summary>Number of those whose Krylov space was exhausted: their rule is exact, to rounding, for every f.</summary>
    public int ExhaustedProbes { get; private set; }

    /// <summary>Products with the matrix that made the rules: the sum of their sizes.</summary>
    public int OperatorApplications => Probes == 0 ? 0 : _ends[Probes - 1];

    /// <summary>The smallest node: a Ritz value, so not below the smallest eigenvalue but for rounding.</summary>
    public double Smallest { get; private set; } = double.NaN;

    /// <summary>The largest node: a Ritz value, so not above the largest eigenvalue but for rounding.</summary>
    public double Largest { get; private set; } = double.NaN;

    /// <summary>The nodes theta of one probe, ascending.</summary>
    /// <param name="probe">From 0 to Probes - 1.</param>
    public ReadOnlySpan<double> Nodes(int probe) => _nodes.AsSpan()[Range(probe)];

    /// <summary>The weights tau of one probe, in the order of its nodes: not negative, of sum 1.</summary>
    /// <param name="probe">From 0 to Probes - 1.</param>
    public ReadOnlySpan<double> Weights(int probe) => _weights.AsSpan()[Range(probe)];

    /// <summary>The estimate of <c>tr f(A) / n</c>: the mean of f over the spectrum. f is called once a node.</summary>
    /// <param name="f">Defined at every node: the logarithm of a matrix that is not positive definite gives NaN, as it should.</param>
    public SampleMean MeanOf(Func<double, double> f)
    {
        ArgumentNullException.ThrowIfNull(f);
        double[] samples = new double[Probes];
        for (int probe = 0; probe < Probes; probe++)
        {
            ReadOnlySpan<double> nodes = Nodes(probe), weights = Weights(probe);
            double sum = 0;
            for (int k = 0; k < nodes.Length; k++)
            {
                // A weight of 0 is a node that the probe does not see.
                if (weights[k] != 0) sum += weights[k] * f(nodes[k]);
            }

            samples[probe] = sum;
        }

        return SampleMean.Of(samples);
    }

    /// <summary>The estimate of <c>tr f(A) = sum_i f(lambda_i)</c>: with f = Math.Log the log-determinant (Ubaru, Chen and Saad 2017).</summary>
    /// <param name="f">As in <see cref="MeanOf"/>.</param>
    public SampleMean TraceOf(Func<double, double> f) => MeanOf(f).Times(Length);

    /// <summary>The estimate of the spectrum's moment <c>tr A^order / n</c>: free of quadrature error up to order 2 Steps - 1.</summary>
    /// <param name="order">0 or more.</param>
    public SampleMean Moment(int order)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(order);
        return MeanOf(x => Math.Pow(x, order));
    }

    /// <summary>The estimate of the share of eigenvalues at most <paramref name="x"/>: a step function of x, free of any blur.</summary>
    public SampleMean CumulativeDistribution(double x) => MeanOf(node => node <= x ? 1 : 0);

    /// <summary>
    /// What the quadrature leaves open: the probes' own mean share of spectrum up to x lies between these (the separation theorem of Chebyshev, Markov and Stieltjes:
    /// with theta_k &lt;= x &lt; theta_(k+1), <c>sum_(j &lt; k) tau_j &lt;= mass up to x &lt;= sum_(j &lt;= k + 1) tau_j</c>; Szego, Orthogonal Polynomials, 3.41). Holds up
    /// to rounding; an exhausted probe leaves nothing open. The probes' sampling error is not in it.
    /// </summary>
    /// <returns>The lower and the upper bound.</returns>
    public (double Lower, double Upper) CumulativeBounds(double x)
    {
        double lower = 0, upper = 0;
        for (int probe = 0; probe < Probes; probe++)
        {
            ReadOnlySpan<double> nodes = Nodes(probe), weights = Weights(probe);
            double sum = 0, last = 0;
            int k = 0;
            for (; k < nodes.Length && nodes[k] <= x; k++)
            {
                last = weights[k];
                sum += last;
            }

            bool exact = _exhausted[probe];
            lower += exact ? sum : sum - last;
            upper += exact || k == nodes.Length ? sum : sum + weights[k];
        }

        return (lower / Probes, upper / Probes);
    }

    /// <summary>Makes T's eigenvalues and the squared first components of its eigenvectors the next rule. Destroys T.</summary>
    /// <returns>False where T is not made of numbers.</returns>
    internal bool Add(Span<double> diagonal, Span<double> offDiagonal, bool exhausted)
    {
        int size = diagonal.Length, start = OperatorApplications;
        Span<double> nodes = _nodes.AsSpan(start, size), weights = _weights.AsSpan(start, size);
        weights.Clear();
        weights[0] = 1;
        if (!SymmetricTridiagonal.Decompose(diagonal, offDiagonal[..(size - 1)], weights, rows: 1) || !double.IsFinite(diagonal[0])) return false;
        diagonal.CopyTo(nodes);
        for (int k = 0; k < size; k++) weights[k] *= weights[k];
        nodes.Sort(weights);
        _ends[Probes] = start + size;
        _exhausted[Probes] = exhausted;
        if (exhausted) ExhaustedProbes++;
        Smallest = Probes == 0 ? nodes[0] : Math.Min(Smallest, nodes[0]);
        Largest = Probes == 0 ? nodes[^1] : Math.Max(Largest, nodes[^1]);
        Probes++;
        return true;
    }

    private Range Range(int probe)
    {
        if ((uint)probe >= (uint)Probes) throw new ArgumentOutOfRangeException(nameof(probe), probe, $"Found probe {probe}; expected 0 <= probe < {Probes}.");
        return (probe == 0 ? 0 : _ends[probe - 1]).._ends[probe];
    }
}
