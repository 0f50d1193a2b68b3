namespace HessianKernels.Networks.Curvature;

/// <summary>How sharpness along a model's batches is to be estimated. Every default suits a first call.</summary>
public sealed record ModelSharpnessOptions
{
    /// <summary>The defaults.</summary>
    public static ModelSharpnessOptions Default { get; } = new();

    /// <summary>Where there are no more batches than this, all are evaluated, each with its probability; else random ones are drawn. 0 or
    /// more.</summary>
    public int EnumerationLimit { get; init; } = 256;

    /// <summary>Batches are drawn until every standard error is at most this times its mean's magnitude, and there are 32 batches. 0 draws
    /// <see cref="MaxBatches"/>.</summary>
    public double RelativeError { get; init; } = 0.02;

    /// <summary>Most random batches, at least 1.</summary>
    public int MaxBatches { get; init; } = 1000;

    /// <summary>
    /// Most products for <c>(1/n) sum_i g_i^T H g_i</c>: exact where there are no more examples, else by random signs,
    /// <c>v = sum_i e_i g_i / sqrt(n)</c>, whose
    /// <c>v^T H v</c> has it as its mean. At least 1; each costs a gradient and a forward tangent of all examples.
    /// </summary>
    public int MaxProbes { get; init; } = 64;

    /// <summary>Whether lambda_max of each batch's Hessian is wanted: a Lanczos run a batch.</summary>
    public bool LargestEigenvalues { get; init; }

    /// <summary>Relative residual of each of those eigenvalues.</summary>
    public double EigenvalueTolerance { get; init; } = 1e-3;

    /// <summary>Of the batches and the signs.</summary>
    public ulong Seed { get; init; }

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(EnumerationLimit);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxBatches, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxProbes, 1);
        if (!(RelativeError >= 0)) throw new ArgumentOutOfRangeException(nameof(RelativeError), RelativeError, "Expected 0 or more.");
        if (!(EigenvalueTolerance > 0)) throw new ArgumentOutOfRangeException(nameof(EigenvalueTolerance), EigenvalueTolerance,
            "Expected above 0.");
    }
}
