using HessianKernels.Krylov;
using HessianKernels.SecondMoment;
using HessianKernels.Spaces;
using ILGPU;

namespace HessianKernels.Gpu;

/// <summary>
/// The second-moment operator of SGD on a device, <c>T(M) = E[(I - eta H_B) M (I - eta H_B)]</c> on packed symmetric m x m matrices, as
/// <see cref="SecondMomentOperator"/>; and what is decided with it: the exact noise kernel norm and the critical learning rate.
/// </summary>
/// <remarks>All in double. MATHEMATICS 2 and 3.</remarks>
public sealed class DeviceSecondMoment : ILinearOperator<ArrayView<double>>, IDisposable
{
    private readonly GpuContext _gpu;
    private readonly DeviceMoment _moment;
    private readonly SecondMomentOptions _options;
    private readonly FunctionSpace _space;

    /// <summary>T at a learning rate.</summary>
    /// <param name="gpu">The device.</param>
    /// <param name="space">The set; not zero.</param>
    /// <param name="learningRate">eta, finite and positive.</param>
    /// <param name="sampling">How batches are drawn from as many examples as the set has.</param>
    /// <param name="options">Limits; the defaults where null.</param>
    /// <exception cref="ArgumentException">As <see cref="SecondMomentOperator"/>; or an example's factor has more than 64 rows.</exception>
    /// <exception cref="GpuMemoryException">It does not fit on the device.</exception>
    public DeviceSecondMoment(GpuContext gpu, FunctionSpace space, double learningRate, BatchSampling sampling, SecondMomentOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(gpu);
        Point.Check(space, learningRate, sampling);
        if (space.Rank == 0)
            throw new ArgumentException("The set is zero: its range has no dimension, and T is the identity outside the range.", nameof(space));
        (_gpu, _space, _options) = (gpu, space, (options ?? SecondMomentOptions.Default).Check());
        double[] diagonal = new double[PackedSymmetric.Length(space.Rank)];
        PairWeights.Drift(space.Eigenvalues, learningRate, sampling.Alpha, diagonal);
        for (int i = 0; i < diagonal.Length; i++) diagonal[i] = 1 - diagonal[i];
        _moment = new(gpu, space, diagonal, null, sampling.Kappa * learningRate * learningRate);
    }

    /// <inheritdoc/>
    public int Batch => 1;

    /// <summary>m (m + 1) / 2.</summary>
    public int Length => _moment.Length;

    /// <inheritdoc/>
    public void Apply(ArrayView<double> input, ArrayView<double> output) => _moment.Apply(input, output);

    /// <summary>lambda_max(T) on the range: a diagnostic, as <see cref="SecondMomentOperator.LargestEigenvalue"/>.</summary>
    /// <param name="progress">Told of every look of the search.</param>
    /// <param name="cancellation">Ends the search; what was found is returned.</param>
    public TopEigenvalue LargestEigenvalue(IProgress<LanczosProgress>? progress = null, CancellationToken cancellation = default)
    {
        double[] start = new double[Length];
        PackedSymmetric.Identity(_space.Rank, start);
        return Find(_gpu, _moment, start, _options, progress, cancellation);
    }

    /// <summary>K_exact on a device: SGD is stable in mean square exactly where it is below 1.</summary>
    /// <param name="gpu">The device.</param>
    /// <param name="space">The set.</param>
    /// <param name="learningRate">eta, finite and positive.</param>
    /// <param name="sampling">How batches are drawn from as many examples as the set has.</param>
    /// <param name="options">Tolerance and limits; the defaults where null.</param>
    /// <param name="progress">Told of every look of the search.</param>
    /// <param name="cancellation">Ends the search; what was found is returned, with the status Cancelled and an infinite radius.</param>
    /// <exception cref="ArgumentException">As <see cref="NoiseKernel.Norms"/>; or an example's factor has more than 64 rows.</exception>
    /// <exception cref="GpuMemoryException">It does not fit on the device.</exception>
    public static TopEigenvalue ExactNoise(
        GpuContext gpu, FunctionSpace space, double learningRate, BatchSampling sampling, SecondMomentOptions? options = null,
        IProgress<LanczosProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(gpu);
        Point.Check(space, learningRate, sampling);
        options = (options ?? SecondMomentOptions.Default).Check();
        if (space.Rank == 0) return TopEigenvalue.Known(0);
        if (!Point.MeanContracts(space, learningRate, sampling.Alpha)) return TopEigenvalue.Known(double.PositiveInfinity);
        if (sampling.Kappa == 0) return TopEigenvalue.Known(0);
        double[] root = new double[PackedSymmetric.Length(space.Rank)], start = new double[root.Length];
        PairWeights.Drift(space.Eigenvalues, learningRate, sampling.Alpha, root);
        PairWeights.InvertRoot(root);
        PackedSymmetric.Identity(space.Rank, start);
        using DeviceMoment moment = new(gpu, space, null, root, 1);
        return Find(gpu, moment, start, options, progress, cancellation).Times(sampling.Kappa * learningRate * learningRate);
    }

    /// <summary>
    /// The exact noise kernel norm with momentum and weight decay on a device, as <see cref="NoiseKernel.ExactWithMomentum"/>: stable in mean square exactly
    /// where it is below 1.
    /// </summary>
    /// <param name="gpu">The device.</param>
    /// <param name="space">The set.</param>
    /// <param name="learningRate">eta, finite and positive.</param>
    /// <param name="sampling">How batches are drawn from as many examples as the set has.</param>
    /// <param name="momentum">mu, in [0, 1).</param>
    /// <param name="weightDecay">rho, finite and not negative.</param>
    /// <param name="options">Tolerance and limits; the defaults where null.</param>
    /// <param name="progress">Told of every look of the search.</param>
    /// <param name="cancellation">Ends the search; what was found is returned, with the status Cancelled and an infinite radius.</param>
    /// <exception cref="ArgumentException">As <see cref="NoiseKernel.ExactWithMomentum"/>; or an example's factor has more than 64 rows.</exception>
    /// <exception cref="GpuMemoryException">It does not fit on the device.</exception>
    public static TopEigenvalue ExactNoiseWithMomentum(
        GpuContext gpu, FunctionSpace space, double learningRate, BatchSampling sampling, double momentum, double weightDecay = 0,
        SecondMomentOptions? options = null, IProgress<LanczosProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(gpu);
        Point.Check(space, learningRate, sampling);
        HeavyBall.Check(momentum, weightDecay);
        options = (options ?? SecondMomentOptions.Default).Check();
        if (NoiseKernel.KnownWithMomentum(space, learningRate, sampling, momentum, weightDecay) is { } known) return known;
        (double[] root, double[] diagonal, double[] start) = NoiseKernel.PencilWithMomentum(space, learningRate, sampling, momentum, weightDecay);
        using DeviceMoment noise = new(gpu, space, diagonal, root, sampling.Kappa * learningRate * learningRate);
        return Find(gpu, noise, start, options, progress, cancellation);
    }

    /// <summary>eta* on a device: <c>lambda_max(T) &lt; 1</c> on the range exactly for <c>0 &lt; eta &lt; eta*</c>.</summary>
    /// <param name="gpu">The device.</param>
    /// <param name="space">The set.</param>
    /// <param name="sampling">How batches are drawn from as many examples as the set has.</param>
    /// <param name="options">Tolerance and limits; the defaults where null.</param>
    /// <param name="progress">Told of every look of the search.</param>
    /// <param name="cancellation">Ends the search; what was found is returned, with the status Cancelled and the interval [0, infinity].</param>
    /// <exception cref="ArgumentException">As <see cref="SecondMoment.CriticalLearningRate.Of"/>; or an example's factor has more than 64 rows.</exception>
    /// <exception cref="GpuMemoryException">It does not fit on the device.</exception>
    public static CriticalLearningRate CriticalLearningRate(
        GpuContext gpu, FunctionSpace space, BatchSampling sampling, SecondMomentOptions? options = null, IProgress<LanczosProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(gpu);
        Point.Check(space, sampling);
        options = (options ?? SecondMomentOptions.Default).Check();
        // What is known without a search is the CPU's to say.
        if (space.Rank == 0 || !(space.Eigenvalues[^1] > 0) || sampling.Kappa == 0)
            return SecondMoment.CriticalLearningRate.Of(space, sampling, options, progress, cancellation);
        (double[] root, double[] diagonal, double[] start) = SecondMoment.CriticalLearningRate.Pencil(space, sampling.Alpha);
        using DeviceMoment pencil = new(gpu, space, diagonal, root, sampling.Kappa);
        return SecondMoment.CriticalLearningRate.From(Find(gpu, pencil, start, options, progress, cancellation));
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose() => _moment.Dispose();

    /// <summary>The same search as on the CPU, from the same start inside the cone.</summary>
    private static TopEigenvalue Find(
        GpuContext gpu, DeviceMoment matrix, double[] start, SecondMomentOptions options, IProgress<LanczosProgress>? progress, CancellationToken cancellation)
    {
        LanczosOptions settings = PerronVector.Settings(matrix.Length, options, storeProducts: false);
        LanczosResult<double> result = GpuLanczos.Run(gpu, matrix, 1, settings, start, null, progress, cancellation)[0];
        return new()
        {
            Value = result.Eigenvalues[0],
            Radius = result.EnclosureRadii[0],
            ResidualNorm = result.ResidualNorms[0],
            OperatorApplications = result.Evidence.OperatorApplications,
            Status = result.Evidence.Status,
        };
    }
}
