using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using HessianKernels.SecondMoment;
using HessianKernels.Sharpness;
using HessianKernels.Tests.Krylov;
using MathNet.Numerics.LinearAlgebra;

namespace HessianKernels.Tests.Sharpness;

/// <summary>What Hessians a case has.</summary>
public enum CurvatureKind
{
    Semidefinite,
    Indefinite,
    RankOne,
    Interpolating,
}

/// <summary>Random gradients and Hessians of a few examples, and how batches of them are drawn.</summary>
/// <param name="Kind">What the Hessians are like.</param>
/// <param name="Scheme">How batches are drawn.</param>
/// <param name="Examples">n.</param>
/// <param name="Parameters">d.</param>
/// <param name="BatchSize">b.</param>
/// <param name="Seed">Of the numbers.</param>
public sealed record DerivativesCase(CurvatureKind Kind, BatchScheme Scheme, int Examples, int Parameters, int BatchSize, int Seed)
{
    /// <summary>r: rows of each factor.</summary>
    public int Rows => Kind == CurvatureKind.RankOne ? 1 : 1 + Seed % 3;

    public BatchSampling Sampling => BatchSampling.Of(Scheme, Examples, BatchSize);

    public Matrix<double>[] Factors { get; } = MakeFactors(Kind, Examples, Parameters, Seed);

    public Matrix<double>[] Hessians => [.. Factors.Select((f, i) => Symmetrised(f.TransposeThisAndMultiply(f) - (Kind == CurvatureKind.Indefinite ? Shift(i) : 0) * Identity))];

    public Vector<double>[] Gradients
    {
        get
        {
            Vector<double>[] gradients = [.. Enumerable.Range(0, Examples).Select(i => Vector<double>.Build.Dense(TestSpectra.RandomVector(Seed * 31 + i, Parameters)))];
            // g_i = H_i (w - w*): small where the factor is short, 0 where it is 0.
            return Kind == CurvatureKind.Interpolating ? [.. gradients.Select((_, i) => Hessians[i] * gradients[0])] : gradients;
        }
    }

    private Matrix<double> Identity => Matrix<double>.Build.DenseIdentity(Parameters);

    private static double Shift(int example) => 0.7 * (example % 3);

    private static Matrix<double> Symmetrised(Matrix<double> a) => (a + a.Transpose()) / 2;

    private static Matrix<double>[] MakeFactors(CurvatureKind kind, int n, int d, int seed)
    {
        Random random = new(seed);
        int rows = kind == CurvatureKind.RankOne ? 1 : 1 + seed % 3;
        return [.. Enumerable.Range(0, n).Select(i => (kind == CurvatureKind.Interpolating && i == 1 ? 0 : 1) * Matrix<double>.Build.Dense(rows, d, (_, _) => TestSpectra.Gaussian(random)))];
    }

    public double[] GradientElements => [.. Gradients.SelectMany(g => g)];

    public double[] HessianElements => [.. Hessians.SelectMany(h => h.ToRowMajorArray())];

    public double[] FactorElements => [.. Factors.SelectMany(f => f.ToRowMajorArray())];

    /// <summary>With dense Hessians.</summary>
    public ExampleDerivatives Dense() => ExampleDerivatives.FromHessians<double>(GradientElements, HessianElements, Examples, threads: 1);

    /// <summary>With factors; not for indefinite cases.</summary>
    public ExampleDerivatives Factored() => ExampleDerivatives.FromFactors<double>(GradientElements, FactorElements, Examples, Rows);

    /// <summary>With dense Hessians, and with factors where there are such.</summary>
    public IEnumerable<ExampleDerivatives> Both() => Kind == CurvatureKind.Indefinite ? [Dense()] : [Dense(), Factored()];

    public Vector<double> Gradient => Gradients.Aggregate((x, y) => x + y) / Examples;

    public Matrix<double> Hessian => Hessians.Aggregate((x, y) => x + y) / Examples;

    /// <summary>Every batch with its probability, by recursion over draws: n^b sequences with replacement, subsets without or for Bernoulli.</summary>
    public IEnumerable<(double Probability, int[] Draws)> Batches()
    {
        double p = BatchSize / (double)Examples;
        switch (Scheme)
        {
            case BatchScheme.WithReplacement:
                IEnumerable<int[]> sequences = [[]];
                for (int j = 0; j < BatchSize; j++) sequences = [.. sequences.SelectMany(s => Enumerable.Range(0, Examples).Select(i => (int[])[.. s, i]))];
                return sequences.Select(s => (Math.Pow(Examples, -BatchSize), s));
            case BatchScheme.Bernoulli:
                return Subsets().Select(s => (Math.Pow(p, s.Length) * Math.Pow(1 - p, Examples - s.Length), s));
            default:
                int[][] sets = [.. Subsets().Where(s => s.Length == BatchSize)];
                return sets.Select(s => (1.0 / sets.Length, s));
        }
    }

    private IEnumerable<int[]> Subsets() => Enumerable.Range(0, 1 << Examples).Select(bits => (int[])[.. Enumerable.Range(0, Examples).Where(i => (bits >> i & 1) != 0)]);

    /// <summary>The expectation over batches of some f(g_B, H_B).</summary>
    public double Expectation(Func<Vector<double>, Matrix<double>, double> f)
    {
        (Vector<double>[] gradients, Matrix<double>[] hessians) = (Gradients, Hessians);
        return Batches().Sum(batch =>
        {
            Vector<double> g = Vector<double>.Build.Dense(Parameters);
            Matrix<double> h = Matrix<double>.Build.Dense(Parameters, Parameters);
            foreach (int i in batch.Draws) (g, h) = (g + gradients[i] / BatchSize, h + hessians[i] / BatchSize);
            return batch.Probability == 0 ? 0 : batch.Probability * f(g, h);
        });
    }

    public static double Rayleigh(Vector<double> g, Matrix<double> h) => g * g == 0 ? 0 : g * (h * g) / (g * g);

    public static double LambdaMax(Matrix<double> h) => h.Evd(Symmetricity.Symmetric).EigenValues.Max(value => value.Real);

    public static Arbitrary<DerivativesCase> All { get; } = Of(Enum.GetValues<CurvatureKind>(), BatchScheme.WithoutReplacement, BatchScheme.WithReplacement, BatchScheme.Bernoulli);

    public static Arbitrary<DerivativesCase> FixedSize { get; } = Of(Enum.GetValues<CurvatureKind>(), BatchScheme.WithoutReplacement, BatchScheme.WithReplacement);

    private static Arbitrary<DerivativesCase> Of(CurvatureKind[] kinds, params BatchScheme[] schemes) => Arb.From(
        from kind in Gen.Elements(kinds)
        from scheme in Gen.Elements(schemes)
        from n in Gen.Choose(1, 5)
        from d in Gen.Choose(1, 7)
        from b in Gen.Choose(1, n)
        from seed in Gen.Choose(0, 100_000)
        select new DerivativesCase(kind, scheme, n, d, b, seed),
        Shrink);

    private static IEnumerable<DerivativesCase> Shrink(DerivativesCase c)
    {
        if (c.Examples > 1) yield return Changed(c, n: c.Examples - 1);
        if (c.Parameters > 1) yield return Changed(c, d: c.Parameters - 1);
        if (c.BatchSize > 1) yield return Changed(c, b: c.BatchSize - 1);
        if (c.Seed > 0) yield return Changed(c, seed: c.Seed / 2);
    }

    private static DerivativesCase Changed(DerivativesCase c, int? n = null, int? d = null, int? b = null, int? seed = null)
        => new(c.Kind, c.Scheme, n ?? c.Examples, d ?? c.Parameters, Math.Min(b ?? c.BatchSize, n ?? c.Examples), seed ?? c.Seed);

    /// <summary>The same examples, in batches of another size.</summary>
    public DerivativesCase OfSize(int batchSize) => Changed(this, b: batchSize);

    public override string ToString()
        => string.Create(CultureInfo.InvariantCulture, $"{Kind}, {Scheme}, n = {Examples}, d = {Parameters}, b = {BatchSize}, seed {Seed}");
}
