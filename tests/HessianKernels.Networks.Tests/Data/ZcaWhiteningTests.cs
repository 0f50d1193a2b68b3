using HessianKernels.Conformance;
using HessianKernels.Networks.Data;
using HessianKernels.Networks.Tensors;
using MathNet.Numerics.LinearAlgebra;
using Xunit;

namespace HessianKernels.Networks.Tests.Data;

public class ZcaWhiteningTests
{
    private const int Length = 18;
    private static readonly TensorShape s_shape = new(3, 3, 2);

    /// <summary>Correlated inputs around a mean that is not 0.</summary>
    private static DataSet<double> Random(int examples, int rank = Length, int seed = 1)
    {
        Random random = new(seed);
        Matrix<double> mix = Matrix<double>.Build.Dense(Length, rank, (_, _) => random.NextDouble() - 0.5);
        double[] inputs = [.. Enumerable.Range(0, examples).SelectMany(_ =>
            (mix * Vector<double>.Build.Dense(rank, _ => random.NextDouble() - 0.5)).Add(3))];
        return new() { Examples = examples, InputShape = s_shape, Inputs = inputs, Labels = new int[examples], Classes = 1 };
    }

    private static Matrix<double> Covariance(DataSet<double> data)
    {
        Matrix<double> x = Matrix<double>.Build.DenseOfRowMajor(data.Examples, Length, data.Inputs);
        Vector<double> mean = x.ColumnSums() / data.Examples;
        Matrix<double> centred = Matrix<double>.Build.Dense(data.Examples, Length, (i, j) => x[i, j] - mean[j]);
        return centred.TransposeThisAndMultiply(centred) / data.Examples;
    }

    [Fact]
    public void TheCovarianceBecomesTheIdentity()
    {
        DataSet<double> data = Random(600), white = ZcaWhitening.Of(data, ridge: 0).Apply(data);
        Tolerance.Equal<double>(Matrix<double>.Build.DenseIdentity(Length).ToRowMajorArray(), Covariance(white).ToRowMajorArray(), 1e-10);
    }

    [Theory]
    [InlineData(1e-5)]
    [InlineData(0.1)]
    public void TheMatrixIsTheInverseRoot(double ridge)
    {
        DataSet<double> data = Random(300);
        ZcaWhitening zca = ZcaWhitening.Of(data, ridge);
        Matrix<double> c = Covariance(data), w = Matrix<double>.Build.DenseOfRowMajor(Length, Length, zca.Matrix);
        Matrix<double> regular = c + Matrix<double>.Build.DenseIdentity(Length) * (ridge * c.Trace() / Length);
        // W (C + rho I) W = I, W symmetric with positive eigenvalues: it is the one inverse root.
        Tolerance.Equal<double>(Matrix<double>.Build.DenseIdentity(Length).ToRowMajorArray(), (w * regular * w).ToRowMajorArray(), 1e-10);
        Tolerance.SameBits<double>(w.Transpose().ToRowMajorArray(), zca.Matrix, "W^T");
        Assert.All(w.Evd(Symmetricity.Symmetric).EigenValues, value => Assert.True(value.Real > 0));
    }

    [Fact]
    public void AnotherSetGetsTheSameConstants()
    {
        DataSet<double> train = Random(300), test = Random(40, seed: 2);
        ZcaWhitening zca = ZcaWhitening.Of(train);
        double[] white = zca.Apply(test).Inputs;
        Matrix<double> w = Matrix<double>.Build.DenseOfRowMajor(Length, Length, zca.Matrix);
        Vector<double> means = Matrix<double>.Build.DenseOfRowMajor(300, Length, train.Inputs).ColumnSums() / 300;
        for (int i = 0; i < test.Examples; i++)
        {
            Vector<double> x = Vector<double>.Build.Dense(Length, j => test.Inputs[i * Length + j] - means[j]);
            Tolerance.Equal<double>((w * x).ToArray(), white.AsSpan(i * Length, Length), 1e-9);
        }
    }

    [Fact]
    public void FewerDirectionsThanNumbers()
    {
        DataSet<double> data = Random(200, rank: 5);
        Assert.Contains("5 of 18 directions", Assert.Throws<ArgumentException>(() => ZcaWhitening.Of(data, ridge: 0)).Message);
        double[] variances = Spectrum(Covariance(ZcaWhitening.Of(data).Apply(data))), before = Spectrum(Covariance(data));
        double rho = ZcaWhitening.DefaultRidge * before.Sum() / Length;
        Tolerance.Equal<double>([.. before.Select(v => Math.Max(v, 0) / (Math.Max(v, 0) + rho))], variances, 1e-9);
    }

    private static double[] Spectrum(Matrix<double> matrix)
        => [.. matrix.Evd(Symmetricity.Symmetric).EigenValues.Select(value => value.Real).OrderDescending()];

    [Fact]
    public void FewerExamplesThanNumbers()
    {
        DataSet<double> data = Random(4), white = ZcaWhitening.Of(data).Apply(data);
        Assert.All(white.Inputs, x => Assert.InRange(Math.Abs(x), 0, 4));
    }

    [Fact]
    public void ThreadsChangeNoBitAndFloatsAreRounded()
    {
        DataSet<double> data = Random(300);
        ZcaWhitening one = ZcaWhitening.Of(data, threads: 1), four = ZcaWhitening.Of(data, threads: 4);
        Tolerance.SameBits<double>(one.Matrix, four.Matrix);
        Tolerance.SameBits<double>(one.Apply(data, threads: 1).Inputs, one.Apply(data, threads: 4).Inputs);
        DataSet<float> single = data.As<float>();
        Assert.Equal(one.Apply(single.As<double>()).Inputs.Select(x => (float)x), one.Apply(single).Inputs);
    }

    [Fact]
    public void BadInput()
    {
        DataSet<double> data = Random(20), same = data.Take(new int[5]);
        Assert.Throws<ArgumentOutOfRangeException>(() => ZcaWhitening.Of(data, ridge: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ZcaWhitening.Of(data, ridge: double.NaN));
        Assert.Contains("all the same", Assert.Throws<ArgumentException>(() => ZcaWhitening.Of(same)).Message);
        DataSet<double> vector = new() { Examples = 1, InputShape = TensorShape.Vector(18), Inputs = new double[18], Labels = [0],
            Classes = 1 };
        Assert.Contains("2 x 3 x 3", Assert.Throws<ArgumentException>(() => ZcaWhitening.Of(data).Apply(vector)).Message);
        using CancellationTokenSource cancelled = new();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => ZcaWhitening.Of(data, cancellation: cancelled.Token));
    }
}
