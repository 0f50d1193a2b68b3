using MathNet.Numerics.LinearAlgebra;

namespace HessianKernels.Tests.Dense;

/// <summary>Symmetric matrices whose eigenproblem is hard in a way of its own; whole, row-major.</summary>
internal static class SpectrumCase
{
    public static readonly string[] Families =
    [
        "random", "gram", "clustered 1e-8", "clustered 1e-14", "graded", "diagonal", "identity", "zero", "wilkinson", "glued", "rank one", "blocks",
        "tridiagonal", "laplacian", "huge", "tiny", "subnormal", "one coupling", "two values", "ones and a spike",
    ];

    public static double[] Of(string family, int n)
    {
        Random random = new(n);
        double Uniform() => 2 * random.NextDouble() - 1;
        return family switch
        {
            "random" => Make(n, (_, _) => Uniform()),
            "gram" => Gram(n, Math.Min(n, 10), random),
            "clustered 1e-8" => WithSpectrum([.. Enumerable.Range(0, n).Select(i => 1 + i % 5 + 1e-8 * i)], random),
            "clustered 1e-14" => WithSpectrum([.. Enumerable.Range(0, n).Select(i => 1 + i % 3 + 1e-14 * i)], random),
            "graded" => Make(n, (i, j) => Math.Pow(10, 12 - 24.0 * Math.Max(i, j) / n) * (i == j ? 1 : 0.3 * Uniform())),
            "diagonal" => Make(n, (i, j) => i == j ? Uniform() : 0),
            "identity" => Make(n, (i, j) => i == j ? 1 : 0),
            "zero" => new double[n * n],
            "wilkinson" => Make(n, (i, j) => i == j ? Math.Abs(i - 0.5 * (n - 1)) : i == j + 1 ? 1 : 0),
            // W21+ again and again, barely coupled: nearly everything is deflated.
            "glued" => Make(n, (i, j) => i == j ? Math.Abs(i % 21 - 10) : i != j + 1 ? 0 : i % 21 == 0 ? 1e-9 : 1),
            "rank one" => Gram(n, 1, random),
            "blocks" => Make(n, (i, j) => i / 7 == j / 7 ? Uniform() : 0),
            "tridiagonal" => Make(n, (i, j) => i - j <= 1 ? Uniform() : 0),
            "laplacian" => Make(n, (i, j) => i == j ? 2 : i == j + 1 ? -1 : 0),
            "huge" => Make(n, (_, _) => 1e150 * Uniform()),
            "tiny" => Make(n, (_, _) => 1e-150 * Uniform()),
            "subnormal" => Make(n, (_, _) => 1e-310 * Uniform()),
            "one coupling" => Make(n, (i, j) => i == j ? i % 4 : i == n / 2 && j == n / 2 - 1 ? -1e-3 : 0),
            "two values" => WithSpectrum([.. Enumerable.Range(0, n).Select(i => i < n / 2 ? -1.0 : 1.0)], random),
            "ones and a spike" => Make(n, (i, j) => i == j ? 2 : 1),
            _ => throw new ArgumentOutOfRangeException(nameof(family), family, null),
        };
    }

    /// <summary>A matrix with given eigenvalues and random eigenvectors.</summary>
    public static double[] WithSpectrum(double[] eigenvalues, Random random)
    {
        int n = eigenvalues.Length;
        Matrix<double> q = Matrix<double>.Build.Dense(n, n, (_, _) => random.NextDouble() - 0.5).QR().Q;
        Matrix<double> a = q * Matrix<double>.Build.DiagonalOfDiagonalArray(eigenvalues) * q.Transpose();
        return Make(n, (i, j) => 0.5 * a[i, j] + 0.5 * a[j, i]);
    }

    private static double[] Gram(int n, int rank, Random random)
    {
        double[] f = [.. Enumerable.Range(0, n * rank).Select(_ => 2 * random.NextDouble() - 1)];
        return Make(n, (i, j) => Enumerable.Range(0, rank).Sum(r => f[i * rank + r] * f[j * rank + r]));
    }

    private static double[] Make(int n, Func<int, int, double> lower)
    {
        double[] a = new double[n * n];
        for (int i = 0; i < n; i++)
            for (int j = 0; j <= i; j++) a[i * n + j] = a[j * n + i] = lower(i, j);
        return a;
    }
}
