using HessianKernels.Krylov;
using HessianKernels.Networks.Curvature;

namespace HessianKernels.Networks.Training;

/// <summary>What is to be recorded, how often and how exactly.</summary>
public sealed record TrackerOptions
{
    /// <summary>Steps between two records of each quantity, from step 0 on; what is not named is not recorded.</summary>
    public required IReadOnlyDictionary<TrackedQuantity, int> Every { get; init; }

    /// <summary>k, the number of eigenpairs, at least 1.</summary>
    public int Eigenpairs { get; init; } = 1;

    /// <summary>Relative residual of the eigenpairs, in (0, 1). Each search starts from the last one's vectors.</summary>
    public double EigenpairTolerance { get; init; } = 1e-4;

    /// <summary>Most products of a search for eigenpairs.</summary>
    public int MaximumApplications { get; init; } = 1000;

    /// <summary>How the subspaces are compared.</summary>
    public SubspaceDistance Distance { get; init; } = SubspaceDistance.Geodesic;

    /// <summary>How what is sharp along batches is estimated; seed and largest eigenvalues are the tracker's to say.</summary>
    public ModelSharpnessOptions Sharpness { get; init; } = ModelSharpnessOptions.Default;

    /// <summary>Products of a trace, at least 2.</summary>
    public int TraceApplications { get; init; } = 48;

    /// <summary>Most rows n C for which K_exact is computed: its Gram matrix has as many rows and columns.</summary>
    public int ExactKernelRows { get; init; } = 1024;

    /// <summary>Of batches, signs and probes. With the step it names them: a record does not depend on those before it.</summary>
    public ulong Seed { get; init; }

    internal void Check()
    {
        ArgumentNullException.ThrowIfNull(Every);
        if (Every.Count == 0) throw new ArgumentException("Found no quantity; expected at least one.", nameof(Every));
        foreach ((TrackedQuantity quantity, int every) in Every)
        {
            if (!Enum.IsDefined(quantity))
                throw new ArgumentException($"Found a quantity {quantity}, of which there is none.", nameof(Every));
            if (every < 1)
                throw new ArgumentOutOfRangeException(nameof(Every), every, $"Found {quantity} every {every} steps; expected at least 1.");
        }

        if (Eigenpairs < 1)
            throw new ArgumentOutOfRangeException(nameof(Eigenpairs), Eigenpairs, $"Found Eigenpairs = {Eigenpairs}; expected at least 1.");
        if (!(EigenpairTolerance > 0 && EigenpairTolerance < 1))
            throw new ArgumentOutOfRangeException(
                nameof(EigenpairTolerance), EigenpairTolerance, $"Found {EigenpairTolerance}; expected a number between 0 and 1.");
        if (MaximumApplications < 1)
            throw new ArgumentOutOfRangeException(
                nameof(MaximumApplications), MaximumApplications, $"Found {MaximumApplications}; expected at least 1.");
        if (TraceApplications < 2)
            throw new ArgumentOutOfRangeException(
                nameof(TraceApplications), TraceApplications, $"Found {TraceApplications}; expected at least 2.");
        if (ExactKernelRows < 1)
            throw new ArgumentOutOfRangeException(
                nameof(ExactKernelRows), ExactKernelRows, $"Found {ExactKernelRows}; expected at least 1.");
        Sharpness.Check();
    }
}
