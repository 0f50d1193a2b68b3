using HessianKernels.Kernels;

namespace HessianKernels.Sharpness;

/// <summary>
/// <c>lambda_max(H_B)</c> of one batch after another. Of factors, the smaller of the two Gram matrices of the batch's rows is taken: they
/// share their nonzero eigenvalues.
/// </summary>
internal sealed unsafe class BatchCurvature
{
    private readonly ExampleDerivatives _derivatives;
    private readonly double[] _rows, _matrix;

    /// <param name="derivatives">Of the examples.</param>
    /// <param name="mostDraws">Most draws of a batch.</param>
    public BatchCurvature(ExampleDerivatives derivatives, int mostDraws)
    {
        _derivatives = derivatives;
        int d = derivatives.Parameters, rows = derivatives.IsFactored ? checked(mostDraws * derivatives.Rows) : 0;
        _rows = new double[checked(rows * d)];
        int order = derivatives.IsFactored ? Math.Min(rows, d) : d;
        _matrix = new double[checked(order * order)];
    }

    /// <summary>0 for a batch of no example. A factored batch is positive semidefinite: its largest eigenvalue is 0 at the least.</summary>
    public double LargestEigenvalue(ReadOnlySpan<int> draws, int batchSize, ulong seed)
    {
        if (draws.IsEmpty) return 0;
        int d = _derivatives.Parameters, r = _derivatives.Rows, order = d;
        fixed (double* all = _derivatives.Curvatures, rows = _rows, matrix = _matrix)
        {
            if (_derivatives.IsFactored)
            {
                int count = draws.Length * r;
                for (int i = 0; i < draws.Length; i++)
                    _derivatives.Curvatures.Slice(draws[i] * r * d, r * d).CopyTo(_rows.AsSpan(i * r * d));
                order = Math.Min(count, d);
                if (count <= d) Gemm.MultiplyLower(false, true, count, d, 1.0 / batchSize, rows, d, rows, d, 0, matrix, order);
                else Gemm.MultiplyLower(true, false, d, count, 1.0 / batchSize, rows, d, rows, d, 0, matrix, order);
            }
            else
            {
                new Span<double>(matrix, d * d).Clear();
                foreach (int draw in draws) Gemv.Add(all + (nint)draw * d * d, matrix, d * d);
                for (int at = 0; at < d * d; at++) matrix[at] /= batchSize;
            }
        }

        double largest = Sharpness.LargestEigenvalue.Of(_matrix.AsSpan(0, order * order), order, seed);
        return _derivatives.IsFactored ? Math.Max(0, largest) : largest;
    }
}
