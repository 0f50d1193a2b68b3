using System.Numerics;
using System.Runtime.CompilerServices;
using HessianKernels.Kernels;

namespace HessianKernels.Benchmarks;

/// <summary>An array that stays where it is, so that kernels may be given its address.</summary>
internal sealed unsafe class Pinned<T>(int length)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public T[] Array { get; } = GC.AllocateArray<T>(length, pinned: true);

    public T* Pointer => (T*)Unsafe.AsPointer(ref Array[0]);

    /// <summary>Standard normal numbers; the same for a seed, always.</summary>
    public static Pinned<T> Normal(int length, ulong seed)
    {
        Pinned<T> values = new(length);
        RandomVector.Normal(seed, 0, values.Pointer, length, Environment.ProcessorCount);
        return values;
    }
}
