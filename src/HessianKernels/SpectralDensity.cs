using System.Numerics;
using HessianKernels.Krylov;
using HessianKernels.Operators;
using HessianKernels.Spaces;

namespace HessianKernels;

/// <summary>
/// The distribution of a symmetric matrix's eigenvalues from products with it alone, by stochastic Lanczos quadrature: its density, cumulative distribution and moments,
/// and <c>tr f(A)</c> for any f, each with a standard error.
/// </summary>
/// <example><code>
/// SpectralQuadrature[] spectra = SpectralDensity.Estimate&lt;double&gt;(hessian, new() { Probes = 32, Steps = 80, Seed = 1 });
/// SpectralDensityCurve curve = spectra[0].Density();
/// SampleMean logDeterminant = spectra[0].TraceOf(Math.Log);
/// </code></example>
public static partial class SpectralDensity
{
    /// <summary>
    /// Runs Lanczos from each probe and keeps its Gauss rule: <c>v^T f(A) v = sum_k tau_k f(theta_k)</c>.
    /// Probes * Steps products, and 4 n Steps^2 Probes flops to keep each basis orthogonal.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="matrix">A batch of symmetric operators.</param>
    /// <param name="options">Probes, steps, seed; the defaults where null.</param>
    /// <param name="progress">Told the number of products so far.</param>
    /// <param name="cancellation">Once a probe is finished, cancelling gives the finished ones with the status Cancelled.</param>
    /// <returns>One result a batch item, the same bits as the item gives alone.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range, or the memory that they need is more than one array holds.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before the first probe was finished.</exception>
    public static SpectralQuadrature[] Estimate<T>(
        ILinearOperator<Span<T>> matrix, SpectralDensityOptions? options = null, IProgress<int>? progress = null, CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(matrix);
        options ??= SpectralDensityOptions.Default;
        options.Check();
        CpuSpace<T> space = new(matrix.Batch, matrix.Length, options.Threads);
        T[] memory = Workspace.Allocate<T>(Elements(matrix.Length, matrix.Batch, options));
        return EstimateOn<Span<T>, CpuSpace<T>, ILinearOperator<Span<T>>>(space, matrix, memory, options, progress, cancellation);
    }

    /// <summary>The same for a stack of dense symmetric matrices.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="matrices"><c>[batch, n, n]</c>, row-major; only read.</param>
    /// <param name="n">Order of each matrix.</param>
    /// <param name="options">Probes, steps, seed; the defaults where null.</param>
    /// <param name="progress">Told the number of products so far.</param>
    /// <param name="cancellation">Once a probe is finished, cancelling gives the finished ones with the status Cancelled.</param>
    /// <returns>One result a matrix.</returns>
    /// <exception cref="ArgumentException">The memory does not hold a whole number of n x n matrices.</exception>
    public static SpectralQuadrature[] Estimate<T>(
        ReadOnlyMemory<T> matrices, int n, SpectralDensityOptions? options = null, IProgress<int>? progress = null, CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Estimate(new DenseSymmetric<T>(matrices, n, options?.Threads ?? 0), options, progress, cancellation);

    /// <summary>Bytes that an estimate takes for its vectors and rules: about (Steps + 1) n numbers an item.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="length">n.</param>
    /// <param name="batch">Number of operators.</param>
    /// <param name="options">The defaults where null.</param>
    public static long RequiredBytes<T>(int length, int batch = 1, SpectralDensityOptions? options = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        options ??= SpectralDensityOptions.Default;
        options.Check();
        long steps = Math.Min(options.Steps, length);
        return Workspace.Bytes<T>(Elements(length, batch, options), batch * (2 * steps * options.Probes + 2 * steps) + 2 * steps);
    }

    private static long Elements(int length, int batch, SpectralDensityOptions options)
        => StochasticLanczosQuadrature.Elements(batch, length, Math.Min(options.Steps, length));
}
