using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using HessianKernels.Krylov;
using HessianKernels.Tests.LanczosTests;
using MathNet.Numerics;
using MathNet.Numerics.LinearAlgebra;

namespace HessianKernels.Tests.Krylov;

/// <summary>What a random symmetric matrix is like.</summary>
public enum MatrixFamily
{
    Random,
    Semidefinite,
    RankDeficient,
    Clustered,
    Graded,
    Negative,
    Tiny,
    Huge,
    Diagonal,
}

/// <summary>A random symmetric matrix, told by four small numbers: so a failing one shrinks to a small one, and prints as what makes it again.</summary>
/// <param name="Family">What it is like; shrinks to the first.</param>
/// <param name="Order">n, 1 to 24.</param>
/// <param name="Seed">Names its numbers.</param>
/// <param name="Wanted">k, 1 to n.</param>
/// <param name="Which">The end wanted.</param>
internal sealed record MatrixCase(MatrixFamily Family, int Order, int Seed, int Wanted, SpectrumEnd Which)
{
    public const int LargestOrder = 24;

    /// <summary>Where MathNet's MKL provider is there it is the oracle; where not, its managed one.</summary>
    static MatrixCase() => Control.TryUseNativeMKL();

    public static Arbitrary<MatrixCase> All { get; } = Of(Enum.GetValues<MatrixFamily>());

    public static Arbitrary<MatrixCase> Of(params MatrixFamily[] families) => Arb.From(
        from family in Gen.Elements(families)
        from n in Gen.Choose(1, LargestOrder)
        from seed in Gen.Choose(0, 1_000_000)
        from k in Gen.Choose(1, n)
        from which in Gen.Elements(Enum.GetValues<SpectrumEnd>())
        select new MatrixCase(family, n, seed, k, which),
        Shrink);

    /// <summary>Smaller first: the order, then k, the seed, and last the plainer kind.</summary>
    private static IEnumerable<MatrixCase> Shrink(MatrixCase c)
    {
        foreach (int n in Smaller(c.Order, 1)) yield return c with { Order = n, Wanted = Math.Min(c.Wanted, n) };
        foreach (int k in Smaller(c.Wanted, 1)) yield return c with { Wanted = k };
        foreach (int seed in Smaller(c.Seed, 0)) yield return c with { Seed = seed };
        if (c.Family != MatrixFamily.Random) yield return c with { Family = MatrixFamily.Random };
        if (c.Which != SpectrumEnd.Largest) yield return c with { Which = SpectrumEnd.Largest };
    }

    private static IEnumerable<int> Smaller(int value, int least)
    {
        for (int step = value - least; step > 0; step /= 2) yield return value - step;
    }

    /// <summary>The elements, exactly symmetric, <c>[n, n]</c>; float numbers where <paramref name="single"/>, and then within float's range.</summary>
    public double[] Elements(bool single = false)
    {
        int n = Order;
        Random random = new(Seed);
        double scale = Family switch { MatrixFamily.Tiny => single ? 1e-30 : 1e-150, MatrixFamily.Huge => single ? 1e30 : 1e150, _ => 1 };
        double[] a = Family switch
        {
            MatrixFamily.Semidefinite => Gram(n, n, random),
            MatrixFamily.RankDeficient => Gram(n, 1 + n / 3, random),
            MatrixFamily.Clustered => Turned(i => i < 4 ? 1 + 1e-8 * i : -random.NextDouble()),
            MatrixFamily.Graded => Turned(i => Math.Pow(10, -12 + 24.0 * i / n)),
            MatrixFamily.Negative => Turned(_ => -1 - random.NextDouble()),
            MatrixFamily.Diagonal => SymmetricMatrix.Diagonal([.. Enumerable.Range(0, n).Select(_ => (double)random.Next(-3, 4))]),
            _ => SymmetricMatrix.Random(n, random),
        };
        return Array.ConvertAll(a, element => single ? (float)(scale * element) : scale * element);

        double[] Turned(Func<int, double> eigenvalue) => SymmetricMatrix.WithSpectrum([.. Enumerable.Range(0, n).Select(eigenvalue)], random);
    }

    private static double[] Gram(int n, int rank, Random random)
    {
        Matrix<double> j = Matrix<double>.Build.Dense(rank, n, (_, _) => SymmetricMatrix.Normal(random));
        return Symmetrised(j.TransposeThisAndMultiply(j).ToRowMajorArray(), n);
    }

    /// <summary>The mean of A and A^T.</summary>
    public static double[] Symmetrised(double[] a, int n)
        => [.. Enumerable.Range(0, n * n).Select(at => 0.5 * (a[at] + a[at % n * n + at / n]))];

    /// <summary>The spectrum in ascending order and the largest magnitude in it, from numbers scaled by a power of 2 that the oracle's squares can bear.</summary>
    public static (double[] Ascending, double Norm) Spectrum(double[] a, int n)
    {
        double largest = a.Max(Math.Abs), unit = largest > 0 ? Math.ScaleB(1, Math.ILogB(largest)) : 1;
        double[] ascending = [.. SymmetricMatrix.Spectrum([.. a.Select(element => element / unit)], n).Select(value => unit * value)];
        return (ascending, ascending.Max(Math.Abs));
    }

    /// <summary>What the oracle's own rounding may be, relative to the norm.</summary>
    public double OracleError => 4 * Order * Tridiagonal.Epsilon;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Family}, n = {Order}, seed {Seed}, k = {Wanted}, {Which}");
}
