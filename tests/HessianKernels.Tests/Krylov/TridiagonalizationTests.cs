using HessianKernels.Conformance;
using HessianKernels.Tests.LanczosTests;
using Xunit;

namespace HessianKernels.Tests.Krylov;

/// <summary>A V = V T + beta v e^T and V^T V = I, on the CPU in double and float and on a space of the required members alone.</summary>
public class TridiagonalizationTests
{
    internal delegate KrylovRun Runner(double[] matrices, int n, int batch, int steps, double[] norms, double[]? start = null);

    public enum On
    {
        CpuDouble,
        CpuFloat,
        Opaque,
    }

    private static Runner RunnerOf(On space) => space switch
    {
        On.CpuDouble => KrylovRun.OnCpu<double>,
        On.CpuFloat => KrylovRun.OnCpu<float>,
        _ => KrylovRun.OnOpaque,
    };

    private static double EpsilonOf(On space) => space == On.CpuFloat ? MathF.BitIncrement(1) - 1 : Tridiagonal.Epsilon;

    public static TheoryData<On, string, int> Cases
    {
        get
        {
            TheoryData<On, string, int> data = [];
            foreach (On space in Enum.GetValues<On>())
                foreach (string family in (string[])["random", "spiked", "graded", "clustered", "doubled", "low rank", "zero", "identity", "large", "small"])
                    foreach (int n in (int[])[1, 2, 5, 30, 61])
                        data.Add(space, family, n);
            return data;
        }
    }

    private static double[] Spectrum(string family, int n, Random random)
    {
        return [.. Enumerable.Range(0, n).Select(Value)];

        double Value(int i) => family switch
        {
            "spiked" => i < 3 ? 10 + i : random.NextDouble(),
            "graded" => Math.Pow(10, -8.0 * i / n),
            "clustered" => 1 + 1e-6 * random.NextDouble(),
            "doubled" => i / 2,
            "low rank" => i < 3 ? i + 1 : 0,
            "zero" => 0,
            "identity" => 1,
            "large" => 1e15 * SymmetricMatrix.Normal(random),
            "small" => 1e-15 * SymmetricMatrix.Normal(random),
            _ => SymmetricMatrix.Normal(random),
        };
    }

    /// <summary>The elements that a space of the given precision multiplies with, and their norm.</summary>
    private static (double[] Matrix, double Norm) Matrix(string family, int n, int seed)
    {
        double[] spectrum = Spectrum(family, n, new(seed));
        return (SymmetricMatrix.WithSpectrum(spectrum, new(seed + 1)), spectrum.Max(Math.Abs));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void TheIdentitiesHoldToRounding(On space, string family, int n)
    {
        (double[] a, double norm) = Matrix(family, n, n);
        KrylovRun run = RunnerOf(space)(a, n, 1, n, [norm]);
        AssertIdentities(run, a, norm, EpsilonOf(space), 0);
    }

    private static void AssertIdentities(KrylovRun run, ReadOnlySpan<double> a, double norm, double epsilon, int b)
    {
        int n = run.Length, steps = run.Alpha.Length / run.Batch;
        double bound = (20 + 2 * Math.Sqrt(n)) * epsilon;
        for (int j = 0; j < steps; j++)
        {
            // A v_j = beta_(j-1) v_(j-1) + alpha_j v_j + beta_j v_(j+1)
            double square = 0;
            for (int i = 0; i < n; i++)
            {
                double difference = -run.AlphaAt(j, b) * run.Vector(j, b)[i] - run.BetaAt(j, b) * run.Vector(j + 1, b)[i];
                if (j > 0) difference -= run.BetaAt(j - 1, b) * run.Vector(j - 1, b)[i];
                for (int k = 0; k < n; k++) difference += a[i * n + k] * run.Vector(j, b)[k];
                square += difference * difference;
            }

            Assert.True(Math.Sqrt(square) <= bound * norm, $"item {b}: ||A v - V T|| = {Math.Sqrt(square):g3} in column {j}, {bound * norm:g3} allowed");
            if (run.BetaAt(j, b) == 0) Assert.All(run.Vector(j + 1, b).ToArray(), element => Assert.Equal(0, element));
        }

        bool ended = false;
        for (int j = 0; j <= steps; j++)
        {
            // A zero vector is an end: all after it are zero, too.
            bool zero = run.Vector(j, b).IndexOfAnyExcept(0) < 0;
            Assert.True(zero || !ended, $"item {b}: v_{j} is not zero though one before it is");
            ended = zero;
            for (int i = 0; i <= j; i++)
            {
                double inner = Oracle.Dot(run.Vector(i, b), run.Vector(j, b)).Value, expected = i == j && !zero ? 1 : 0;
                Assert.True(Math.Abs(inner - expected) <= bound, $"item {b}: <v_{i}, v_{j}> = {inner:r}, {bound:g3} allowed");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void AnExhaustedSpaceEndsInZero(On space, string family, int n)
    {
        (double[] a, double norm) = Matrix(family, n, n);
        KrylovRun run = RunnerOf(space)(a, n, 1, n, [norm]);
        int steps = Enumerable.Range(0, n).TakeWhile(j => run.BetaAt(j, 0) != 0).Count() + 1;
        // Every vector is an eigenvector. (Of other multiple eigenvalues rounding shows further copies in time, and the identities hold all the same.)
        if (family is "zero" || (family is "identity" && space != On.CpuFloat)) Assert.Equal(1, steps);
        Assert.Equal(0, run.BetaAt(n - 1, 0));
        for (int j = steps; j < n; j++)
        {
            Assert.Equal(0, run.AlphaAt(j, 0));
            Assert.Equal(0, run.BetaAt(j, 0));
        }
    }

    [Theory]
    [InlineData(On.CpuDouble)]
    [InlineData(On.CpuFloat)]
    [InlineData(On.Opaque)]
    public void AnInvariantSubspaceIsNotLeft(On space)
    {
        // Two blocks of five and three; the start lies in the first.
        const int n = 8;
        double[] a = new double[n * n], start = new double[n];
        Random random = new(2);
        for (int i = 0; i < n; i++)
            for (int j = 0; j <= i; j++)
                if (i < 5 == j < 5) a[i * n + j] = a[j * n + i] = (float)random.NextDouble();
        for (int i = 0; i < 5; i++) start[i] = (float)random.NextDouble();
        KrylovRun run = RunnerOf(space)(a, n, 1, n, [3], start);
        Assert.True(run.BetaAt(3, 0) > 0);
        Assert.Equal(0, run.BetaAt(4, 0));
        for (int j = 0; j <= n; j++) Assert.All(run.Vector(j, 0)[5..].ToArray(), element => Assert.Equal(0, element));
        Assert.All(run.Vectors[(5 * n)..], element => Assert.Equal(0, element));
    }

    [Theory]
    [InlineData(On.CpuDouble, 7)]
    [InlineData(On.CpuDouble, 40)]
    [InlineData(On.CpuFloat, 40)]
    [InlineData(On.Opaque, 40)]
    public void ABatchOfThreeIsThreeAlone(On space, int n)
    {
        (double[] Matrix, double Norm)[] items = [Matrix("random", n, 1), Matrix("low rank", n, 2), Matrix("graded", n, 3)];
        int steps = n - 1;
        KrylovRun together = RunnerOf(space)([.. items.SelectMany(item => item.Matrix)], n, 3, steps, [.. items.Select(item => item.Norm)]);
        for (int b = 0; b < 3; b++)
        {
            KrylovRun alone = RunnerOf(space)(items[b].Matrix, n, 1, steps, [items[b].Norm]);
            AssertIdentities(together, items[b].Matrix, items[b].Norm, EpsilonOf(space), b);
            for (int j = 0; j < steps; j++)
            {
                Tolerance.SameBits<double>([alone.AlphaAt(j, 0), alone.BetaAt(j, 0)], [together.AlphaAt(j, b), together.BetaAt(j, b)], $"item {b}, row {j}");
                Tolerance.SameBits(alone.Vector(j + 1, 0), together.Vector(j + 1, b), $"item {b}, vector {j + 1}");
            }
        }
    }
}
