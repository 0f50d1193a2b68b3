using HessianKernels.Krylov;

namespace HessianKernels.SecondMoment;

/// <summary>
/// Noise kernel norms and critical learning rates of one set at many learning rates and batch sizes. What does not change is kept (the
/// matrix of K_diag, the critical learning rate of a sampling, the subspace that the eigenvectors of K_exact were found in): a further
/// point of a sweep soon costs half a product.
/// </summary>
/// <remarks>
/// The values are those of a cold start to the tolerance, not bit for bit. One call at a time.
/// </remarks>
/// <example><code>
/// LearningRateSweep sweep = new(space);
/// foreach (double learningRate in learningRates) norms.Add(sweep.Norms(learningRate, sampling));
/// </code></example>
public sealed class LearningRateSweep
{
    private readonly SecondMomentOptions _options;
    private readonly Dictionary<(double Alpha, double Kappa), CriticalLearningRate> _critical = [];
    private readonly bool _keeps;
    private readonly IEdgeSearch? _elsewhere;
    private ExactNoise? _exact;
    private NoiseSubspace? _subspace;
    private DiagonalNoise? _diagonal;

    /// <summary>Begins; nothing is computed yet.</summary>
    /// <param name="space">The set.</param>
    /// <param name="options">Tolerance, limits, threads; the defaults where null.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="InvalidOperationException">The memory that the norms need is above the limit; the message names both.</exception>
    public LearningRateSweep(FunctionSpace space, SecondMomentOptions? options = null)
        : this(space, options, single: false)
    {
    }

    /// <summary>A single point is not worth the memory of a subspace, nor are searches made elsewhere.</summary>
    internal LearningRateSweep(FunctionSpace space, SecondMomentOptions? options, bool single, IEdgeSearch? elsewhere = null)
    {
        ArgumentNullException.ThrowIfNull(space);
        (Space, _options, _elsewhere) = (space, (options ?? SecondMomentOptions.Default).Check(), elsewhere);
        _keeps = !single && elsewhere is null && NoiseSubspace.Serves(space);
        long required = single ? NoiseKernel.RequiredBytes(space, options) : RequiredBytes(space, options);
        _options.ThrowIfOver(required, $"The noise kernel of {space.Examples} examples on {space.Rank} dimensions");
    }

    /// <summary>The set.</summary>
    public FunctionSpace Space { get; }

    /// <summary>All five norms at a point.</summary>
    /// <inheritdoc cref="NoiseKernel.Norms" path="/param[@name!='space' and @name!='options']"/>
    public NoiseKernelNorms Norms(
        double learningRate, BatchSampling sampling, IProgress<LanczosProgress>? progress = null, CancellationToken cancellation = default)
    {
        double trace = 0;
        foreach (double lambda in Space.Eigenvalues) trace += lambda;
        return new()
        {
            LearningRate = learningRate,
            Sampling = sampling,
            Exact = Exact(learningRate, sampling, progress, cancellation),
            Diagonal = Diagonal(learningRate, sampling, progress, cancellation),
            HighDimensional = NoiseKernel.HighDimensional(Space.Eigenvalues, Space.Rows, learningRate, sampling),
            HighDimensionalAsymptotic = NoiseKernel.HighDimensionalAsymptotic(Space.Eigenvalues, Space.Rows, learningRate, sampling),
            Trace = NoiseKernel.Trace(trace, Space.Rows, learningRate, sampling),
        };
    }

    /// <summary>K_exact alone.</summary>
    /// <inheritdoc cref="NoiseKernel.Norms" path="/param[@name!='space' and @name!='options']"/>
    public TopEigenvalue Exact(
        double learningRate, BatchSampling sampling, IProgress<LanczosProgress>? progress = null, CancellationToken cancellation = default)
    {
        if (Known(learningRate, sampling) is { } known) return known;
        if (_elsewhere is not null) return _elsewhere.ExactNoise(Space, learningRate, sampling, _options, progress, cancellation);
        double factor = sampling.Kappa * learningRate * learningRate;
        int spent = 0;
        if (_keeps)
        {
            _subspace ??= new(Space, _options);
            PairWeights.Drift(Space.Eigenvalues, learningRate, sampling.Alpha, _subspace.Weights);
            TopEigenvalue top = _subspace.Largest(progress, cancellation, out bool proved);
            if (proved) return top.Times(factor);
            spent = top.OperatorApplications;
        }

        _exact ??= new(Space, _options);
        PairWeights.Drift(Space.Eigenvalues, learningRate, sampling.Alpha, _exact.Weights);
        TopEigenvalue found = _exact.Largest(progress, cancellation);
        return (found with { OperatorApplications = found.OperatorApplications + spent }).Times(factor);
    }

    /// <summary>K_diag alone.</summary>
    /// <inheritdoc cref="NoiseKernel.Norms" path="/param[@name!='space' and @name!='options']"/>
    public TopEigenvalue Diagonal(
        double learningRate, BatchSampling sampling, IProgress<LanczosProgress>? progress = null, CancellationToken cancellation = default)
    {
        if (Known(learningRate, sampling) is { } known) return known;
        _diagonal ??= new(Space, _options.ThreadCount);
        double[] start = new double[Space.Rank];
        Array.Fill(start, 1);
        for (int a = 0; a < Space.Rank; a++)
        {
            double x = learningRate * Space.Eigenvalues[a];
            _diagonal.Scale[a] = 1 / Math.Sqrt(x * (2 - sampling.Alpha * x));
        }

        TopEigenvalue top = PerronVector.Find(_diagonal, start, _options, storeProducts: true, progress, cancellation);
        return top.Times(sampling.Kappa * learningRate * learningRate);
    }

    /// <summary>eta*, computed once a sampling.</summary>
    /// <param name="sampling">How batches are drawn.</param>
    /// <param name="progress">Told of every look of a search.</param>
    /// <param name="cancellation">Ends the search.</param>
    public CriticalLearningRate CriticalLearningRate(
        BatchSampling sampling, IProgress<LanczosProgress>? progress = null, CancellationToken cancellation = default)
    {
        Point.Check(Space, sampling);
        if (_critical.TryGetValue((sampling.Alpha, sampling.Kappa), out CriticalLearningRate found)) return found;
        found = _elsewhere?.CriticalLearningRate(Space, sampling, _options, progress, cancellation)
            ?? SecondMoment.CriticalLearningRate.Of(Space, sampling, _options, progress, cancellation);
        if (found.Evidence.Status == LanczosStatus.Converged) _critical[(sampling.Alpha, sampling.Kappa)] = found;
        return found;
    }

    /// <summary>
    /// Bytes that the norms take beyond the set: those of one point, and the subspace that is kept, some fifty packed m x m matrices.
    /// </summary>
    /// <param name="space">The set.</param>
    /// <param name="options">The options of the sweep.</param>
    public static long RequiredBytes(FunctionSpace space, SecondMomentOptions? options = null)
    {
        long point = NoiseKernel.RequiredBytes(space, options);
        if (!NoiseSubspace.Serves(space)) return point;
        return point + NoiseSubspace.RequiredBytes(space, options ?? SecondMomentOptions.Default);
    }

    /// <summary>What needs no search: nothing to be unstable, an unstable mean, no noise.</summary>
    private TopEigenvalue? Known(double learningRate, BatchSampling sampling)
    {
        Point.Check(Space, learningRate, sampling);
        if (Space.Rank == 0) return TopEigenvalue.Known(0);
        if (!Point.MeanContracts(Space, learningRate, sampling.Alpha)) return TopEigenvalue.Known(double.PositiveInfinity);
        return sampling.Kappa == 0 ? TopEigenvalue.Known(0) : null;
    }
}
