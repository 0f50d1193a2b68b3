using System.Runtime.InteropServices;

namespace HessianKernels.Kernels;

/// <summary>
/// Doubles a kernel needs while it runs: on the caller's stack where they are few, else from the C heap; never from the collector's, so
/// that a kernel allocates 0 bytes of it after its thread's first.
/// </summary>
/// <remarks>
/// A thread keeps what it was given, to be given again: the system clears new memory page by page when it is first touched, which takes 3
/// to 5 % of a product of order 2000. Scratches end in the order opposite to that in which they began, so that each has the place of its depth.
/// What is kept goes with the thread.
/// </remarks>
/// <example><code>
/// double* stack = stackalloc double[Scratch.OnStack];
/// using Scratch sums = new(stack, Scratch.OnStack, count);
/// </code></example>
internal readonly unsafe ref struct Scratch
{
    /// <summary>A fair size for the caller's stack array: 16 KiB.</summary>
    public const int OnStack = 2048;

    // 40 MiB: the most that a product packs, on a few threads. What needs more takes long enough.
    private const long MostKept = 5 << 20;

    [ThreadStatic]
    private static Shelf? s_shelf;

    private readonly Shelf? _shelf;
    private readonly void* _heap;

    public Scratch(double* stack, int onStack, long count)
    {
        if (count <= onStack)
        {
            Pointer = stack;
        }
        else if (count <= MostKept && (s_shelf ??= new()).TryTake(count, out double* kept))
        {
            Pointer = kept;
            _shelf = s_shelf;
        }
        else
        {
            _heap = Allocate(count);
            Pointer = (double*)_heap;
        }
    }

    public double* Pointer { get; }

    public void Dispose()
    {
        _shelf?.PutBack();
        if (_heap is not null) NativeMemory.AlignedFree(_heap);
    }

    private static void* Allocate(long count) => NativeMemory.AlignedAlloc((nuint)count * sizeof(double), 64);

    /// <summary>What a thread keeps: a piece of memory for each depth.</summary>
    private sealed class Shelf
    {
        private const int Depths = 4;
        private readonly nint[] _memory = new nint[Depths];
        private readonly long[] _counts = new long[Depths];
        private int _taken;

        ~Shelf()
        {
            foreach (nint memory in _memory) NativeMemory.AlignedFree((void*)memory);
        }

        /// <summary>The next piece, of so many doubles or more; none where all are taken.</summary>
        public bool TryTake(long count, out double* memory)
        {
            memory = null;
            if (_taken == Depths) return false;
            if (_counts[_taken] < count)
            {
                NativeMemory.AlignedFree((void*)_memory[_taken]);
                (_memory[_taken], _counts[_taken]) = (0, 0);
                _memory[_taken] = (nint)Allocate(count);
                _counts[_taken] = count;
            }

            memory = (double*)_memory[_taken++];
            return true;
        }

        public void PutBack() => _taken--;
    }
}
