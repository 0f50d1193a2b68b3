using System.Runtime.InteropServices;

namespace HessianKernels.Networks.Kernels;

/// <summary>Memory that kernels of one space use one after the other: it grows to what the largest asked for, and stays.</summary>
internal sealed unsafe class Workspace<T>
    where T : unmanaged
{
    // A line of the cache, so that no two threads' parts share one.
    private const int Line = 64;

    private byte[] memory = [];

    /// <summary>Address of at least <paramref name="count"/> elements, their values what they happen to be. Good until the next call.</summary>
    public T* Take(long count)
    {
        long bytes = count * sizeof(T) + Line;
        if (memory.LongLength < bytes)
        {
            if (bytes > Array.MaxLength) throw new OutOfMemoryException($"A kernel needs {bytes} bytes at once; an array holds at most {Array.MaxLength}.");
            memory = [];
            memory = GC.AllocateUninitializedArray<byte>((int)bytes, pinned: true);
        }

        nint address = (nint)Marshal.UnsafeAddrOfPinnedArrayElement(memory, 0);
        return (T*)((address + Line - 1) & -Line);
    }

    /// <summary>The next count that leaves what follows it at a line of its own.</summary>
    public static long Aligned(long count) => (count + Line - 1) & -Line;
}
