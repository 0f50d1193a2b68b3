using HessianKernels.Krylov;
using HessianKernels.Networks.Tensors;
using HessianKernels.SecondMoment;
using HessianKernels.Spaces;

namespace HessianKernels.Networks.Curvature;

/// <summary>
/// The contraction of Wu et al. (paper 002 eq. 37) of a model's Gauss-Newton matrices, in parameter space and by products alone: what
/// <see cref="Contraction"/> takes from a matrix of the order n C, for as many examples as go through the network.
/// </summary>
/// <remarks>
/// With <c>H_i = J_i^T S_i J_i</c> and <c>H</c> their mean, <c>E[H_B^2] = alpha H^2 + kappa (1/n) sum_i H_i^2</c>, and
/// <c>H_i^2 = J_i^T (S_i J_i J_i^T S_i) J_i</c>: a Gauss-Newton product with other Hessians at the outputs, C x C an example, which C
/// backward passes and C^2 / 2 inner products of signals give once. A product then costs two forward tangents and three backward passes of
/// all examples. Memory: 2 n C^2 and 2 d numbers beyond the point and <see cref="Lanczos"/>'s basis.
/// </remarks>
/// <example><code>
/// TopEigenvalue excess = ModelContraction.Shifted(point, learningRate, BatchSampling.WithoutReplacement(point.Examples, 16));
/// bool sufficient = excess.Upper &lt;= 0;
/// </code></example>
public static class ModelContraction
{
    /// <summary>
    /// <c>lambda_max( (I - eta H)^2 + eta^2 E[H_B^2] - eta^2 H^2 ) - 1 = lambda_max( -2 eta H + eta^2 E[H_B^2] )</c>, of the selected
    /// examples with weights 1 / n, whatever the point's own.
    /// </summary>
    /// <remarks>Where there are more parameters than n C, some direction is curved by no example and stands still: it is then at least 0,
    /// where <see cref="Contraction.Shifted"/>, on the range, may be below.</remarks>
    /// <param name="point">The model; its selected examples are the n that batches are drawn from.</param>
    /// <param name="learningRate">eta, finite and above 0.</param>
    /// <param name="sampling">How batches are drawn from the n examples.</param>
    /// <param name="options">Tolerance, basis, seed; the defaults where null. The space has threads of its own.</param>
    /// <param name="progress">Told of every look at the small eigenproblem.</param>
    /// <param name="cancellation">Ends the run between two products; what was found is returned.</param>
    /// <exception cref="ArgumentOutOfRangeException">The learning rate is out of its range.</exception>
    /// <exception cref="ArgumentException">The sampling is from another number of examples.</exception>
    /// <exception cref="NotSupportedException">A layer mixes examples.</exception>
    public static TopEigenvalue Shifted<TView>(
        ModelPoint<TView> point, double learningRate, BatchSampling sampling, LanczosOptions? options = null,
        IProgress<LanczosProgress>? progress = null, CancellationToken cancellation = default)
        where TView : allows ref struct
    {
        ArgumentNullException.ThrowIfNull(point);
        ArgumentNullException.ThrowIfNull(sampling);
        if (!double.IsFinite(learningRate) || learningRate <= 0)
            throw new ArgumentOutOfRangeException(nameof(learningRate), learningRate, $"Found {learningRate}; expected a finite number above 0.");
        if (sampling.Examples != point.Examples)
            throw new ArgumentException($"The sampling is of {sampling.Examples} examples; the point has {point.Examples}.", nameof(sampling));
        // One eigenvalue is wanted, not how often it comes.
        options = (options ?? LanczosOptions.Default) with { FindMultiplicity = false };
        using ContractionOperator<TView> contraction = new(point, learningRate, sampling);
        ITensorSpace<TView> space = point.Space;
        using ITensorMemory<TView> memory = space.Allocate(
            Lanczos.SpaceElements(contraction.Length, 1, 1, space.Epsilon, options, space.VectorStride(contraction.Length)));
        LanczosResult<double> top = Lanczos.TopKOn<double, TView, IVectorSpace<TView>, ContractionOperator<TView>>(
            space.Vectors(1, contraction.Length), contraction, memory.View, 1, options, false, progress, null, cancellation)[0];
        bool floor = top.Status == LanczosStatus.Converged && top.Eigenvalues[0] < 0
            && contraction.Length > (long)point.Examples * point.Outputs;
        return new()
        {
            Value = floor ? 0 : top.Eigenvalues[0], Radius = floor ? 0 : top.EnclosureRadii[0], ResidualNorm = top.ResidualNorms[0],
            OperatorApplications = top.Evidence.OperatorApplications, Status = top.Status,
        };
    }
}
