using HessianKernels.SecondMoment;

namespace HessianKernels.Reproduction.Figures.Models;

/// <summary>What is known of each point of a map of paper 003.</summary>
internal sealed class DivergenceMap(int points)
{
    public const int Examples = 100, Runs = 5, Steps = 1000;

    public double[] Divergent { get; } = new double[points];

    public double[] Edge { get; } = new double[points];

    public double[] Lyapunov { get; } = new double[points];

    /// <summary>The standard deviation of the logarithm that the exponent is the mean of.</summary>
    public double[] Deviation { get; } = new double[points];

    public double[] LearningRate { get; } = new double[points];

    public int[] Sigma { get; } = new int[points];

    public int[] BatchSize { get; } = new int[points];

    /// <summary>What is computed at a point: the share of divergent runs, the Lyapunov exponent, its deviation.</summary>
    /// <param name="space">The set of sigma.</param>
    /// <param name="sigma">sigma.</param>
    /// <param name="b">b.</param>
    /// <param name="rates">Learning rates, three numbers each.</param>
    /// <param name="run">The figure's.</param>
    /// <param name="point">Names the random numbers.</param>
    public static IEnumerable<double> Measure(FunctionSpace space, int sigma, int b, double[] rates, FigureRun run, ulong point)
        => CoherentSgd.Divergent(space, b, rates, Runs, Steps, run, point).Zip(rates, (divergent, rate) =>
        {
            (double exponent, double deviation) = CoherentSgd.Lyapunov(Examples, sigma, b, rate);
            return (double[])[divergent, exponent, deviation];
        }).SelectMany(numbers => numbers);

    /// <summary>Fills in a point.</summary>
    /// <param name="at">Which.</param>
    /// <param name="sigma">sigma.</param>
    /// <param name="b">b.</param>
    /// <param name="learningRate">eta.</param>
    /// <param name="edge">eta*.</param>
    /// <param name="measured">The three numbers of <see cref="Measure"/>.</param>
    public void Set(int at, int sigma, int b, double learningRate, double edge, ReadOnlySpan<double> measured)
    {
        (Sigma[at], BatchSize[at], LearningRate[at], Edge[at]) = (sigma, b, learningRate, edge);
        (Divergent[at], Lyapunov[at], Deviation[at]) = (measured[0], measured[1], measured[2]);
    }

    /// <summary>Theorem 1's learning rate, beyond which SGD diverges in mean square: <c>(sigma / lambda_1) (n/b - 1)^{-1/2}</c>.</summary>
    public static double Theorem1(double sigma, double b) => sigma / CoherentSgd.LargestEigenvalue / Math.Sqrt(Examples / b - 1);

    /// <summary>Theorem 2's, below which the set of its proof is stable: <c>(2 sigma / lambda_1) / (sigma + n/b - 1)</c>.</summary>
    public static double Theorem2(double sigma, double b) => 2 * sigma / CoherentSgd.LargestEigenvalue / (sigma + Examples / b - 1);

    public IReadOnlyList<Claim> Claims()
    {
        int[] all = [.. Enumerable.Range(0, points)];
        bool Grows(int i) => Divergent[i] > 0.5;
        // Where all steps together come to a thousandfold though chance be three standard deviations against it.
        bool Decided(int i) => double.IsNegativeInfinity(Lyapunov[i]) || Math.Abs(Lyapunov[i]) * Steps > Math.Log(1000)
            + 3 * Deviation[i] * Math.Sqrt(Steps);
        int[] decided = [.. all.Where(Decided)], one = [.. all.Where(i => LearningRate[i] > Theorem1(Sigma[i], BatchSize[i]))];
        int[] two = [.. all.Where(i => LearningRate[i] < Theorem2(Sigma[i], BatchSize[i]))];
        double Share(int[] of, Func<int, bool> holds) => of.Length == 0 ? 1 : (double)of.Count(holds) / of.Length;
        return
        [
            Claim.AtLeast(ClaimSource.Paper, $"every point beyond Theorem 1 diverges: share of {one.Length} points", 1, Share(one, Grows))
                .Because(
                "Theorem 1 is of the mean square. A run is typical: beyond the mean-square edge it converges as long as the Lyapunov exponent is negative, and " +
                "so some points beyond the line converge almost surely."),
            Claim.AtLeast(ClaimSource.Paper, $"no point that Theorem 2 vouches for diverges: share of {two.Length} points", 1,
                Share(two, i => !Grows(i))),
            Claim.AtLeast(ClaimSource.Exact, "runs diverge only beyond the exact mean-square edge: share of divergent points with η > η*",
                1, Share([.. all.Where(Grows)], i => LearningRate[i] > Edge[i])),
            Claim.AtLeast(
                ClaimSource.Exact, $"the map follows the sign of the Lyapunov exponent: share of the {decided.Length} points where 1000 steps decide it", 0.99,
                Share(decided, i => Grows(i) == Lyapunov[i] > 0)),
            Claim.AtLeast(ClaimSource.Exact,
                "the typical path turns unstable only beyond the exact edge: share of points of positive exponent with η > η*", 1,
                Share([.. all.Where(i => Lyapunov[i] > 1e-12)], i => LearningRate[i] > Edge[i] * (1 - 1e-6))),
        ];
    }

    public Table ToTable(string name) => Table.Of(
        name, [("sigma", [.. Sigma.Select(x => (double)x)]), ("batch_size", [.. BatchSize.Select(x => (double)x)]),
            ("learning_rate", LearningRate), ("share_divergent", Divergent),
            ("edge_without_replacement", Edge), ("lyapunov_exponent", Lyapunov)]);
}
