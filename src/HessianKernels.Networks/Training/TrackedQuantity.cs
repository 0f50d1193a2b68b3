namespace HessianKernels.Networks.Training;

/// <summary>What a <see cref="Tracker{TView}"/> can record, with the columns it fills. All but the first two are of the whole training set, or
/// where they say so of the test set, at the parameters before the step.</summary>
public enum TrackedQuantity
{
    /// <summary><c>step_loss</c>: the mean loss of the step's batch. Costs nothing.</summary>
    StepLoss,

    /// <summary><c>step_sharpness</c>: <c>g_B^T H_B g_B / ||g_B||^2</c> of the step's batch. The trainer computes it.</summary>
    StepSharpness,

    /// <summary><c>loss</c>: L.</summary>
    Loss,

    /// <summary><c>accuracy</c>: the share of examples whose largest output is their target's largest; of a single output, whose sign is
    /// the target's.</summary>
    Accuracy,

    /// <summary><c>test_loss</c>: the mean loss of the test examples, which the tracker must have been given.</summary>
    TestLoss,

    /// <summary><c>test_accuracy</c>: <see cref="Accuracy"/> of the test examples.</summary>
    TestAccuracy,

    /// <summary><c>batch_sharpness</c>, <c>batch_sharpness_error</c>: E[g_B^T H_B g_B / ||g_B||^2], with its standard error.</summary>
    BatchSharpness,

    /// <summary><c>gni</c>, <c>gni_error</c>: E[g_B^T H g_B] / ||g||^2.</summary>
    GradientNoiseInteraction,

    /// <summary><c>ias</c>, <c>ias_error</c>: E[g_B^T H g_B] / E||g_B||^2.</summary>
    InteractionAwareSharpness,

    /// <summary><c>rho</c>: ||g||^2 / E||g_B||^2.</summary>
    Concentration,

    /// <summary><c>lambda_1</c> ... <c>lambda_k</c>: the largest eigenvalues of H; NaN where one did not converge.</summary>
    LambdaMax,

    /// <summary><c>lambda_max_batch</c>, <c>lambda_max_batch_error</c>: E[lambda_max(H_B)].</summary>
    LambdaMaxBatch,

    /// <summary><c>trace</c>, <c>trace_error</c>: tr H.</summary>
    Trace,

    /// <summary><c>k_tr</c>: eta tr Theta / (2 (1 - beta1) b), the trace of the Gauss-Newton matrix by products.</summary>
    TraceNoiseKernel,

    /// <summary><c>k_exact</c>: the exact noise kernel norm of the Gauss-Newton curvatures; with momentum and weight decay those of heavy
    /// ball.</summary>
    ExactNoiseKernel,

    /// <summary><c>similarity_1</c> ... <c>similarity_k</c>, <c>subspace_distance</c>: |v_i . v_i(0)| with the eigenvectors where they
    /// were first recorded, and the distance of their spans.</summary>
    Similarity,

    /// <summary><c>cosine_1</c> ... <c>cosine_k</c>: |g . v_i| / ||g||.</summary>
    GradientCosines,
}
