namespace HessianKernels.Spaces;

/// <summary>
/// A batch whose maps can be applied one at a time, and several at once from different threads: what lets an algorithm on the CPU solve item
/// after item in the cache, and stop working on each when it is done.
/// </summary>
/// <typeparam name="TView">How vectors are held.</typeparam>
public interface ISeparableOperator<TView> : ILinearOperator<TView> where TView : allows ref struct
{
    /// <summary>Applies one map: <c>output = A_item input</c>, the same bits as within the batch.</summary>
    /// <param name="item">Which, from 0 to Batch - 1.</param>
    /// <param name="input">The vector, <c>[Length]</c>; not changed.</param>
    /// <param name="output">The product, <c>[Length]</c>; overwritten.</param>
    /// <param name="threads">Most threads it may use; changes no bit of the result.</param>
    void ApplyItem(int item, TView input, TView output, int threads);
}
