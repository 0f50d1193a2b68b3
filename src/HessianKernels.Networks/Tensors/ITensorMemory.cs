namespace HessianKernels.Networks.Tensors;

/// <summary>Numbers that a tensor space holds until they are given back: what lets a class keep what a ref struct view cannot.</summary>
/// <typeparam name="TView">How tensors are held: <see cref="Span{T}"/> on the CPU, a device view on a GPU.</typeparam>
public interface ITensorMemory<TView> : IDisposable where TView : allows ref struct
{
    /// <summary>Number of elements.</summary>
    long Length { get; }

    /// <summary>All of them. Not to be used after Dispose.</summary>
    TView View { get; }
}
