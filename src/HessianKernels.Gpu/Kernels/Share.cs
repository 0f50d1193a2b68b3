using ILGPU;

namespace HessianKernels.Gpu.Kernels;

/// <summary>What one thread takes of a group's chunk of a vector: every so many-th whole load and, of the numbers beyond the last, at most one.</summary>
internal readonly struct Share
{
    /// <summary>Elements from the vector's start to the thread's first load.</summary>
    public readonly int First;

    /// <summary>Its whole loads, <see cref="Step"/> elements apart.</summary>
    public readonly int Loads;

    /// <summary>Elements from one of its loads to the next.</summary>
    public readonly int Step;

    /// <summary>Elements from the vector's start to its number beyond the last whole load; negative where it has none.</summary>
    public readonly int Beyond;

    /// <param name="start">Elements before the chunk.</param>
    /// <param name="end">Elements before the chunk's end: only a vector's last chunk is no whole number of loads.</param>
    /// <param name="lanes">Numbers of a load.</param>
    public Share(int start, int end, int lanes)
    {
        int me = Group.IdxX, loads = (end - start) / lanes, beyond = start + loads * lanes + me;
        First = start + me * lanes;
        Step = Group.DimX * lanes;
        Loads = me < loads ? (loads - me - 1) / Group.DimX + 1 : 0;
        Beyond = beyond < end ? beyond : -1;
    }

    /// <summary>Of this group's chunk, by <c>Grid.IdxZ</c>, of a vector.</summary>
    public static Share Of(int length, int chunk, int lanes)
    {
        int start = Grid.IdxZ * chunk;
        return new(start, start + IntrinsicMath.Min(chunk, length - start), lanes);
    }
}
