using HessianKernels.SecondMoment;

namespace HessianKernels.Reproduction.Figures.Models;

/// <summary>
/// The set of paper 003, section 5.1, whose coordinates do not meet: <c>sigma</c> examples on the first, one on each of the others,
/// <c>m = 2 n / sigma</c>. What its typical path does can be summed exactly.
/// </summary>
internal static class CoherentSgd
{
    public const double LargestEigenvalue = 2;

    /// <summary>
    /// The Lyapunov exponent without replacement, the largest of <c>E log |1 - eta m k / b|</c>, k hypergeometric, and
    /// <c>(b / n) log |1 - eta m / b|</c>; and the standard deviation of that logarithm in one step.
    /// </summary>
    public static (double Exponent, double Deviation) Lyapunov(int n, int sigma, int b, double eta)
    {
        double m = LargestEigenvalue * n / sigma, first = 0, square = 0;
        for (int k = Math.Max(0, b - (n - sigma)); k <= Math.Min(b, sigma); k++)
        {
            double probability = Math.Exp(LogChoose(sigma, k) + LogChoose(n - sigma, b - k) - LogChoose(n, b));
            double growth = Math.Log(Math.Abs(1 - eta * m * k / b));
            (first, square) = (first + probability * growth, square + probability * growth * growth);
        }

        // Every other coordinate is one example's.
        double share = (double)b / n, single = Math.Log(Math.Abs(1 - eta * m / b));
        return sigma < n && share * single > first
            ? (share * single, Math.Abs(single) * Math.Sqrt(share * (1 - share)))
            : (first, Math.Sqrt(Math.Max(0, square - first * first)));
    }

    /// <summary>The set in function space.</summary>
    public static FunctionSpace Space(int n, int sigma) => CurvatureSet.Coherent(n, sigma, LargestEigenvalue, spread: true).Reduce(threads: 1);

    /// <summary>The share of runs that grow a thousandfold in so many steps; the paper calls more than half of five divergent.</summary>
    public static double[] Divergent(FunctionSpace space, int b, double[] rates, int runs, int steps, FigureRun run, ulong point)
    {
        SgdPathOptions options = new() { Paths = runs, Steps = steps, DivergedAt = 1000, ConvergedAt = 1e-3, Seed = run.Seed * 1_000_003
            + point, Threads = 1 };
        SgdPaths[] paths = SgdPaths.Simulate(space, BatchSampling.WithoutReplacement(space.Examples, b), rates, options, cancellation: run.Cancellation);
        run.Cancellation.ThrowIfCancellationRequested();
        return [.. paths.Select(p => (double)p.Diverged / runs)];
    }

    /// <summary>eta*, exact: Bernoulli as in the theorems, or without replacement as in the runs.</summary>
    public static double Edge(FunctionSpace space, int b, BatchScheme scheme)
        => CriticalLearningRate.Of(space, BatchSampling.Of(scheme, space.Examples, b), new() { Tolerance = 1e-7, Threads = 1 }).Value;

    private static double LogChoose(int n, int k) => LogFactorial(n) - LogFactorial(k) - LogFactorial(n - k);

    private static double LogFactorial(int n)
    {
        double sum = 0;
        for (int i = 2; i <= n; i++) sum += Math.Log(i);
        return sum;
    }
}
