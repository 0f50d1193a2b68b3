using FsCheck;
using FsCheck.Fluent;
using HessianKernels.SecondMoment;
using HessianKernels.Tests.LanczosTests;
using MathNet.Numerics.LinearAlgebra;

namespace HessianKernels.Tests.SecondMoment;

/// <summary>What a random set of factors is like.</summary>
public enum CurvatureFamily
{
    Random,
    Identical,
    Orthogonal,
    RankDeficient,
    Graded,
    Sparse,
    Tiny,
    Huge,
    Zero,
}

/// <summary>A random curvature set, told by five small numbers: a failing one shrinks to a small one and prints as what makes it again.</summary>
/// <param name="Family">What it is like; shrinks to the first.</param>
/// <param name="Examples">n, 1 to 8.</param>
/// <param name="Rows">r, 1 to 3.</param>
/// <param name="Parameters">d, 1 to 7.</param>
/// <param name="Seed">Names its numbers.</param>
internal sealed record CurvatureCase(CurvatureFamily Family, int Examples, int Rows, int Parameters, int Seed)
{
    public static Arbitrary<CurvatureCase> All { get; } = Of(Enum.GetValues<CurvatureFamily>());

    /// <summary>Those whose numbers are of the order of 1, and not all zero.</summary>
    public static Arbitrary<CurvatureCase> Ordinary { get; } = Of(
        CurvatureFamily.Random, CurvatureFamily.Identical, CurvatureFamily.Orthogonal, CurvatureFamily.RankDeficient, CurvatureFamily.Sparse);

    public static Arbitrary<CurvatureCase> Of(params CurvatureFamily[] families) => Arb.From(
        from family in Gen.Elements(families)
        from n in Gen.Choose(1, 8)
        from r in Gen.Choose(1, 3)
        from d in Gen.Choose(1, 7)
        from seed in Gen.Choose(0, 1_000_000)
        select new CurvatureCase(family, n, r, d, seed),
        Shrink);

    private static IEnumerable<CurvatureCase> Shrink(CurvatureCase c)
    {
        foreach (int n in Smaller(c.Examples, 1)) yield return c with { Examples = n };
        foreach (int r in Smaller(c.Rows, 1)) yield return c with { Rows = r };
        foreach (int d in Smaller(c.Parameters, 1)) yield return c with { Parameters = d };
        foreach (int seed in Smaller(c.Seed, 0)) yield return c with { Seed = seed };
        if (c.Family != CurvatureFamily.Random) yield return c with { Family = CurvatureFamily.Random };
    }

    private static IEnumerable<int> Smaller(int value, int least)
    {
        for (int step = value - least; step > 0; step /= 2) yield return value - step;
    }

    /// <summary>F, <c>[n, r, d]</c>.</summary>
    public double[] Factors()
    {
        Random random = new(Seed);
        int rows = Examples * Rows, d = Parameters;
        double[] f = [.. Enumerable.Range(0, rows * d).Select(_ => SymmetricMatrix.Normal(random))];
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < d; j++)
            {
                ref double x = ref f[i * d + j];
                x = Family switch
                {
                    CurvatureFamily.Identical => f[i % Rows * d + j],
                    CurvatureFamily.Orthogonal => i == j ? 1 + Math.Abs(x) : 0,
                    CurvatureFamily.RankDeficient => i < 2 ? x : f[i % 2 * d + j] * (1 + i / 2),
                    CurvatureFamily.Graded => x * Math.Pow(10, -4.0 * j / d),
                    CurvatureFamily.Sparse => random.Next(3) == 0 ? x : 0,
                    CurvatureFamily.Tiny => 1e-60 * x,
                    CurvatureFamily.Huge => 1e60 * x,
                    CurvatureFamily.Zero => 0,
                    _ => x,
                };
            }
        }

        return f;
    }

    public CurvatureSet Set() => CurvatureSet.FromFactors<double>(Factors(), Examples, Rows, Parameters);

    /// <summary>H_i, each <c>[d, d]</c> and exactly symmetric.</summary>
    public Matrix<double>[] Hessians()
    {
        Matrix<double> f = Matrix<double>.Build.DenseOfRowMajor(Examples * Rows, Parameters, Factors());
        return [.. Enumerable.Range(0, Examples).Select(i => Symmetrised(f.SubMatrix(i * Rows, Rows, 0, Parameters)))];

        static Matrix<double> Symmetrised(Matrix<double> f)
        {
            Matrix<double> h = f.TransposeThisAndMultiply(f);
            return h.LowerTriangle() + h.LowerTriangle().Transpose() - Matrix<double>.Build.DiagonalOfDiagonalVector(h.Diagonal());
        }
    }
}
