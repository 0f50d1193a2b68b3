using HessianKernels.SecondMoment;

namespace HessianKernels.Sharpness;

/// <summary>
/// Sharpness along the batches of one size and scheme (MATHEMATICS, section 5; papers 001 and 002). A quotient 0/0 is 0, x/0 an infinity.
/// </summary>
public sealed record SharpnessReport
{
    internal SharpnessReport(GradientMoments moments, BatchSampling sampling)
    {
        (Moments, Sampling) = (moments, sampling);
        SquaredBatchGradient = moments.SquaredBatchGradient(sampling);
        InteractionAwareSharpness = moments.InteractionAwareSharpness(sampling);
        GradientNoiseInteraction = moments.GradientNoiseInteraction(sampling);
        Concentration = moments.Concentration(sampling);
        ModifiedBatchSharpness = moments.ModifiedBatchSharpness(sampling);
    }

    /// <summary>How the batches are drawn.</summary>
    public BatchSampling Sampling { get; }

    /// <summary>What the closed forms are made of; the same for every batch size.</summary>
    public GradientMoments Moments { get; }

    /// <summary><c>E||g_B||^2</c>, exact.</summary>
    public double SquaredBatchGradient { get; }

    /// <summary>IAS, <c>E[g_B^T H g_B] / E||g_B||^2</c>, exact.</summary>
    public double InteractionAwareSharpness { get; }

    /// <summary>GNI, <c>E[g_B^T H g_B] / ||g||^2</c>, exact.</summary>
    public double GradientNoiseInteraction { get; }

    /// <summary>rho_b, <c>||g||^2 / E||g_B||^2</c>, exact.</summary>
    public double Concentration { get; }

    /// <summary><c>E[g_B^T H_B g_B] / E||g_B||^2</c>, exact.</summary>
    public double ModifiedBatchSharpness { get; }

    /// <summary>Batch Sharpness, <c>E[g_B^T H_B g_B / ||g_B||^2]</c>, where a batch whose gradient is 0 counts as 0.</summary>
    public BatchExpectation BatchSharpness { get; internal init; }

    /// <summary>
    /// lambda_max^b, <c>E[lambda_max(H_B)]</c>; null where it was not asked for. Above order 48 each eigenvalue is good to 1e-10 of its
    /// matrix's norm.
    /// </summary>
    public BatchExpectation? LambdaMaxBatch { get; internal init; }
}
