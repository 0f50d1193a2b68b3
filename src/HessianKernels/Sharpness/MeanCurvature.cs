using HessianKernels.Kernels;

namespace HessianKernels.Sharpness;

/// <summary>
/// <c>H = (1/n) sum_i H_i</c>: dense, <c>[d, d]</c>, or, where the Hessians are factors of fewer rows in all than there are parameters,
/// those rows as they are.
/// </summary>
internal sealed unsafe class MeanCurvature
{
    private readonly ExampleDerivatives _derivatives;
    private readonly double[]? _dense;

    public MeanCurvature(ExampleDerivatives derivatives, int threads)
    {
        _derivatives = derivatives;
        int n = derivatives.Examples, d = derivatives.Parameters, rows = n * derivatives.Rows;
        if (derivatives.IsFactored && (rows < d || (long)d * d > Array.MaxLength)) return;
        _dense = new double[d * d];
        fixed (double* all = derivatives.Curvatures, h = _dense)
        {
            if (derivatives.IsFactored)
            {
                Gemm.MultiplyLower(true, false, d, rows, 1.0 / n, all, d, all, d, 0, h, d, threads);
                for (int i = 0; i < d; i++)
                    for (int j = 0; j < i; j++) h[j * d + i] = h[i * d + j];
                return;
            }

            MeanJob job = new() { All = all, Result = h, Count = n, Chunks = new(d * d) };
            ParallelLoop.Run(ref job, job.Chunks.Count, threads);
        }
    }

    /// <summary>The memory that holds the matrix of the form: to be pinned while the form is used.</summary>
    public ReadOnlySpan<double> Matrix => _dense ?? _derivatives.Curvatures;

    /// <summary>Whether H is there as a matrix.</summary>
    public bool IsDense => _dense is not null;

    /// <summary>Length of an image.</summary>
    public int Rows => _dense is null ? _derivatives.Examples * _derivatives.Rows : _derivatives.Parameters;

    /// <summary>H as a form, over the pinned <see cref="Matrix"/>.</summary>
    public CurvatureForm Form(double* matrix)
        => new((nint)matrix, Rows, _derivatives.Parameters, Factored: _dense is null, _dense is null ? 1.0 / _derivatives.Examples : 1);

    /// <summary>
    /// The least and the largest eigenvalue of H where they are of that sign, else 0: to within 1e-10 of the norm above order 48. Of
    /// factors the least is 0.
    /// </summary>
    public (double Least, double Most) ExtremeEigenvalues(int threads, CancellationToken cancellation)
    {
        int d = _derivatives.Parameters, order = Math.Min(Rows, d);
        double scale = 1.0 / _derivatives.Examples;
        double[] matrix = new double[checked(order * order)];
        if (_dense is not null) _dense.CopyTo(matrix, 0);
        else
        {
            fixed (double* rows = _derivatives.Curvatures, m = matrix)
            {
                if (order == Rows) Gemm.MultiplyLower(false, true, order, d, scale, rows, d, rows, d, 0, m, order, threads);
                else Gemm.MultiplyLower(true, false, order, Rows, scale, rows, d, rows, d, 0, m, order, threads);
            }
        }

        double least = 0;
        if (!_derivatives.IsFactored)
        {
            double[] negative = Array.ConvertAll(matrix, element => -element);
            least = -Math.Max(0, LargestEigenvalue.Of(negative, order, seed: 0, threads: threads, cancellation: cancellation));
        }

        return (least, Math.Max(0, LargestEigenvalue.Of(matrix, order, seed: 0, threads: threads, cancellation: cancellation)));
    }

    /// <summary>The mean of a stack of matrices, a piece of their elements at a time.</summary>
    private struct MeanJob : IChunkJob
    {
        public double* All, Result;
        public int Count;
        public Chunks Chunks;

        public readonly void Run(int chunk, int lane)
        {
            int start = Chunks.Start(chunk), length = Chunks.LengthOf(chunk);
            for (int i = 0; i < Count; i++) Gemv.Add(All + (nint)i * Chunks.Length + start, Result + start, length);
            for (int at = start; at < start + length; at++) Result[at] /= Count;
        }
    }
}
