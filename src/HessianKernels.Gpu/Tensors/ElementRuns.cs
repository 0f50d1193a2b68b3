namespace HessianKernels.Gpu.Tensors;

/// <summary>A tensor's elements in at most two runs: those that whole loads of 16 bytes bring, and the rest one by one.</summary>
/// <param name="launches">The kernels.</param>
/// <param name="length">Elements.</param>
/// <param name="wide">Elements of the first run.</param>
internal struct ElementRuns<T>(TensorLaunches<T> launches, long length, long wide)
    where T : unmanaged
{
    private int _next;

    public (ElementLaunches<T> Kernels, long Start, long Count) Current { get; private set; }

    public readonly ElementRuns<T> GetEnumerator() => this;

    public bool MoveNext()
    {
        while (_next < 2)
        {
            bool first = _next++ == 0;
            long start = first ? 0 : wide, count = first ? wide : length - wide;
            if (count == 0) continue;
            Current = (first ? launches.Wide : launches.Narrow, start, count);
            return true;
        }

        return false;
    }
}
