namespace HessianKernels.Spaces;

/// <summary>
/// The arithmetic a Krylov method may use, on vectors held as <typeparamref name="TView"/>.
/// </summary>
/// <remarks>
/// A vector argument is <c>[Batch, Length]</c>, a coefficient argument <c>[Batch]</c>, a basis of <c>count</c> vectors
/// <c>[count, Batch, Length]</c> (vector after vector, so that each is contiguous) and its coefficients <c>[count, Batch]</c>.
/// A vector begins <see cref="Stride"/> elements after the one before it, of the same item or another; what lies between them is
/// neither read nor written, but by <see cref="Copy"/>, which moves it along, and a view may end with the last element of the last:
/// <code>
///  basis      | v_0 of item 0 .| v_0 of item 1 .| ... | v_1 of item 0 .| v_1 of item 1 .| ...
///             |&lt;-- Length --&gt;
///             |&lt;--- Stride ---&gt;
/// </code>
/// Batch items never mix, and the bits of one item's results depend on that item alone: not on the batch it is in, not on the
/// number of threads. No member but <see cref="Read"/> returns a number to the host, so a GPU space only enqueues work.
/// Arguments do not overlap unless a member says that they may.
/// </remarks>
/// <typeparam name="TView">How vectors are held: <see cref="Span{T}"/> on the CPU, a device view on a GPU.</typeparam>
public interface IVectorSpace<TView> where TView : allows ref struct
{
    /// <summary>Number of independent problems held side by side, at least 1.</summary>
    int Batch { get; }

    /// <summary>Number of elements n of one vector, at least 1.</summary>
    int Length { get; }

    /// <summary>
    /// Elements from the start of one vector to the start of the next, at least <see cref="Length"/>, which it is unless a space says
    /// otherwise: more where loads gain from vectors that begin at a multiple of so many bytes.
    /// </summary>
    int Stride => Length;

    /// <summary>Distance from 1 to the next stored number: 2^-52 for double, 2^-23 for float.</summary>
    double Epsilon { get; }

    /// <summary>Steps an algorithm may enqueue before it reads coefficients back; 1 where reading is free.</summary>
    int ReadInterval { get; }

    /// <summary>The part of <paramref name="view"/> that starts at element <paramref name="start"/> and holds <paramref name="count"/> elements.</summary>
    TView Slice(TView view, long start, long count);

    /// <summary><c>destination = source</c>, element for element; the views have equal size, whatever their shape, and are
    /// the same place or have nothing in common.</summary>
    void Copy(TView source, TView destination);

    /// <summary>Brings coefficients to the host. The one member that waits for the work enqueued before it.</summary>
    void Read(TView source, Span<double> destination);

    /// <summary>Sends coefficients from the host, rounded to the stored precision.</summary>
    void Write(ReadOnlySpan<double> source, TView destination);

    /// <summary>
    /// Fills <paramref name="result"/> with independent random numbers: element i of EVERY batch item is the number that
    /// (<paramref name="seed"/>, <paramref name="stream"/>, i) names, so an item gets the same vector alone as in a batch.
    /// </summary>
    /// <param name="distribution">What the numbers are drawn from.</param>
    /// <param name="seed">The user's seed.</param>
    /// <param name="stream">Which vector of that seed.</param>
    /// <param name="result"><c>[Batch, Length]</c>.</param>
    void Random(RandomDistribution distribution, ulong seed, ulong stream, TView result);

    /// <summary><c>result[b] = &lt;x_b, y_b&gt;</c>. The two vectors may be the same.</summary>
    void Dot(TView x, TView y, TView result);

    /// <summary><c>y_b -= scale[b] x_b</c>.</summary>
    void SubtractScaled(TView scale, TView x, TView y);

    /// <summary><c>y_b -= scale1[b] x1_b</c>, then <c>y_b -= scale2[b] x2_b</c>, with the bits of the two one after the other.</summary>
    void SubtractScaled(TView scale1, TView x1, TView scale2, TView x2, TView y);

    /// <summary>
    /// <c>norm[b] = ||x_b||</c>, then <c>x_b /= norm[b]</c>; a zero vector stays zero. Neither overflows nor underflows
    /// while the elements themselves and the norm are normal numbers.
    /// </summary>
    void Normalize(TView x, TView norm);

    /// <summary><c>x_b /= scale[b]</c>; left as it is where scale is 0. Right also where the reciprocal would overflow.</summary>
    void Divide(TView scale, TView x);

    /// <summary>
    /// <c>result[b] = x[b] / y[b]</c> where <c>measure[b] &gt; bound[b]</c>, else <c>otherwise[b]</c>, all <c>[Batch]</c>: what a method
    /// decides for each item without waiting for the host. A NaN is not greater. The result may be any of the arguments.
    /// </summary>
    void DivideWhere(TView measure, TView bound, TView x, TView y, TView otherwise, TView result);

    /// <summary><c>coefficients[j, b] = &lt;v_jb, y_b&gt;</c> for the first <paramref name="count"/> vectors of <paramref name="basis"/>.</summary>
    void Project(TView basis, int count, TView y, TView coefficients);

    /// <summary>
    /// Makes each y orthogonal to the first <paramref name="count"/> vectors of an orthonormal <paramref name="basis"/> (zero vectors
    /// among them are ignored) by classical Gram-Schmidt, with the test of Kahan and Parlett decided for each batch item on its own:
    /// <code>
    ///  nu0 = ||y||;  y -= V (V^T y);  nu1 = ||y||
    ///  accept where nu1 >= 0.83 nu0;  zero where nu1 &lt;= 10 eps max(nu0, reference)
    ///  else y -= V (V^T y) once more, nu2 = ||y||;  accept where nu2 >= 0.83 nu1, else zero
    /// </code>
    /// (Parlett, The Symmetric Eigenvalue Problem, 6.9: twice is enough; the executable form is that of LAPACK's dorbdb6.)
    /// </summary>
    /// <param name="basis"><c>[count, Batch, Length]</c>.</param>
    /// <param name="count">Number of basis vectors, 0 or more.</param>
    /// <param name="reference">Size of the numbers that y was computed from, <c>[Batch]</c>: eps times this is noise in y. May be 0.</param>
    /// <param name="y">The vectors, <c>[Batch, Length]</c>; zero on return where y lay in the span.</param>
    /// <param name="coefficients">What was removed, <c>[count, Batch]</c>: the y of entry is V coefficients + the y of return.</param>
    /// <param name="norm">The norm of y on return, <c>[Batch]</c>: exactly 0 where y lay in the span.</param>
    /// <param name="secondPasses">1 is added for each item that was projected a second time, <c>[Batch]</c>.</param>
    void Orthogonalize(TView basis, int count, TView reference, TView y, TView coefficients, TView norm, TView secondPasses);

    /// <summary>
    /// <c>result_ib = sum_j coefficients[j, i, b] v_jb</c> for <c>i &lt; resultCount</c>: Ritz vectors and restarts.
    /// <paramref name="result"/> may be the front of <paramref name="basis"/> itself, which is then overwritten.
    /// </summary>
    /// <param name="basis"><c>[count, Batch, Length]</c>.</param>
    /// <param name="count">Number of basis vectors combined, at least 1.</param>
    /// <param name="coefficients"><c>[count, resultCount, Batch]</c>.</param>
    /// <param name="resultCount">Number of vectors made, at least 1 and, in place, at most <paramref name="count"/>.</param>
    /// <param name="result"><c>[resultCount, Batch, Length]</c>.</param>
    void Combine(TView basis, int count, TView coefficients, int resultCount, TView result);
}
