using HessianKernels.SecondMoment;
using MathNet.Numerics.LinearAlgebra;

namespace HessianKernels.Tests.SecondMoment;

/// <summary>What follows from dense Hessians by MathNet and plain products: the oracle of everything that is computed in function space.</summary>
internal static class DenseSet
{
    public static Matrix<double> Mean(Matrix<double>[] hessians) => hessians.Aggregate((a, b) => a + b) / hessians.Length;

    /// <summary>Eigenvalues, descending; MathNet's of the matrix scaled to 1, since it squares elements.</summary>
    public static double[] Spectrum(Matrix<double> a)
    {
        double largest = a.Enumerate().Max(Math.Abs), scale = largest > 0 ? largest : 1;
        return [.. (a / scale).Evd(Symmetricity.Symmetric).EigenValues.Select(e => scale * e.Real).OrderDescending()];
    }

    /// <summary>Orthonormal columns that span the range of the mean.</summary>
    public static Matrix<double> Range(Matrix<double>[] hessians)
    {
        var evd = Mean(hessians).Evd(Symmetricity.Symmetric);
        double largest = evd.EigenValues.Max(e => Math.Abs(e.Real));
        int[] kept = [.. Enumerable.Range(0, hessians[0].RowCount).Where(i => Math.Abs(evd.EigenValues[i].Real) > 1e-11 * largest)];
        return kept.Length == 0
            ? throw new ArgumentException("The set is zero.", nameof(hessians))
            : Matrix<double>.Build.DenseOfColumnVectors(kept.Select(i => evd.EigenVectors.Column(i)));
    }

    /// <summary>The largest eigenvalue of T on range x range, as a dense matrix of order m^2, from the Hessians in parameter space.</summary>
    public static double LargestOfT(Matrix<double>[] hessians, BatchSampling sampling, double learningRate)
    {
        Matrix<double> q = Range(hessians);
        Matrix<double>[] on = [.. hessians.Select(h => q.TransposeThisAndMultiply(h) * q)];
        Matrix<double> mean = Mean(on), one = Matrix<double>.Build.DenseIdentity(q.ColumnCount);
        Matrix<double> t = one.KroneckerProduct(one) - learningRate * (mean.KroneckerProduct(one) + one.KroneckerProduct(mean));
        t += learningRate * learningRate * sampling.Alpha * mean.KroneckerProduct(mean);
        foreach (Matrix<double> h in on) t += learningRate * learningRate * sampling.Kappa / on.Length * h.KroneckerProduct(h);
        return Spectrum((t + t.Transpose()) / 2)[0];
    }

    /// <summary>The curvatures <c>Phi_i^T S_i Phi_i</c> of a function space.</summary>
    public static Matrix<double>[] Curvatures(FunctionSpace space)
        => [.. Enumerable.Range(0, space.Examples).Select(i =>
        {
            Matrix<double> phi = Block(space, i), signed = phi.Clone();
            for (int a = 0; a < space.Rows && !space.Signs.IsEmpty; a++) signed.SetRow(a, space.Signs[i * space.Rows + a] * phi.Row(a));
            return phi.TransposeThisAndMultiply(signed);
        })];

    /// <summary>Phi_i.</summary>
    public static Matrix<double> Block(FunctionSpace space, int example)
        => Matrix<double>.Build.DenseOfRowMajor(space.Rows, space.Rank, space.Factors.Slice(example * space.Rows * space.Rank, space.Rows * space.Rank).ToArray());

    /// <summary>Phi, all rows.</summary>
    public static Matrix<double> Factors(FunctionSpace space)
        => Matrix<double>.Build.DenseOfRowMajor(space.Examples * space.Rows, space.Rank, space.Factors.ToArray());

    /// <summary><c>[n, d, d]</c>.</summary>
    public static double[] Flat(Matrix<double>[] matrices) => [.. matrices.SelectMany(m => m.ToRowMajorArray())];
}
