using HessianKernels.Spaces;

namespace HessianKernels;

/// <summary>Whether operators are those of a space.</summary>
internal static class SpaceFit
{
    /// <summary>Names both sizes, or both strides, where they differ.</summary>
    public static void Check<TView, TSpace, TOperator>(TSpace space, TOperator matrices, string name)
        where TView : allows ref struct
        where TSpace : IVectorSpace<TView>
        where TOperator : ILinearOperator<TView>
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(matrices, name);
        if (matrices.Length != space.Length || matrices.Batch != space.Batch)
            throw new ArgumentException(
                $"Found operators [{matrices.Batch}, {matrices.Length}]; the space's vectors are [{space.Batch}, {space.Length}].", name);
        if (matrices.Batch > 1 && matrices.Stride != space.Stride)
            throw new ArgumentException(
                $"Found operators whose vectors begin {matrices.Stride} elements apart; the space's begin {space.Stride} apart.", name);
    }
}
