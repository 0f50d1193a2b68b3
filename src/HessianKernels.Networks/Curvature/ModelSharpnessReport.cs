using HessianKernels.SecondMoment;
using HessianKernels.Sharpness;

namespace HessianKernels.Networks.Curvature;

/// <summary>
/// Sharpness of a model along the batches of one size and scheme (MATHEMATICS, section 5; papers 001 and 002). A quotient 0/0 is 0, x/0 an
/// infinity. Of a model that normalises examples together, means over single examples, and what is made of them, are NaN.
/// </summary>
public sealed record ModelSharpnessReport
{
    /// <summary>How the batches are drawn.</summary>
    public required BatchSampling Sampling { get; init; }

    /// <summary><c>||g||^2</c>.</summary>
    public required double SquaredGradient { get; init; }

    /// <summary><c>(1/n) sum_i ||g_i||^2</c>.</summary>
    public required double MeanSquaredGradient { get; init; }

    /// <summary><c>g^T H g</c>.</summary>
    public required double FullForm { get; init; }

    /// <summary><c>(1/n) sum_i g_i^T H g_i</c>, exact or by random signs.</summary>
    public required BatchExpectation MeanForm { get; init; }

    /// <summary>Batch Sharpness, <c>E[g_B^T H_B g_B / ||g_B||^2]</c>, where a batch whose gradient is 0 counts as 0.</summary>
    public required BatchExpectation BatchSharpness { get; init; }

    /// <summary><c>E[g_B^T H_B g_B]</c>.</summary>
    public required BatchExpectation BatchForm { get; init; }

    /// <summary>lambda_max^b, <c>E[lambda_max(H_B)]</c>; null where it was not asked for.</summary>
    public BatchExpectation? LambdaMaxBatch { get; init; }

    /// <summary><c>E||g_B||^2 = kappa (1/n) sum_i ||g_i||^2 + alpha ||g||^2</c>, exact.</summary>
    public double SquaredBatchGradient => Sampling.Kappa * MeanSquaredGradient + Sampling.Alpha * SquaredGradient;

    /// <summary>rho_b, <c>||g||^2 / E||g_B||^2</c>, exact.</summary>
    public double Concentration => GradientMoments.Quotient(SquaredGradient, SquaredBatchGradient);

    /// <summary>IAS, <c>E[g_B^T H g_B] / E||g_B||^2</c>, with the standard error that <see cref="MeanForm"/> brings in.</summary>
    public BatchExpectation InteractionAwareSharpness => Over(SquaredBatchGradient);

    /// <summary>GNI, <c>E[g_B^T H g_B] / ||g||^2</c>, with the standard error that <see cref="MeanForm"/> brings in.</summary>
    public BatchExpectation GradientNoiseInteraction => Over(SquaredGradient);

    /// <summary>Modified Batch Sharpness, <c>E[g_B^T H_B g_B] / E||g_B||^2</c>.</summary>
    public BatchExpectation ModifiedBatchSharpness => Divided(BatchForm, BatchForm.Value, 1, SquaredBatchGradient);

    private BatchExpectation Over(double squared) => Divided(MeanForm, Sampling.Kappa * MeanForm.Value + Sampling.Alpha * FullForm,
        Sampling.Kappa, squared);

    private static BatchExpectation Divided(BatchExpectation estimate, double numerator, double share, double squared)
    {
        double error = share == 0 ? 0 : GradientMoments.Quotient(Math.Abs(share) * estimate.StandardError, squared);
        return estimate with { Value = GradientMoments.Quotient(numerator, squared), StandardError = error };
    }
}
