using HessianKernels.Krylov;

namespace HessianKernels.SecondMoment;

public static partial class NoiseKernel
{
    /// <summary>
    /// The exact noise kernel norm of SGD with heavy-ball momentum mu and weight decay rho, <c>w' = w - eta (H_B + rho) w + mu (w -
    /// w_before)</c>:
    /// <code>kappa eta^2 lambda_max( P^{1/2} o [A - c L ( . ) L] o P^{1/2} ),   P_ab = sum_t h_t(a) h_t(b)</code>
    /// with h(a) the impulse response of the mode lambda_a. Stable in mean square exactly where it is below 1. +infinity where the mean
    /// does not contract.
    /// </summary>
    /// <remarks>
    /// The noise that a step adds is <c>kappa eta^2 [(1/n) sum_i H_i M H_i - c H M H]</c>, and each mode pair passes it on by P; so for mu
    /// = rho = 0 this norm is 1 where K_exact is, but another number elsewhere: K_exact counts alpha H M H among the deterministic part.
    /// Weight decay is not drawn: Bernoulli batches of any size have rho once. Some ten to twenty products of 2 n r m^2 flops on packed m x
    /// m matrices. MATHEMATICS 3; paper 000 A.5.
    /// </remarks>
    /// <param name="space">The set.</param>
    /// <param name="learningRate">eta, finite and positive.</param>
    /// <param name="sampling">How batches are drawn from as many examples as the set has.</param>
    /// <param name="momentum">mu, in [0, 1).</param>
    /// <param name="weightDecay">rho, finite and not negative.</param>
    /// <param name="options">Tolerance, limits, threads; the defaults where null.</param>
    /// <param name="progress">Told of every look of the search.</param>
    /// <param name="cancellation">Ends the search; what was found is returned, with the status Cancelled and an infinite radius.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range, or one array cannot hold the matrices.</exception>
    /// <exception cref="ArgumentException">The sampling is from another number of examples.</exception>
    /// <exception cref="InvalidOperationException">The memory needed is above the limit; the message names both.</exception>
    public static TopEigenvalue ExactWithMomentum(
        FunctionSpace space, double learningRate, BatchSampling sampling, double momentum, double weightDecay = 0,
        SecondMomentOptions? options = null, IProgress<LanczosProgress>? progress = null, CancellationToken cancellation = default)
    {
        Point.Check(space, learningRate, sampling);
        HeavyBall.Check(momentum, weightDecay);
        options = (options ?? SecondMomentOptions.Default).Check();
        if (KnownWithMomentum(space, learningRate, sampling, momentum, weightDecay) is { } known) return known;
        options.ThrowIfOver(
            MomentumRequiredBytes(space, options),
            $"The noise kernel with momentum of {space.Examples} examples on {space.Rank} dimensions");
        (double[] root, double[] diagonal, double[] start) = PencilWithMomentum(space, learningRate, sampling, momentum, weightDecay);
        WeightedMoment noise = new(new(space, options.ThreadCount), space, diagonal, root, sampling.Kappa * learningRate * learningRate);
        return PerronVector.Find(noise, start, options, storeProducts: false, progress, cancellation);
    }

    /// <summary>What <see cref="ExactWithMomentum"/> is where it needs no search; null where it does.</summary>
    internal static TopEigenvalue? KnownWithMomentum(
        FunctionSpace space, double learningRate, BatchSampling sampling, double momentum, double weightDecay)
    {
        if (space.Rank == 0) return TopEigenvalue.Known(0);
        foreach (double lambda in (ReadOnlySpan<double>)[space.Eigenvalues[0], space.Eigenvalues[^1]])
            if (!HeavyBall.Contracts(lambda, learningRate, momentum, weightDecay)) return TopEigenvalue.Known(double.PositiveInfinity);

        return sampling.Kappa == 0 && sampling.Alpha == 1 ? TopEigenvalue.Known(0) : null;
    }

    /// <summary>
    /// <c>P^{1/2} o N o P^{1/2}</c> but for its noise, packed: w = P^{1/2}, the diagonal D of <see cref="WeightedMoment"/>, and a start.
    /// </summary>
    internal static (double[] Root, double[] Diagonal, double[] Start) PencilWithMomentum(
        FunctionSpace space, double learningRate, BatchSampling sampling, double momentum, double weightDecay)
    {
        int length = PackedSymmetric.Length(space.Rank);
        double[] root = new double[length], diagonal = new double[length], start = new double[length];
        PairWeights.HeavyBall(space.Eigenvalues, learningRate, momentum, weightDecay, root);
        PairWeights.Product(space.Eigenvalues, diagonal);
        // (alpha - 1) L M L is - kappa c L M L, and stays right where kappa is 0.
        double rest = learningRate * learningRate * (sampling.Alpha - 1);
        for (int i = 0; i < length; i++) diagonal[i] *= rest / root[i];
        PairWeights.InvertRoot(root);
        PackedSymmetric.Identity(space.Rank, start);
        return (root, diagonal, start);
    }

    /// <summary>Bytes that <see cref="ExactWithMomentum"/> takes beyond the set: those of the critical learning rate.</summary>
    /// <param name="space">The set.</param>
    /// <param name="options">The options of the call.</param>
    public static long MomentumRequiredBytes(FunctionSpace space, SecondMomentOptions? options = null)
        => SecondMoment.CriticalLearningRate.RequiredBytes(space, options);

    /// <summary>
    /// K_hd with momentum and weight decay, from the spectrum alone: <c>(1/r) kappa eta^2 sum_a lambda_a^2 P_aa</c>. For rho = 0 <c>kappa
    /// eta sum_a lambda_a / ((1 - mu)(2 - eta lambda_a / (1 + mu)))</c>; for mu = 0 <c>kappa eta^2 sum_a lambda_a^2 / (1 - (1 - eta
    /// lambda_a - eta rho)^2)</c>.
    /// </summary>
    /// <param name="eigenvalues">The eigenvalues of H on its range.</param>
    /// <param name="rows">r.</param>
    /// <param name="learningRate">eta, finite and positive.</param>
    /// <param name="sampling">How batches are drawn.</param>
    /// <param name="momentum">mu, in [0, 1).</param>
    /// <param name="weightDecay">rho, finite and not negative.</param>
    /// <returns>The estimate; +infinity where the mean does not contract.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    /// <remarks>Paper 000 A.5; MATHEMATICS 3.</remarks>
    public static double HighDimensionalWithMomentum(
        ReadOnlySpan<double> eigenvalues, int rows, double learningRate, BatchSampling sampling, double momentum, double weightDecay = 0)
    {
        Point.Check(learningRate, sampling);
        HeavyBall.Check(momentum, weightDecay);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        double sum = 0;
        foreach (double lambda in eigenvalues)
        {
            if (!HeavyBall.Contracts(lambda, learningRate, momentum, weightDecay)) return double.PositiveInfinity;
            double x = learningRate * (lambda + weightDecay), square = learningRate * lambda;
            sum += square * square * (1 + momentum) / ((1 - momentum) * x * (2 * (1 + momentum) - x));
        }

        return sampling.Kappa / rows * sum;
    }

    /// <summary>K_tr with momentum, paper 000 eq. 18: <c>(1/r) eta / (2 (1 - mu) b) tr H</c>.</summary>
    /// <param name="trace">tr H = tr Theta.</param>
    /// <param name="rows">r.</param>
    /// <param name="learningRate">eta, finite and positive.</param>
    /// <param name="sampling">How batches are drawn: only b is read.</param>
    /// <param name="momentum">mu, in [0, 1).</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static double TraceWithMomentum(double trace, int rows, double learningRate, BatchSampling sampling, double momentum)
    {
        HeavyBall.Check(momentum, 0);
        return Trace(trace, rows, learningRate, sampling) / (1 - momentum);
    }

    /// <summary>
    /// The spectral radius of the noise alone, without what the steps after it take away: <c>kappa eta^2 lambda_max(A)</c>. For Bernoulli
    /// sampling it is that of N of paper 003's Lemma 4.1, <c>N(M) = eta^2 (1/(n b) - 1/n^2) sum_i H_i M H_i</c>.
    /// </summary>
    /// <inheritdoc cref="Norms" path="/param|/exception"/>
    public static TopEigenvalue Radius(
        FunctionSpace space, double learningRate, BatchSampling sampling, SecondMomentOptions? options = null,
        IProgress<LanczosProgress>? progress = null, CancellationToken cancellation = default)
    {
        Point.Check(space, learningRate, sampling);
        options = (options ?? SecondMomentOptions.Default).Check();
        if (space.Rank == 0 || sampling.Kappa == 0) return TopEigenvalue.Known(0);
        options.ThrowIfOver(ExactNoise.RequiredBytes(space, options), $"The noise of {space.Examples} examples on {space.Rank} dimensions");
        ExactNoise noise = new(space, options);
        Array.Fill(noise.Weights, 1);
        return noise.Largest(progress, cancellation).Times(sampling.Kappa * learningRate * learningRate);
    }
}
