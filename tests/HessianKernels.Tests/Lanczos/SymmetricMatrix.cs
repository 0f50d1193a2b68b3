using System.Numerics;
using HessianKernels.Krylov;
using MathNet.Numerics.LinearAlgebra;

namespace HessianKernels.Tests.LanczosTests;

/// <summary>Symmetric matrices with spectra that are known, and MathNet's word on those that are not.</summary>
internal static class SymmetricMatrix
{
    public static double Normal(Random random)
        => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    /// <summary><c>Q diag(eigenvalues) Q^T</c> with a random orthogonal Q; exactly symmetric.</summary>
    public static double[] WithSpectrum(double[] eigenvalues, Random random)
    {
        int n = eigenvalues.Length;
        Matrix<double> q = Matrix<double>.Build.Dense(n, n, (_, _) => Normal(random)).QR().Q;
        Matrix<double> a = q * Matrix<double>.Build.DiagonalOfDiagonalArray(eigenvalues) * q.Transpose();
        return Flat(a);
    }

    public static double[] Diagonal(double[] eigenvalues)
    {
        int n = eigenvalues.Length;
        double[] a = new double[n * n];
        for (int i = 0; i < n; i++) a[i * n + i] = eigenvalues[i];
        return a;
    }

    /// <summary>Independent normal entries on and below the diagonal.</summary>
    public static double[] Random(int n, Random random)
    {
        double[] a = new double[n * n];
        for (int i = 0; i < n; i++)
            for (int j = 0; j <= i; j++) a[i * n + j] = a[j * n + i] = Normal(random);
        return a;
    }

    /// <summary>All eigenvalues in ascending order, by MathNet.</summary>
    public static double[] Spectrum(double[] a, int n)
        => [.. Matrix<double>.Build.Dense(n, n, a).Evd(Symmetricity.Symmetric).EigenValues.Select(value => value.Real).Order()];

    public static double[] Wanted(double[] ascending, int k, SpectrumEnd which) => which switch
    {
        SpectrumEnd.Largest => [.. ascending.Reverse().Take(k)],
        SpectrumEnd.Smallest => [.. ascending.Take(k)],
        SpectrumEnd.LargestMagnitude => [.. ascending.OrderByDescending(Math.Abs).Take(k)],
        _ => [.. ascending.Reverse().Take((k + 1) / 2), .. ascending.Take(k / 2).Reverse()],
    };

    public static T[] To<T>(double[] values)
        where T : INumberBase<T>
        => Array.ConvertAll(values, T.CreateTruncating);

    /// <summary>||A y - theta y|| in double.</summary>
    public static double Residual<T>(ReadOnlySpan<T> a, int n, double value, ReadOnlySpan<T> vector)
        where T : unmanaged, INumberBase<T>
    {
        double square = 0;
        for (int i = 0; i < n; i++)
        {
            double sum = -value * double.CreateTruncating(vector[i]);
            for (int j = 0; j < n; j++) sum += double.CreateTruncating(a[i * n + j]) * double.CreateTruncating(vector[j]);
            square += sum * sum;
        }

        return Math.Sqrt(square);
    }

    private static double[] Flat(Matrix<double> a)
    {
        int n = a.RowCount;
        double[] flat = new double[n * n];
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++) flat[i * n + j] = 0.5 * (a[i, j] + a[j, i]);
        return flat;
    }
}
