using HessianKernels.Krylov;

namespace HessianKernels.SecondMoment;

/// <summary>
/// The noise kernel: how much of the second moment that SGD's noise takes out of a step it puts back over all later steps. With <c>W_ab =
/// eta (lambda_a + lambda_b) - alpha eta^2 lambda_a lambda_b</c>,
/// <code>
/// K_exact  = kappa eta^2 lambda_max( W^{-1/2} o [(1/n) sum_i H_i ( . ) H_i] o W^{-1/2} )
/// K_diag   = kappa eta^2 lambda_max( D^{-1/2} N D^{-1/2} ),  N_ab = (1/n) sum_i [(H_i)_ab]^2,  D = diag(W_aa)
/// K_hd     = (1/r) kappa eta sum_a lambda_a / (2 - alpha eta lambda_a)
/// K_hd_asy = (1/r) (eta/b) sum_a lambda_a / (2 - eta lambda_a)
/// K_tr     = (1/r) eta / (2 b) sum_a lambda_a
/// </code>
/// in the eigenbasis of H. Stable in mean square exactly where <c>K_exact &lt; 1</c>.
/// </summary>
/// <remarks>
/// Where <c>alpha eta lambda_max >= 2</c>, or an eigenvalue of H is not positive, the mean itself does not contract and the first three are
/// +infinity; K_hd_asy is from <c>eta lambda_max >= 2</c> on. The norms of many learning rates or batch sizes:
/// <see cref="LearningRateSweep"/>. MATHEMATICS 3; paper 000 eqs. 9 to 11, whose slips are in MATHEMATICS 9.
/// </remarks>
public static partial class NoiseKernel
{
    /// <summary>All five norms. Some ten products of 2 n r m^2 flops for K_exact, n r (r + 1) / 2 m^2 flops for K_diag.</summary>
    /// <param name="space">The set.</param>
    /// <param name="learningRate">eta, finite and positive.</param>
    /// <param name="sampling">How batches are drawn from as many examples as the set has.</param>
    /// <param name="options">Tolerance, limits, threads; the defaults where null.</param>
    /// <param name="progress">Told of every look of a search.</param>
    /// <param name="cancellation">Ends a search; what was found is returned, with the status Cancelled and an infinite radius.</param>
    /// <exception cref="ArgumentOutOfRangeException">The learning rate or an option is out of its range.</exception>
    /// <exception cref="ArgumentException">The sampling is from another number of examples.</exception>
    /// <exception cref="InvalidOperationException">The memory needed is above the limit; the message names both.</exception>
    public static NoiseKernelNorms Norms(
        FunctionSpace space, double learningRate, BatchSampling sampling, SecondMomentOptions? options = null,
        IProgress<LanczosProgress>? progress = null, CancellationToken cancellation = default)
        => new LearningRateSweep(space, options, single: true).Norms(learningRate, sampling, progress, cancellation);

    /// <summary>
    /// Bytes that <see cref="Norms"/> takes beyond the set: two m x m matrices and a half, and the vectors of the searches.
    /// </summary>
    /// <param name="space">The set.</param>
    /// <param name="options">The options of the call.</param>
    public static long RequiredBytes(FunctionSpace space, SecondMomentOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(space);
        options = (options ?? SecondMomentOptions.Default).Check();
        return ExactNoise.RequiredBytes(space, options) + DiagonalNoise.RequiredBytes(space)
            + PerronVector.RequiredBytes(space.Rank, options, storeProducts: true);
    }

    /// <summary>K_hd from the spectrum alone.</summary>
    /// <param name="eigenvalues">The eigenvalues of H on its range.</param>
    /// <param name="rows">r.</param>
    /// <param name="learningRate">eta.</param>
    /// <param name="sampling">How batches are drawn.</param>
    public static double HighDimensional(ReadOnlySpan<double> eigenvalues, int rows, double learningRate, BatchSampling sampling)
    {
        Point.Check(learningRate, sampling);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        return Harmonic(eigenvalues, sampling.Alpha * learningRate, sampling.Kappa * learningRate / rows);
    }

    /// <summary>K_hd_asy from the spectrum alone.</summary>
    /// <inheritdoc cref="HighDimensional" path="/param"/>
    public static double HighDimensionalAsymptotic(ReadOnlySpan<double> eigenvalues, int rows, double learningRate, BatchSampling sampling)
    {
        Point.Check(learningRate, sampling);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        return Harmonic(eigenvalues, learningRate, learningRate / (sampling.BatchSize * (double)rows));
    }

    /// <summary>K_tr from the trace alone.</summary>
    /// <param name="trace">tr H = tr Theta.</param>
    /// <param name="rows">r.</param>
    /// <param name="learningRate">eta.</param>
    /// <param name="sampling">How batches are drawn: only b is read.</param>
    public static double Trace(double trace, int rows, double learningRate, BatchSampling sampling)
    {
        Point.Check(learningRate, sampling);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        return learningRate / (2.0 * sampling.BatchSize * rows) * trace;
    }

    /// <summary><c>factor sum_a lambda_a / (2 - rate lambda_a)</c>.</summary>
    private static double Harmonic(ReadOnlySpan<double> eigenvalues, double rate, double factor)
    {
        double sum = 0;
        foreach (double lambda in eigenvalues)
        {
            if (rate * lambda >= 2) return double.PositiveInfinity;
            sum += lambda / (2 - rate * lambda);
        }

        return factor * sum;
    }
}
