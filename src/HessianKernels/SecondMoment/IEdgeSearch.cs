using HessianKernels.Krylov;

namespace HessianKernels.SecondMoment;

/// <summary>
/// The searches that decide stability in mean square, for another place than the CPU to make: K_exact and eta* of SGD, and the norm that decides with momentum
/// or weight decay.
/// </summary>
public interface IEdgeSearch
{
    /// <summary>K_exact, of a set that is not zero, where the mean contracts and there is noise.</summary>
    /// <param name="space">The set.</param>
    /// <param name="learningRate">eta, finite and positive.</param>
    /// <param name="sampling">How batches are drawn from as many examples as the set has.</param>
    /// <param name="options">Tolerance and limits.</param>
    /// <param name="progress">Told of every look of the search.</param>
    /// <param name="cancellation">Ends the search; what was found is returned, with the status Cancelled.</param>
    TopEigenvalue ExactNoise(
        FunctionSpace space, double learningRate, BatchSampling sampling, SecondMomentOptions options, IProgress<LanczosProgress>? progress,
        CancellationToken cancellation);

    /// <summary>The exact noise kernel norm with momentum and weight decay, <see cref="NoiseKernel.ExactWithMomentum"/>.</summary>
    /// <param name="space">The set.</param>
    /// <param name="learningRate">eta, finite and positive.</param>
    /// <param name="sampling">How batches are drawn from as many examples as the set has.</param>
    /// <param name="momentum">mu, in [0, 1).</param>
    /// <param name="weightDecay">rho, finite and not negative.</param>
    /// <param name="options">Tolerance and limits.</param>
    /// <param name="progress">Told of every look of the search.</param>
    /// <param name="cancellation">Ends the search; what was found is returned, with the status Cancelled.</param>
    TopEigenvalue ExactNoiseWithMomentum(
        FunctionSpace space, double learningRate, BatchSampling sampling, double momentum, double weightDecay, SecondMomentOptions options,
        IProgress<LanczosProgress>? progress, CancellationToken cancellation);

    /// <summary>eta*.</summary>
    /// <param name="space">The set.</param>
    /// <param name="sampling">How batches are drawn from as many examples as the set has.</param>
    /// <param name="options">Tolerance and limits.</param>
    /// <param name="progress">Told of every look of the search.</param>
    /// <param name="cancellation">Ends the search; what was found is returned, with the status Cancelled.</param>
    CriticalLearningRate CriticalLearningRate(
        FunctionSpace space, BatchSampling sampling, SecondMomentOptions options, IProgress<LanczosProgress>? progress, CancellationToken cancellation);
}
