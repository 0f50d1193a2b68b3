using System.Buffers;
using System.Runtime.InteropServices;

namespace HessianKernels.Kernels;

/// <summary>
/// Doubles a kernel needs while it runs: on the caller's stack where they are few, else from the shared pool, which gives the same memory
/// again (the system's pages are cleared one by one when they are first touched: 3 to 5 % of a product of order 2000, packed), and from the
/// C heap where they are too many to be kept. A kernel allocates 0 bytes of the collector's, once the pool has what it asks for.
/// </summary>
/// <example><code>
/// double* stack = stackalloc double[Scratch.OnStack];
/// using Scratch sums = new(stack, Scratch.OnStack, count);
/// </code></example>
internal readonly unsafe ref struct Scratch
{
    /// <summary>A fair size for the caller's stack array: 16 KiB.</summary>
    public const int OnStack = 2048;

    // 64 MiB: what a product packs, on a dozen threads or two.
    private const int MostPooled = 1 << 23;

    private const int Alignment = 64;

    private readonly double[]? _pooled;
    private readonly MemoryHandle _pin;
    private readonly void* _heap;

    public Scratch(double* stack, int onStack, long count)
    {
        if (count <= onStack)
        {
            Pointer = stack;
            return;
        }

        if (count > MostPooled)
        {
            _heap = NativeMemory.AlignedAlloc((nuint)count * sizeof(double), Alignment);
            Pointer = (double*)_heap;
            return;
        }

        _pooled = ArrayPool<double>.Shared.Rent((int)count + Alignment / sizeof(double));
        _pin = _pooled.AsMemory().Pin();
        Pointer = (double*)(((nint)_pin.Pointer + Alignment - 1) & -Alignment);
    }

    public double* Pointer { get; }

    public void Dispose()
    {
        if (_heap is not null) NativeMemory.AlignedFree(_heap);
        if (_pooled is null) return;
        _pin.Dispose();
        ArrayPool<double>.Shared.Return(_pooled);
    }
}
