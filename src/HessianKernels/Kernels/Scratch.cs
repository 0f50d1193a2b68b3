using System.Runtime.InteropServices;

namespace HessianKernels.Kernels;

/// <summary>
/// Doubles a kernel needs while it runs: on the caller's stack where they are few, else from the C heap; never from the collector's, so
/// that a kernel allocates 0 bytes of it.
/// </summary>
/// <example><code>
/// double* stack = stackalloc double[Scratch.OnStack];
/// using Scratch sums = new(stack, Scratch.OnStack, count);
/// </code></example>
internal readonly unsafe ref struct Scratch
{
    /// <summary>A fair size for the caller's stack array: 16 KiB.</summary>
    public const int OnStack = 2048;

    private readonly void* _heap;

    public Scratch(double* stack, int onStack, long count)
    {
        if (count <= onStack)
        {
            Pointer = stack;
            return;
        }

        _heap = NativeMemory.AlignedAlloc((nuint)count * sizeof(double), 64);
        Pointer = (double*)_heap;
    }

    public double* Pointer { get; }

    public void Dispose()
    {
        if (_heap is not null) NativeMemory.AlignedFree(_heap);
    }
}
