using FsCheck;
using FsCheck.Fluent;
using HessianKernels.SecondMoment;
using HessianKernels.Tests.LanczosTests;

namespace HessianKernels.Tests.SecondMoment;

/// <summary>What a random curvature set is like.</summary>
public enum SetFamily
{
    Random,
    RankDeficient,
    Repeated,
    Orthogonal,
    Spread,
    Indefinite,
}

/// <summary>
/// A random curvature set and a way to draw batches from it, told by small numbers: so a failing one shrinks, and prints as what makes it
/// again.
/// </summary>
/// <param name="Family">What it is like; shrinks to the first.</param>
/// <param name="Examples">n, 1 to 4.</param>
/// <param name="Rows">r, 1 to 3; not read where the family is Indefinite.</param>
/// <param name="Parameters">d, 1 to 4.</param>
/// <param name="BatchSize">b, 1 to n.</param>
/// <param name="Scheme">How batches are drawn.</param>
/// <param name="Seed">Names its numbers.</param>
internal sealed record EdgeCase(SetFamily Family, int Examples, int Rows, int Parameters, int BatchSize, BatchScheme Scheme, int Seed)
{
    private static readonly BatchScheme[] s_schemes = [BatchScheme.WithoutReplacement, BatchScheme.WithReplacement, BatchScheme.Bernoulli];

    public static Arbitrary<EdgeCase> All { get; } = Of(Enum.GetValues<SetFamily>());

    /// <summary>Sets whose examples are positive semidefinite.</summary>
    public static Arbitrary<EdgeCase> Semidefinite { get; } = Of([.. Enum.GetValues<SetFamily>().Except([SetFamily.Indefinite])]);

    public static Arbitrary<EdgeCase> Of(params SetFamily[] families) => Arb.From(
        from family in Gen.Elements(families)
        from n in Gen.Choose(1, 4)
        from r in Gen.Choose(1, 3)
        from d in Gen.Choose(1, 4)
        from b in Gen.Choose(1, n)
        from scheme in Gen.Elements(s_schemes)
        from seed in Gen.Choose(0, 1_000_000)
        select new EdgeCase(family, n, r, d, b, scheme, seed),
        c => Shrink(c, families));

    public BatchSampling Sampling => BatchSampling.Of(Scheme, Examples, BatchSize);

    /// <summary>A number of its own, uniform in [0, 1).</summary>
    public double Share => new Random(Seed + 1).NextDouble();

    public SmallSet Set()
    {
        Random random = new(Seed);
        int n = Examples, r = Rows, d = Parameters;
        if (Family == SetFamily.Indefinite) return SmallSet.FromHessians(Indefinite(random, n, d), n, d);
        double[] factors = Normals(random, n * r * d);
        for (int row = 0; row < n * r; row++)
        {
            Span<double> factor = factors.AsSpan(row * d, d);
            switch (Family)
            {
                case SetFamily.RankDeficient:
                    // Twice the first coordinate less the last: one dimension that no example sees.
                    if (d > 1) factor[d - 1] = 2 * factor[0];
                    break;
                case SetFamily.Repeated:
                    factors.AsSpan(row % r * d, d).CopyTo(factor);
                    break;
                case SetFamily.Orthogonal:
                    for (int j = 0; j < d; j++) factor[j] *= j == row / r % d ? 1 : 0;
                    break;
                case SetFamily.Spread:
                    for (int j = 0; j < d; j++) factor[j] *= Math.Pow(10, -j);
                    break;
            }
        }

        return SmallSet.FromFactors(factors, n, r, d);
    }

    /// <summary>Every batch with its probability, and its Hessian as the step scales it; n is small.</summary>
    public IEnumerable<(double Probability, double[] Weights)> Batches()
    {
        int n = Examples, b = BatchSize;
        if (Scheme == BatchScheme.WithReplacement)
        {
            int all = (int)Math.Pow(n, b);
            for (int code = 0; code < all; code++)
            {
                double[] weights = new double[n];
                for (int k = 0, rest = code; k < b; k++, rest /= n) weights[rest % n] += 1.0 / b;
                yield return (1.0 / all, weights);
            }

            yield break;
        }

        int subsets = Enumerable.Range(0, 1 << n).Count(set => int.PopCount(set) == b);
        for (int set = 0; set < 1 << n; set++)
        {
            int size = int.PopCount(set);
            if (Scheme == BatchScheme.WithoutReplacement && size != b) continue;
            double probability = Scheme == BatchScheme.WithoutReplacement ? 1.0 / subsets
                : Math.Pow((double)b / n, size) * Math.Pow(1 - (double)b / n, n - size);
            yield return (probability, [.. Enumerable.Range(0, n).Select(i => ((set >> i) & 1) / (double)b)]);
        }
    }

    public static double[] Normals(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => SymmetricMatrix.Normal(random))];

    /// <summary>A positive definite mean and, around it, examples that are not.</summary>
    private static double[] Indefinite(Random random, int n, int d)
    {
        double[] hessians = new double[n * d * d], root = Normals(random, d * d);
        for (int i = 0; i < n; i++)
        {
            double[] e = Normals(random, d * d);
            for (int a = 0; a < d; a++)
            {
                for (int b = 0; b < d; b++)
                {
                    double mean = a == b ? 0.1 : 0;
                    for (int k = 0; k < d; k++) mean += root[k * d + a] * root[k * d + b];
                    hessians[(i * d + a) * d + b] += mean;
                    // What one example is given, the next loses.
                    if (n == 1) continue;
                    double noise = e[a * d + b] + e[b * d + a];
                    hessians[(i * d + a) * d + b] += noise;
                    hessians[((i + 1) % n * d + a) * d + b] -= noise;
                }
            }
        }

        return hessians;
    }

    /// <summary>Smaller first: the sizes, then the seed, and last the plainer kind.</summary>
    private static IEnumerable<EdgeCase> Shrink(EdgeCase c, SetFamily[] families)
    {
        if (c.Examples > 1) yield return c with { Examples = c.Examples - 1, BatchSize = Math.Min(c.BatchSize, c.Examples - 1) };
        if (c.Parameters > 1) yield return c with { Parameters = c.Parameters - 1 };
        if (c.Rows > 1) yield return c with { Rows = c.Rows - 1 };
        if (c.BatchSize > 1) yield return c with { BatchSize = c.BatchSize - 1 };
        for (int step = c.Seed; step > 0; step /= 2) yield return c with { Seed = c.Seed - step };
        if (c.Family != families[0]) yield return c with { Family = families[0] };
        if (c.Scheme != s_schemes[0]) yield return c with { Scheme = s_schemes[0] };
    }
}
