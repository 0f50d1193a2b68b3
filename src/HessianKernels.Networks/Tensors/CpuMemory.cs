namespace HessianKernels.Networks.Tensors;

/// <summary>An array, as the memory of a <see cref="CpuTensorSpace{T}"/>.</summary>
internal sealed class CpuMemory<T>(T[] array) : ITensorMemory<Span<T>>
{
    private T[] array = array;

    public long Length => array.Length;

    public Span<T> View => array;

    public void Dispose() => array = [];
}
