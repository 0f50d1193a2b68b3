using HessianKernels.Dense;
using HessianKernels.Kernels;
using HessianKernels.Krylov;

namespace HessianKernels.SecondMoment;

/// <summary>
/// How alike the curvatures of the examples are, paper 003: <c>sigma = lambda_1(S) / max_i lambda_1(H_i)</c>, <c>S_ij = ||H_i^{1/2}
/// H_j^{1/2}||_F = sqrt(tr(H_i H_j))</c>.
/// </summary>
/// <remarks>
/// From 1, where rank-one curvatures are orthogonal, to n, where they are identical (n sqrt(r) where they have r rows). Not defined where
/// an H_i is
/// indefinite. A set of zeros, 0 / 0, has by agreement the least value, 1, that a set can have. MATHEMATICS: section 4.
/// </remarks>
/// <example><code>
/// Coherence coherence = Coherence.Of(set.Reduce());
/// CoherenceInstability verdict = coherence.Theorem1(BatchSampling.Bernoulli(n, b), learningRate: 0.1);
/// Console.WriteLine($"sigma {coherence.Value}: {verdict.Verdict}, at {verdict.NoiseRatio} of the noise's threshold");
/// </code></example>
public sealed unsafe partial class Coherence
{
    // Elements of a block of the rows' Gram matrix: 8 MiB.
    private const int BlockElements = 1 << 20;

    private readonly double[] _matrix;

    private Coherence(FunctionSpace space)
    {
        Examples = space.Examples;
        LargestMeanEigenvalue = space.Rank == 0 ? 0 : space.Eigenvalues[0];
        _matrix = Workspace.Allocate<double>((long)Examples * Examples);
    }

    /// <summary>n, the number of examples.</summary>
    public int Examples { get; }

    /// <summary>sigma.</summary>
    public double Value => LargestExampleEigenvalue == 0 ? 1 : LargestEigenvalue / LargestExampleEigenvalue;

    /// <summary>S, <c>[n, n]</c>, symmetric.</summary>
    public ReadOnlySpan<double> Matrix => _matrix;

    /// <summary>lambda_1(S), a Ritz value: S has an eigenvalue within <see cref="EnclosureRadius"/> of it.</summary>
    public double LargestEigenvalue { get; private set; }

    /// <summary>The half-width of the interval about <see cref="LargestEigenvalue"/> that holds an eigenvalue of S.</summary>
    public double EnclosureRadius { get; private set; }

    /// <summary><c>max_i lambda_1(H_i)</c>.</summary>
    public double LargestExampleEigenvalue { get; private set; }

    /// <summary>The first i with the largest lambda_1(H_i).</summary>
    public int SharpestExample { get; private set; }

    /// <summary>lambda_1(H), of the mean.</summary>
    public double LargestMeanEigenvalue { get; }

    /// <summary>The coherence of a curvature set.</summary>
    /// <remarks>n^2 r^2 m flops for the inner products of the rows, and a Lanczos run on S. Memory: 8 n^2 bytes for S and blocks of 8
    /// MiB.</remarks>
    /// <param name="space">The set, every example positive semidefinite.</param>
    /// <param name="threads">Most threads; 0 for one a processor. Changes no bit.</param>
    /// <param name="progress">Told the number of examples whose rows of S are done.</param>
    /// <param name="cancellation">Looked at between blocks.</param>
    /// <exception cref="ArgumentException">An example is indefinite: which.</exception>
    /// <exception cref="ArgumentOutOfRangeException">threads is below 0, or S has more elements than one array.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static Coherence Of(FunctionSpace space, int threads = 0, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        int negative = space.Signs.IndexOf(-1);
        if (negative >= 0)
            throw new ArgumentException(
                $"Example {negative / space.Rows} is indefinite; the coherence takes square roots of the curvatures " +
                "and is defined where all are positive semidefinite.",
                nameof(space));
        if (threads == 0) threads = Environment.ProcessorCount;
        Coherence coherence = new(space);
        if (space.Rank == 0) return coherence;
        coherence.FillMatrix(space, threads, progress, cancellation);
        LanczosOptions options = new() { Tolerance = 1e-13, FindMultiplicity = false, Threads = threads, Validate = false };
        LanczosResult<double> top = Lanczos.TopK<double>(coherence._matrix, space.Examples, 1, options, cancellation: cancellation);
        cancellation.ThrowIfCancellationRequested();
        (coherence.LargestEigenvalue, coherence.EnclosureRadius) = (top.Eigenvalues[0], top.EnclosureRadii[0]);
        return coherence;
    }

    private void FillMatrix(FunctionSpace space, int threads, IProgress<int>? progress, CancellationToken cancellation)
    {
        (int n, int r, int m) = (space.Examples, space.Rows, space.Rank);
        int most = (int)Math.Clamp(BlockElements / ((long)n * r * r), 1, n);
        double[] gram = Workspace.Allocate<double>((long)most * r * n * r), block = new double[r * r], values = new double[r];
        for (int first = 0; first < n; first += most)
        {
            cancellation.ThrowIfCancellationRequested();
            // On and below the diagonal: example i against the examples up to the block's last.
            int count = Math.Min(most, n - first), columns = (first + count) * r;
            fixed (double* phi = space.FactorsArray, g = gram)
            {
                Gemm.Multiply(false, true, count * r, columns, m, 1.0, phi + (nint)first * r * m, m, phi, m, 0.0, g, columns, threads);
                for (int i = first; i < first + count; i++)
                {
                    double* rows = g + (nint)(i - first) * r * columns;
                    for (int j = 0; j <= i; j++) _matrix[i * n + j] = _matrix[j * n + i] = Norm(rows + j * r, r, columns);
                    for (int a = 0; a < r; a++) new ReadOnlySpan<double>(rows + (nint)a * columns + i * r, r).CopyTo(block.AsSpan(a * r));
                    SymmetricEigendecomposition.Eigenvalues(block, r, values, 1);
                    if (values[0] > LargestExampleEigenvalue) (LargestExampleEigenvalue, SharpestExample) = (values[0], i);
                }
            }

            progress?.Report(first + count);
        }
    }

    /// <summary>The Frobenius norm of an r x r block.</summary>
    private static double Norm(double* block, int r, int stride)
    {
        if (r == 1) return Math.Abs(*block);
        double sum = 0;
        for (int a = 0; a < r; a++)
            for (int b = 0; b < r; b++) sum += block[(nint)a * stride + b] * block[(nint)a * stride + b];
        return Math.Sqrt(sum);
    }
}
