using HessianKernels.Spaces;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using Xunit;

namespace HessianKernels.Tests.Krylov;

/// <summary>Matrices of known spectrum, and operators that tests watch.</summary>
internal static class TestSpectra
{
    /// <summary>U diag(eigenvalues) U^T with a random orthogonal U.</summary>
    public static Matrix<double> Symmetric(int seed, params double[] eigenvalues)
    {
        Matrix<double> u = Orthogonal(seed, eigenvalues.Length);
        Matrix<double> a = u * DenseMatrix.OfDiagonalArray(eigenvalues) * u.Transpose();
        return (a + a.Transpose()) / 2;
    }

    public static Matrix<double> Orthogonal(int seed, int n)
    {
        Random random = new(seed);
        return DenseMatrix.Create(n, n, (_, _) => Gaussian(random)).QR().Q;
    }

    public static double Gaussian(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    public static double[] Spectrum(int n, Func<int, double> eigenvalue) => [.. Enumerable.Range(0, n).Select(eigenvalue)];

    /// <summary>Row-major.</summary>
    public static double[] Elements(this Matrix<double> matrix) => matrix.ToRowMajorArray();

    public static double[] RandomVector(int seed, int n)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, n).Select(_ => Gaussian(random))];
    }

    /// <summary>The unit probe that an estimator draws.</summary>
    public static double[] Probe(RandomDistribution distribution, ulong seed, ulong stream, int n)
    {
        double[] probe = new double[n], norm = new double[1];
        CpuSpace<double> space = new(1, n);
        space.Random(distribution, seed, stream, probe);
        space.Normalize(probe, norm);
        return probe;
    }

    public static void AssertSameBits(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.True(BitConverter.DoubleToInt64Bits(expected[i]) == BitConverter.DoubleToInt64Bits(actual[i]), $"at {i}: {expected[i]:r} and {actual[i]:r}");
    }

    public static void AssertClose(double expected, double actual, double tolerance, string what = "")
        => Assert.True(Math.Abs(expected - actual) <= tolerance, $"{what}: expected {expected:r}, found {actual:r}, off by {Math.Abs(expected - actual):g3} > {tolerance:g3}");
}

/// <summary>A batch of diagonal matrices that counts its products, and may turn to NaN or cancel at one of them.</summary>
internal sealed class DiagonalOperator(int batch, params double[] diagonal) : ILinearOperator<Span<double>>
{
    public int Batch => batch;

    public int Length => diagonal.Length / batch;

    public int Applications { get; private set; }

    /// <summary>Called before each product with its number, from 0.</summary>
    public Action<int>? Before { get; init; }

    /// <summary>The product from which on the given item's outputs are NaN.</summary>
    public (int Item, int From)? Poison { get; init; }

    public void Apply(Span<double> input, Span<double> output)
    {
        Before?.Invoke(Applications);
        for (int i = 0; i < diagonal.Length; i++) output[i] = diagonal[i] * input[i];
        if (Poison is { } poison && Applications >= poison.From) output[poison.Item * Length] = double.NaN;
        Applications++;
    }
}

/// <summary>A diagonal matrix whose products are made in float.</summary>
internal sealed class FloatOperator(float[] diagonal) : ILinearOperator<Span<float>>
{
    public int Batch => 1;

    public int Length => diagonal.Length;

    public void Apply(Span<float> input, Span<float> output)
    {
        for (int i = 0; i < diagonal.Length; i++) output[i] = diagonal[i] * input[i];
    }
}
