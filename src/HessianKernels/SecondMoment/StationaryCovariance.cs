using HessianKernels.Krylov;
using HessianKernels.Spaces;

namespace HessianKernels.SecondMoment;

/// <summary>
/// The covariance that SGD with noisy gradients settles to at a minimum: <c>Sigma = T(Sigma) + eta^2 kappa Sigma_g</c>, <c>Sigma_g = (1/n)
/// sum_i g_i g_i^T</c> of the gradients at the minimum, whose mean is 0.
/// </summary>
/// <remarks>
/// <c>I - T</c> is positive definite on the range exactly where SGD is stable in mean square: conjugate gradients on packed matrices,
/// preconditioned by 1 / W. Each iteration one product of 2 n r m^2 flops; their number grows as K_exact nears 1. MATHEMATICS 3; paper 002
/// App. E.
/// </remarks>
public sealed class StationaryCovariance
{
    private StationaryCovariance(StationaryStatus status, TopEigenvalue noise, double[] packed, ConjugateGradientsEvidence evidence)
        => (Status, NoiseKernel, Packed, Evidence) = (status, noise, packed, evidence);

    /// <summary>How the search ended.</summary>
    public StationaryStatus Status { get; }

    /// <summary>K_exact at the point, which decided whether there is anything to solve.</summary>
    public TopEigenvalue NoiseKernel { get; }

    /// <summary>Sigma, packed, <c>[m (m + 1) / 2]</c> (<see cref="SecondMomentOperator.Unpack"/>); empty where unstable.</summary>
    public double[] Packed { get; }

    /// <summary>Iterations and the true residual.</summary>
    public ConjugateGradientsEvidence Evidence { get; }

    /// <summary>Solves for Sigma.</summary>
    /// <param name="space">The set.</param>
    /// <param name="learningRate">eta, finite and positive.</param>
    /// <param name="sampling">How batches are drawn from as many examples as the set has.</param>
    /// <param name="gradientNoise">Sigma_g in the eigenbasis of H, packed, <c>[m (m + 1) / 2]</c>; see <see cref="GradientNoise"/>.</param>
    /// <param name="options">Tolerances, limits, threads; the defaults where null.</param>
    /// <param name="progress">Told the number of iterations.</param>
    /// <param name="cancellation">Ends the search; what was found is returned.</param>
    /// <exception cref="ArgumentOutOfRangeException">The learning rate or an option is out of its range, or one array cannot hold a
    /// matrix.</exception>
    /// <exception cref="ArgumentException">The sampling is from another number of examples, or Sigma_g has another length.</exception>
    /// <exception cref="InvalidOperationException">The memory needed is above the limit; the message names both.</exception>
    public static StationaryCovariance Solve(
        FunctionSpace space, double learningRate, BatchSampling sampling, ReadOnlySpan<double> gradientNoise,
        SecondMomentOptions? options = null, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        Point.Check(space, learningRate, sampling);
        options = (options ?? SecondMomentOptions.Default).Check();
        int length = PackedSymmetric.Length(space.Rank);
        if (gradientNoise.Length != length)
            throw new ArgumentException(
                $"Found {gradientNoise.Length} elements; expected m (m + 1) / 2 = {length} for m = {space.Rank}.", nameof(gradientNoise));
        options.ThrowIfOver(
            RequiredBytes(space, options), $"The stationary covariance of {space.Examples} examples on {space.Rank} dimensions");

        TopEigenvalue noise = new LearningRateSweep(space, options, single: true).Exact(learningRate, sampling, cancellation: cancellation);
        if (!(noise.Value < 1)) return new(StationaryStatus.Unstable, noise, [], default);
        if (length == 0) return new(StationaryStatus.Converged, noise, [], default);

        double[] drift = new double[length], inverse = new double[length], right = new double[length], covariance = new double[length];
        PairWeights.Drift(space.Eigenvalues, learningRate, sampling.Alpha, drift);
        for (int i = 0; i < length; i++)
        {
            inverse[i] = 1 / drift[i];
            right[i] = learningRate * learningRate * sampling.Kappa * gradientNoise[i];
        }

        WeightedMoment rest = new(new(space, options.ThreadCount), space, drift, null, -sampling.Kappa * learningRate * learningRate);
        ConjugateGradientsOptions solve = new()
        {
            RelativeTolerance = options.SolveTolerance,
            MaximumIterations = options.MaximumApplications,
            Threads = options.Threads,
        };
        Elementwise preconditioner = new(inverse);
        ConjugateGradientsEvidence evidence
            = ConjugateGradients.Solve<double>(rest, right, covariance, solve, preconditioner, progress, cancellation)[0];
        StationaryStatus status = evidence.Status switch
        {
            ConjugateGradientsStatus.Converged => StationaryStatus.Converged,
            ConjugateGradientsStatus.NotPositiveDefinite => StationaryStatus.Unstable,
            _ => StationaryStatus.Partial,
        };
        return new(status, noise, status == StationaryStatus.Unstable ? [] : covariance, evidence);
    }

    /// <summary><c>Sigma_g = (1/n) sum_i g_i g_i^T</c>, packed, from gradients in the eigenbasis of H.</summary>
    /// <param name="gradients"><c>[n, m]</c>; their mean is meant to be 0.</param>
    /// <param name="examples">n, at least 1.</param>
    /// <returns><c>[m (m + 1) / 2]</c>.</returns>
    /// <exception cref="ArgumentException">The gradients are not n whole vectors.</exception>
    public static unsafe double[] GradientNoise(ReadOnlySpan<double> gradients, int examples)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(examples, 1);
        if (gradients.Length % examples != 0)
            throw new ArgumentException(
                $"Found {gradients.Length} elements; expected whole vectors of {examples} examples.", nameof(gradients));
        int m = gradients.Length / examples;
        double[] matrix = new double[PackedSymmetric.Square(m)], packed = new double[PackedSymmetric.Length(m)];
        fixed (double* g = gradients, c = matrix)
            Kernels.Gemm.MultiplyLower(true, false, m, examples, 1.0 / examples, g, m, g, m, 0.0, c, m);
        PackedSymmetric.Pack(matrix, m, packed);
        return packed;
    }

    /// <summary>
    /// The gradient-noise interaction of the stationary state, <c>E_pi E_B[g_B^T H g_B] / E_pi ||g||^2</c>, which is <c>2 / eta</c> exactly
    /// for the true Sigma (MATHEMATICS P11): a check of the solution that its residual is no part of.
    /// </summary>
    /// <param name="space">The set that was solved for.</param>
    /// <param name="sampling">The same sampling.</param>
    /// <param name="gradientNoise">The same Sigma_g.</param>
    /// <param name="options">Threads; the defaults where null.</param>
    /// <exception cref="InvalidOperationException">There is no covariance.</exception>
    /// <exception cref="ArgumentException">A length is not the solution's.</exception>
    public double Interaction(
        FunctionSpace space, BatchSampling sampling, ReadOnlySpan<double> gradientNoise, SecondMomentOptions? options = null)
    {
        Point.Check(space, sampling);
        if (Packed.Length == 0) throw new InvalidOperationException($"The status is {Status}: there is no covariance.");
        int length = PackedSymmetric.Length(space.Rank);
        if (length != Packed.Length)
            throw new ArgumentException(
                $"Found a set of {space.Rank} dimensions; the solution has {Packed.Length} elements.", nameof(space));
        if (gradientNoise.Length != length)
            throw new ArgumentException($"Found {gradientNoise.Length} elements; expected {length}.", nameof(gradientNoise));
        options = (options ?? SecondMomentOptions.Default).Check();
        double[] product = new double[length], moment = new double[length];
        PairWeights.Product(space.Eigenvalues, product);
        for (int i = 0; i < length; i++) product[i] *= sampling.Alpha;
        new WeightedMoment(new(space, options.ThreadCount), space, product, null, sampling.Kappa).Apply(Packed, moment);
        double interaction = 0, square = 0;
        for (int a = 0, at = 0; a < space.Rank; a++, at += a + 1)
        {
            double lambda = space.Eigenvalues[a];
            interaction += lambda * (moment[at] + sampling.Kappa * gradientNoise[at]);
            square += lambda * lambda * Packed[at];
        }

        return interaction / square;
    }

    /// <summary>Bytes that <see cref="Solve"/> takes beyond the set.</summary>
    /// <param name="space">The set.</param>
    /// <param name="options">The options of the call.</param>
    public static long RequiredBytes(FunctionSpace space, SecondMomentOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(space);
        options = (options ?? SecondMomentOptions.Default).Check();
        long length = (long)space.Rank * (space.Rank + 1) / 2;
        // Nine vectors: two of weights, the two sides, and five of the iteration.
        long solve = WeightedMoment.RequiredBytes(space, 9, options.ThreadCount);
        return Math.Max(SecondMoment.NoiseKernel.RequiredBytes(space, options), solve);
    }

    private sealed class Elementwise(double[] factors) : ILinearOperator<Span<double>>
    {
        public int Batch => 1;

        public int Length => factors.Length;

        public void Apply(Span<double> input, Span<double> output)
        {
            for (int i = 0; i < factors.Length; i++) output[i] = factors[i] * input[i];
        }
    }
}
