using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Curvature;

/// <summary>What a micro-batch's tangent passes work in and leave to nobody: one for all the micro-batches of a point, so that it stays in
/// the cache.</summary>
internal sealed class PassWorkspace<TView>(ITensorSpace<TView> space) : IDisposable where TView : allows ref struct
{
    private readonly ITensorMemory<TView>?[] memories = new ITensorMemory<TView>?[Enum.GetValues<Part>().Length];

    /// <summary>Which of its tensors.</summary>
    public enum Part
    {
        /// <summary>Derivatives of the outputs.</summary>
        OutputTangent,

        /// <summary>Derivatives within the network.</summary>
        TangentState,

        /// <summary>Signals at the outputs that are not the loss's own.</summary>
        Seed,

        /// <summary>The same within the network.</summary>
        Signal,

        /// <summary>Room of BackwardTangent.</summary>
        Scratch,

        /// <summary>Random numbers of a sampled signal.</summary>
        Random,

        /// <summary>A number an example.</summary>
        PerExample,
    }

    /// <summary>Elements taken so far.</summary>
    public long Elements => memories.Sum(memory => memory?.Length ?? 0);

    /// <summary>At least <paramref name="count"/> elements, of which the first so many are returned. What they held is lost where more must
    /// be taken.</summary>
    public TView Take(Part part, long count)
    {
        ref ITensorMemory<TView>? memory = ref memories[(int)part];
        if (memory is null || memory.Length < count)
        {
            memory?.Dispose();
            memory = space.Allocate(count);
        }

        return space.Slice(memory.View, 0, count);
    }

    public void Dispose()
    {
        foreach (ITensorMemory<TView>? memory in memories) memory?.Dispose();
    }
}
