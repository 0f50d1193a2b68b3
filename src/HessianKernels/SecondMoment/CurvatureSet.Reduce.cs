using HessianKernels.Dense;
using HessianKernels.Kernels;

namespace HessianKernels.SecondMoment;

public sealed unsafe partial class CurvatureSet
{
    // Elements of a block of the factors: 8 MiB, between two looks at the cancellation token and to widen floats into.
    private const int BlockElements = 1 << 20;

    /// <summary>The set on the range of its mean H, in the eigenbasis of H.</summary>
    /// <remarks>
    /// <code>
    /// n r &lt;= d:  Theta = F F^T / n = U diag(lambda) U^T,  Phi = sqrt(n) U diag(sqrt(lambda))
    /// n r &gt;  d:  H     = F^T F / n = V diag(lambda) V^T,  Phi = F V
    /// </code>
    /// of the eigenvalues above <paramref name="rankTolerance"/> times the largest. Then <c>Phi^T Phi / n = diag(lambda)</c>, on the first
    /// side to rounding of each eigenvalue, on the second
    /// to rounding of the largest. Where an example is indefinite the same is done for <c>sum_i |H_i|</c>, whose range is the span of all
    /// H_i, and then Phi is turned into the
    /// eigenbasis of the mean of the signed H_i: eigenvalues of any sign, zero among them, and none is dropped. A set of zeros has rank 0.
    /// Cost: n r d min(n r, d) flops for the Gram matrix, about 9 min(n r, d)^3 for its eigenpairs. Memory: <see cref="RequiredBytes"/>.
    /// MATHEMATICS: section 2.
    /// </remarks>
    /// <param name="rankTolerance">In [0, 1); <see cref="DefaultRankTolerance"/> where null.</param>
    /// <param name="threads">Most threads; 0 for one a processor. Changes no bit.</param>
    /// <param name="progress">Told what share of the Gram matrix's products is done, up to 1; the eigenpairs follow.</param>
    /// <param name="cancellation">Looked at between blocks of the factors.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range, or a matrix has more elements than one
    /// array.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public FunctionSpace Reduce(
        double? rankTolerance = null, int threads = 0, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        double tolerance = rankTolerance ?? DefaultRankTolerance;
        if (!(tolerance >= 0 && tolerance < 1))
            throw new ArgumentOutOfRangeException(nameof(rankTolerance), tolerance, "Expected 0 <= rankTolerance < 1.");
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        threads = ThreadsOf(threads);
        if (_gram is { } gram) return FromRowSide(gram.Values, gram.Vectors, tolerance);
        return _factors.Rows <= _factors.Columns
            ? ReduceRowSide(tolerance, threads, progress, cancellation)
            : ReduceColumnSide(tolerance, threads, progress, cancellation);
    }

    private FunctionSpace ReduceRowSide(double tolerance, int threads, IProgress<double>? progress, CancellationToken cancellation)
    {
        int rows = _factors.Rows, most = Math.Clamp(BlockElements / rows, 1, _factors.Columns);
        double[] theta = Workspace.Allocate<double>((long)rows * rows), buffer = new double[_factors.BufferLength((long)rows * most)];
        for (int column = 0; column < _factors.Columns; column += most)
        {
            cancellation.ThrowIfCancellationRequested();
            int columns = Math.Min(most, _factors.Columns - column);
            fixed (double* f = _factors.Block(0, rows, column, columns, buffer, out int stride), g = theta)
                Gemm.MultiplyLower(false, true, rows, columns, 1.0 / Examples, f, stride, f, stride, 1.0, g, rows, threads);
            progress?.Report((double)(column + columns) / _factors.Columns);
        }

        cancellation.ThrowIfCancellationRequested();
        double[] values = new double[rows];
        SymmetricEigendecomposition.Decompose(theta, rows, values, threads);
        return FromRowSide(values, theta, tolerance, threads);
    }

    private FunctionSpace ReduceColumnSide(double tolerance, int threads, IProgress<double>? progress, CancellationToken cancellation)
    {
        int d = _factors.Columns, all = _factors.Rows, most = Math.Clamp(BlockElements / d, 1, all);
        double[] h = Workspace.Allocate<double>((long)d * d), buffer = new double[_factors.BufferLength((long)most * d)], values = new double[d];
        for (int row = 0; row < all; row += most)
        {
            cancellation.ThrowIfCancellationRequested();
            int rows = Math.Min(most, all - row);
            fixed (double* f = _factors.Block(row, rows, 0, d, buffer, out int stride), g = h)
                Gemm.MultiplyLower(true, false, d, rows, 1.0 / Examples, f, stride, f, stride, 1.0, g, d, threads);
            progress?.Report((double)(row + rows) / all);
        }

        cancellation.ThrowIfCancellationRequested();
        SymmetricEigendecomposition.Decompose(h, d, values, threads);
        int rank = RankOf(values, tolerance);
        double[] phi = Workspace.Allocate<double>((long)all * rank);
        for (int row = 0; row < all && rank > 0; row += most)
        {
            cancellation.ThrowIfCancellationRequested();
            int rows = Math.Min(most, all - row);
            fixed (double* f = _factors.Block(row, rows, 0, d, buffer, out int stride), v = h, to = &phi[row * rank])
                Gemm.Multiply(false, true, rows, rank, d, 1.0, f, stride, v, d, 0.0, to, rank, threads);
        }

        return Signed(values[..rank], phi, threads);
    }

    /// <summary>Phi from the eigenpairs of Theta, whose vectors lie in rows.</summary>
    private FunctionSpace FromRowSide(double[] values, double[] vectors, double tolerance, int threads = 1)
    {
        int order = values.Length, rank = RankOf(values, tolerance);
        double[] phi = Workspace.Allocate<double>((long)order * rank);
        for (int k = 0; k < rank; k++)
        {
            double root = Math.Sqrt(Examples * values[k]);
            for (int i = 0; i < order; i++) phi[i * rank + k] = root * vectors[k * order + i];
        }

        return Signed(values[..rank], phi, threads);
    }

    /// <summary>Turns the span of an indefinite set into the eigenbasis of its mean.</summary>
    private FunctionSpace Signed(double[] values, double[] phi, int threads)
    {
        int rank = values.Length, all = Examples * Rows;
        if (_signs is null || rank == 0) return new(Examples, Rows, values, phi, _signs);
        double[] signed = new double[phi.Length], mean = new double[rank * rank];
        for (int i = 0; i < phi.Length; i++) signed[i] = _signs[i / rank] * phi[i];
        fixed (double* p = phi, s = signed, h = mean)
        {
            Gemm.MultiplyLower(true, false, rank, all, 1.0 / Examples, p, rank, s, rank, 0.0, h, rank, threads);
            SymmetricEigendecomposition.Decompose(mean, rank, values, threads);
            // The signed rows have done their service: their place takes the turned ones.
            Gemm.Multiply(false, true, all, rank, rank, 1.0, p, rank, h, rank, 0.0, s, rank, threads);
        }

        return new(Examples, Rows, values, signed, _signs);
    }

    private static int RankOf(double[] values, double tolerance)
    {
        int rank = 0;
        while (rank < values.Length && values[rank] > tolerance * values[0] && values[rank] > 0) rank++;
        return rank;
    }
}
