namespace HessianKernels.Spaces;

/// <summary>
/// A batch of symmetric linear maps that can be applied: <c>output[b] = A_b input[b]</c>.
/// </summary>
/// <typeparam name="TView">How vectors are held: <see cref="Span{T}"/> on the CPU, a device view on a GPU.</typeparam>
/// <remarks>
/// A vector argument is <c>[Batch, Length]</c>, item after item, <see cref="Stride"/> elements from one to the next. An implementation
/// overwrites the whole of every vector of <c>output</c>, leaves <c>input</c> unchanged, and gives the same bits for the same input every time. What it throws passes through
/// the algorithm that called it.
/// </remarks>
public interface ILinearOperator<TView> where TView : allows ref struct
{
    /// <summary>Number of maps applied at once, at least 1.</summary>
    int Batch { get; }

    /// <summary>Order n of each map, at least 1.</summary>
    int Length { get; }

    /// <summary>
    /// Elements from one item's vector to the next, at least <see cref="Length"/>, which it is unless an operator says otherwise. A batch
    /// works on spaces of its own <see cref="IVectorSpace{TView}.Stride"/>, a single map on any.
    /// </summary>
    int Stride => Length;

    /// <summary>Applies every map: <c>output[b] = A_b input[b]</c>.</summary>
    /// <param name="input">The vectors, <c>[Batch, Length]</c>; not changed.</param>
    /// <param name="output">The products, <c>[Batch, Length]</c>; overwritten; must not overlap <paramref name="input"/>.</param>
    void Apply(TView input, TView output);

    /// <summary>
    /// Two products, each with the bits that <see cref="Apply"/> gives it: for an operator that is read from memory, in one reading.
    /// </summary>
    /// <param name="input">The first vectors, <c>[Batch, Length]</c>; not changed.</param>
    /// <param name="output">Their products; overwritten; overlaps no other.</param>
    /// <param name="input2">The second vectors, <c>[Batch, Length]</c>; not changed.</param>
    /// <param name="output2">Their products; overwritten; overlaps no other.</param>
    void ApplyPair(TView input, TView output, TView input2, TView output2)
    {
        Apply(input, output);
        Apply(input2, output2);
    }
}
