using HessianKernels.Dense;
using HessianKernels.SecondMoment;
using MathNet.Numerics.LinearAlgebra;

namespace HessianKernels.Tests.SecondMoment;

/// <summary>A curvature set small enough for parameter space: its Hessians <c>[n, d, d]</c> and, reduced, its function space.</summary>
internal sealed record SmallSet(int Examples, int Parameters, double[] Hessians, FunctionSpace Space)
{
    /// <summary>The eigenvectors of H that span its range, <c>[m, d]</c>.</summary>
    public required double[] Basis { get; init; }

    /// <summary>H, <c>[d, d]</c>.</summary>
    public double[] Mean { get; } = MeanOf(Hessians, Examples);

    /// <summary>
    /// <c>H_i = F_i^T S_i F_i</c> from factors <c>[n, r, d]</c> and signs <c>[n, r]</c>. With signs every dimension is kept.
    /// </summary>
    public static SmallSet FromFactors(double[] factors, int n, int r, int d, double[]? signs = null)
    {
        double[] hessians = new double[n * d * d];
        for (int row = 0; row < n * r; row++)
            for (int a = 0; a < d; a++)
                for (int b = 0; b < d; b++)
                    hessians[(row / r * d + a) * d + b] += (signs?[row] ?? 1) * factors[row * d + a] * factors[row * d + b];
        double[] vectors = MeanOf(hessians, n), lambda = new double[d];
        SymmetricEigendecomposition.Decompose(vectors, d, lambda);
        int m = signs is null ? lambda.Count(x => x > 1e-12 * lambda[0] && lambda[0] > 0) : d;
        double[] phi = new double[n * r * m];
        for (int row = 0; row < n * r; row++)
            for (int a = 0; a < m; a++)
                for (int j = 0; j < d; j++) phi[row * m + a] += factors[row * d + j] * vectors[a * d + j];
        return new(n, d, hessians, new(n, r, lambda[..m], phi, signs)) { Basis = vectors[..(m * d)] };
    }

    /// <summary>From Hessians <c>[n, d, d]</c>, by their eigenpairs.</summary>
    public static SmallSet FromHessians(double[] hessians, int n, int d)
    {
        double[] factors = new double[n * d * d], signs = new double[n * d];
        for (int i = 0; i < n; i++)
        {
            double[] vectors = hessians.AsSpan(i * d * d, d * d).ToArray(), lambda = new double[d];
            SymmetricEigendecomposition.Decompose(vectors, d, lambda);
            double largest = lambda.Max(Math.Abs);
            for (int k = 0; k < d; k++)
            {
                if (Math.Abs(lambda[k]) < 1e-13 * largest) lambda[k] = 0;
                signs[i * d + k] = lambda[k] < 0 ? -1 : 1;
                for (int j = 0; j < d; j++) factors[(i * d + k) * d + j] = Math.Sqrt(Math.Abs(lambda[k])) * vectors[k * d + j];
            }
        }

        return FromFactors(factors, n, d, d, signs.Contains(-1) ? signs : null);
    }

    /// <summary>H_i, <c>[d, d]</c>.</summary>
    public ReadOnlySpan<double> Hessian(int i) => Hessians.AsSpan(i * Parameters * Parameters, Parameters * Parameters);

    /// <summary><c>sum_i weights_i H_i</c>.</summary>
    public Matrix<double> Combine(double[] weights)
    {
        Matrix<double> sum = Matrix<double>.Build.Dense(Parameters, Parameters);
        for (int i = 0; i < Examples; i++) sum += weights[i] * Matrix<double>.Build.DenseOfRowMajor(Parameters, Parameters,
            Hessian(i).ToArray());
        return sum;
    }

    private static double[] MeanOf(double[] hessians, int n)
    {
        double[] mean = new double[hessians.Length / n];
        for (int i = 0; i < hessians.Length; i++) mean[i % mean.Length] += hessians[i] / n;
        return mean;
    }
}
