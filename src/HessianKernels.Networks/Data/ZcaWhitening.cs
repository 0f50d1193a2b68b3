using System.Numerics;
using HessianKernels.Dense;
using HessianKernels.Kernels;
using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Data;

/// <summary>
/// Inputs made uncorrelated, by the whitening that moves them least:
/// <code>
///  x' = W (x - mean),   W = (C + rho I)^{-1/2},   C = (1/n) sum_i (x_i - mean)(x_i - mean)^T,   rho = ridge tr C / d
/// </code>
/// Over the set it is from, with ridge 0 and C of full rank, the covariance of x' is the identity.
/// </summary>
/// <remarks>
/// <para>A set to test on gets the constants of the set that was trained on: fit once, apply to both.</para>
/// <para>Where C is nearly singular (digits have pixels that are always black; fewer examples than numbers) the ridge keeps W bounded:
/// a direction of variance v keeps variance v / (v + rho). Cost of fitting: n d^2 flops for C, 14/3 d^3 for its eigenvectors, 2 d^3 for W;
/// memory 8 bytes for each of 6 d^2 numbers. Bell and Sejnowski, Vision Research 37 (1997); Krizhevsky (2009), app. A.</para>
/// </remarks>
public sealed class ZcaWhitening
{
    /// <summary>The ridge where none is given: directions of a thousandth of the mean variance or more are whitened to within a
    /// percent.</summary>
    public const double DefaultRidge = 1e-5;

    // Rows whitened at a time: their doubles are a few megabytes.
    private const int BlockExamples = 256;

    private ZcaWhitening(TensorShape shape, double ridge, double[] means, double[] matrix)
        => (Shape, Ridge, Means, Matrix) = (shape, ridge, means, matrix);

    /// <summary>Shape of the inputs it is for.</summary>
    public TensorShape Shape { get; }

    /// <summary>What is added to the covariance's diagonal, as a share of its mean.</summary>
    public double Ridge { get; }

    /// <summary>The mean input, <c>[d]</c>.</summary>
    public double[] Means { get; }

    /// <summary>W, <c>[d, d]</c>, symmetric.</summary>
    public double[] Matrix { get; }

    /// <summary>Finds the mean and W of a set.</summary>
    /// <typeparam name="T">float or double; W is found in double.</typeparam>
    /// <param name="data">The set to be trained on; inputs of at most 23170 numbers, all its examples not the same.</param>
    /// <param name="ridge">At least 0; at 0, C must have full rank.</param>
    /// <param name="threads">Most threads; 0 for one a processor. Changes no bit.</param>
    /// <param name="cancellation">Looked at between the stages.</param>
    /// <exception cref="ArgumentException">The inputs are too long, are all the same, or do not span the space and the ridge is
    /// 0.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The ridge is negative or not finite, or <paramref name="threads"/>
    /// negative.</exception>
    public static unsafe ZcaWhitening Of<T>(DataSet<T> data, double ridge = DefaultRidge, int threads = 0,
        CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (!(ridge >= 0 && double.IsFinite(ridge)))
            throw new ArgumentOutOfRangeException(
                nameof(ridge), ridge, $"Found a ridge of {ridge}; expected a finite number of at least 0.");
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        threads = threads == 0 ? Environment.ProcessorCount : threads;
        int n = data.Examples, d = data.InputShape.Length;
        const int most = 23170;
        if (d > most)
            throw new ArgumentException($"Found inputs of {d} numbers; expected at most {most}, as one array holds.", nameof(data));

        double[] means = Standardization.Of(data, StandardizationUnit.Feature, threads).Means;
        double[] covariance = new double[d * d], block = new double[Math.Min(n, BlockExamples) * d];
        fixed (double* c = covariance, x = block)
        {
            for (int first = 0; first < n; first += BlockExamples)
            {
                cancellation.ThrowIfCancellationRequested();
                int rows = Math.Min(BlockExamples, n - first);
                Centre(data, first, rows, means, block);
                Syrk.Multiply(true, d, rows, 1.0 / n, x, d, first == 0 ? 0.0 : 1.0, c, d, threads);
            }
        }

        cancellation.ThrowIfCancellationRequested();
        double trace = 0;
        for (int j = 0; j < d; j++) trace += covariance[j * d + j];
        if (!(trace > 0)) throw new ArgumentException("Found inputs that are all the same; expected some variance.", nameof(data));
        double[] variances = new double[d];
        SymmetricEigendecomposition.Decompose(covariance, d, variances, threads);
        cancellation.ThrowIfCancellationRequested();
        return new(data.InputShape, ridge, means, InverseRoot(covariance, variances, ridge * trace / d, threads));
    }

    /// <summary>A set with its inputs whitened: 2 n d^2 flops.</summary>
    /// <typeparam name="T">float or double; the products are in double.</typeparam>
    /// <param name="data">A set of inputs of the same shape.</param>
    /// <param name="threads">Most threads; 0 for one a processor. Changes no bit.</param>
    /// <param name="cancellation">Looked at every 256 examples.</param>
    /// <exception cref="ArgumentException">Its inputs have another shape than those of the set that W is from.</exception>
    public unsafe DataSet<T> Apply<T>(DataSet<T> data, int threads = 0, CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        if (data.InputShape != Shape)
            throw new ArgumentException(
                $"Found inputs of {data.InputShape}; expected {Shape}, as in the set that W is from.", nameof(data));
        int n = data.Examples, d = Shape.Length;
        T[] inputs = GC.AllocateUninitializedArray<T>(data.Inputs.Length);
        double[] block = new double[Math.Min(n, BlockExamples) * d], whitened = new double[block.Length];
        fixed (double* x = block, y = whitened, w = Matrix)
        {
            for (int first = 0; first < n; first += BlockExamples)
            {
                cancellation.ThrowIfCancellationRequested();
                int rows = Math.Min(BlockExamples, n - first);
                Centre(data, first, rows, Means, block);
                // W is symmetric: its rows are its columns.
                Gemm.Multiply(false, true, rows, d, d, 1.0, x, d, w, d, 0.0, y, d, threads == 0 ? Environment.ProcessorCount : threads);
                for (int i = 0; i < rows * d; i++) inputs[first * d + i] = T.CreateTruncating(whitened[i]);
            }
        }

        return data.WithInputs(inputs);
    }

    /// <summary>V^T diag(1 / sqrt(lambda + rho)) V, with the eigenvectors as the rows of V.</summary>
    private static unsafe double[] InverseRoot(double[] vectors, double[] variances, double rho, int threads)
    {
        int d = variances.Length;
        double[] matrix = new double[d * d], scale = new double[d];
        double noise = d * ElementType.Epsilon<double>() * variances[0];
        if (rho == 0 && variances[^1] <= noise)
        {
            throw new ArgumentException(
                $"Found inputs that span {variances.Count(v => v > noise)} of {d} directions; expected all, or a ridge above 0.", "data");
        }

        // Rounding leaves a variance of 0 as a small number of either sign.
        for (int k = 0; k < d; k++) scale[k] = 1 / Math.Sqrt(Math.Max(variances[k], 0) + rho);
        fixed (double* v = vectors, s = scale, w = matrix) Syrk.MultiplyScaled(d, d, 1.0, v, d, s, 0.0, w, d, threads);
        for (int i = 0; i < d; i++)
            for (int j = 0; j < i; j++) matrix[j * d + i] = matrix[i * d + j];
        return matrix;
    }

    /// <summary>Examples less the mean, in double.</summary>
    private static void Centre<T>(DataSet<T> data, int first, int rows, double[] means, double[] block)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int d = means.Length;
        for (int i = 0; i < rows; i++)
        {
            ReadOnlySpan<T> row = data.Inputs.AsSpan((first + i) * d, d);
            for (int j = 0; j < d; j++) block[i * d + j] = double.CreateTruncating(row[j]) - means[j];
        }
    }
}
