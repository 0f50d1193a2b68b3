using HessianKernels.Spaces;

namespace HessianKernels.Networks.Tensors;

/// <summary>
/// The arithmetic a network may use, on tensors held as <typeparamref name="TView"/>: one level over <see cref="IVectorSpace{TView}"/>.
/// Layers, losses and models are written once over it.
/// </summary>
/// <remarks>
/// A tensor is a view of contiguous numbers, the last index fastest; its shape is told by the other arguments. A matrix of activations is
/// <c>[examples, length]</c>, images <c>[examples, height, width, channels]</c>. Results have the same bits for any number of threads. No member but
/// <see cref="Read"/> returns numbers to the host. Arguments do not overlap unless a member says that they may; <c>accumulate</c> adds to
/// what the result holds, otherwise it is only written. Sizes may be 0, which does nothing (and sums to 0).
/// </remarks>
/// <typeparam name="TView">How tensors are held: <see cref="Span{T}"/> on the CPU, a device view on a GPU.</typeparam>
public interface ITensorSpace<TView> where TView : allows ref struct
{
    /// <summary>Distance from 1 to the next stored number.</summary>
    double Epsilon { get; }

    /// <summary>Bytes of one element.</summary>
    int ElementBytes { get; }

    /// <summary>The vectors of the same storage: what the Krylov methods work on.</summary>
    IVectorSpace<TView> Vectors(int batch, int length);

    /// <summary>Elements from one vector to the next in <see cref="Vectors"/>, at least their length.</summary>
    int VectorStride(int length);

    /// <summary>Takes memory for <paramref name="count"/> zeros.</summary>
    /// <exception cref="OutOfMemoryException">There is not that much; the message has both numbers.</exception>
    ITensorMemory<TView> Allocate(long count);

    /// <summary>The part of <paramref name="view"/> that starts at element <paramref name="start"/> and holds <paramref name="count"/> elements.</summary>
    TView Slice(TView view, long start, long count);

    /// <summary>Brings numbers to the host; waits for the work enqueued before it.</summary>
    void Read(TView source, Span<double> destination);

    /// <summary>Sends numbers from the host, rounded to the stored precision.</summary>
    void Write(ReadOnlySpan<double> source, TView destination);

    /// <summary><c>destination = source</c>; the same place, or places with nothing in common.</summary>
    void Copy(TView source, TView destination);

    /// <summary><c>destination[r, :] = source[r, :]</c> for <paramref name="rows"/> rows of <paramref name="columns"/> elements that lie a stride apart.</summary>
    void CopyRows(int rows, int columns, TView source, long sourceStride, TView destination, long destinationStride);

    /// <summary><c>destination[r, :] = source[rows[r], :]</c>: the examples of a mini-batch.</summary>
    void GatherRows(ReadOnlySpan<int> rows, int columns, TView source, TView destination);

    /// <summary><c>destination[b, c, r] = source[b, r, c]</c>.</summary>
    void Transpose(int batch, int rows, int columns, TView source, TView destination);

    /// <summary><c>x = value</c>, element for element.</summary>
    void Fill(double value, TView x);

    /// <summary><c>x *= scale</c>.</summary>
    void Scale(double scale, TView x);

    /// <summary><c>y += scale x</c>.</summary>
    void AddScaled(double scale, TView x, TView y);

    /// <summary><c>result (+)= scale x o y</c>, element for element. The result may be x or y.</summary>
    void Multiply(double scale, TView x, TView y, bool accumulate, TView result);

    /// <summary><c>result[o, i] (+)= scale sum_c x[o, c, i]</c>. Sums are taken in double.</summary>
    void SumGroups(GroupShape shape, double scale, TView x, bool accumulate, TView result);

    /// <summary><c>result[o, i] (+)= scale sum_c x[o, c, i] y[o, c, i]</c>. Sums are taken in double; x and y may be the same.</summary>
    void DotGroups(GroupShape shape, double scale, TView x, TView y, bool accumulate, TView result);

    /// <summary><c>y[o, c, i] += scale shift[o, i]</c>.</summary>
    void AddToGroups(GroupShape shape, double scale, TView shift, TView y);

    /// <summary><c>result[o, c, i] (+)= factor[o, i] x[o, c, i]</c>. The result may be x.</summary>
    void ScaleGroups(GroupShape shape, TView factor, TView x, bool accumulate, TView result);

    /// <summary><c>result = (x + shift)^power</c>, element for element (a variance's reciprocal root: power -1/2). The result may be x.</summary>
    void Power(double shift, double power, TView x, TView result);

    /// <summary>
    /// <c>c_g = alpha op(a_g) op(b_g) + beta c_g</c> for g = 0 .. batch - 1, with op(a) <c>[m, k]</c>, op(b) <c>[k, n]</c> and c <c>[m, n]</c>, all
    /// row-major with rows one after the other, matrix g at <c>g</c> strides. A stride of 0 uses one matrix for all. Where beta is 0, c is only written.
    /// </summary>
    void Gemm(
        bool transposeA, bool transposeB, int m, int n, int k, double alpha, TView a, TView b, double beta, TView c,
        int batch = 1, long strideA = 0, long strideB = 0, long strideC = 0);

    /// <summary>
    /// The convolution <c>y[e, p, q, o] (+)= sum_{c, i, j} w[o, c, i, j] x[e, p s + i - padding, q s + j - padding, c]</c> (zero outside the image; a
    /// cross-correlation, as PyTorch's Conv2d), with x <c>[examples, height, width, channels]</c>, w <c>[outputs, channels, size, size]</c>.
    /// </summary>
    void Convolve(WindowShape shape, int outputs, int examples, TView x, TView w, bool accumulate, TView y);

    /// <summary>Its adjoint in x: <c>dx (+)= </c> the sum over windows of w's part of dy; never accumulates across examples.</summary>
    void ConvolveInput(WindowShape shape, int outputs, int examples, TView dy, TView w, bool accumulate, TView dx);

    /// <summary>
    /// Its adjoint in w: <c>dw[o, c, i, j] (+)= sum_{e, p, q} dy[e, p, q, o] x[e, p s + i - padding, q s + j - padding, c]</c>. With
    /// <paramref name="strideW"/> not 0, nothing is summed over examples: example e's part goes to <c>dw</c> at e strides.
    /// </summary>
    void ConvolveWeight(WindowShape shape, int outputs, int examples, TView dy, TView x, bool accumulate, TView dw, long strideW = 0);

    /// <summary>
    /// The tangent of a convolution whose inputs move as <c>x + s x1</c> and whose weights as <c>w + s v</c>: <c>y = x * v + x1 * w</c>; and,
    /// with the second derivative, <c>curvature[0] += 2 &lt;dy, x1 * v&gt;</c>. The sum is taken in double.
    /// </summary>
    void ConvolveTangent(
        WindowShape shape, int outputs, int examples, TView x, TView w, TView x1, TView v, TView dy, TView y, TView curvature)
    {
        Convolve(shape, outputs, examples, x1, v, false, y);
        DotGroups(GroupShape.Rows(1, checked(examples * shape.Windows * outputs)), 2, dy, y, true, curvature);
        Convolve(shape, outputs, examples, x1, w, false, y);
        Convolve(shape, outputs, examples, x, v, true, y);
    }

    /// <summary>
    /// <c>y = max</c> under each window and channel; <paramref name="chosen"/> <c>[examples, windows, channels]</c> holds the place <c>h Width + w</c> of the
    /// maximum in its image (the first of equals), as a number.
    /// </summary>
    void MaxPool(WindowShape shape, int examples, TView x, TView y, TView chosen);

    /// <summary><c>y = x at the chosen places</c>: a maximum's tangent.</summary>
    void GatherChosen(WindowShape shape, int examples, TView x, TView chosen, TView y);

    /// <summary><c>dx = 0, then dx at the chosen places += dy</c>: its adjoint.</summary>
    void ScatterChosen(WindowShape shape, int examples, TView dy, TView chosen, TView dx);

    /// <summary><c>y = sum under each window and channel / size^2</c> (padding counts, as PyTorch's default does).</summary>
    void AveragePool(WindowShape shape, int examples, TView x, TView y);

    /// <summary>Its adjoint: <c>dx</c> = the sum over the windows that hold a pixel of <c>dy / size^2</c>.</summary>
    void AveragePoolInput(WindowShape shape, int examples, TView dy, TView dx);

    /// <summary>
    /// <c>y = f(z)</c> and its first <paramref name="order"/> derivatives, <c>derivatives[j] = f^(j + 1)(z)</c>, <c>[order, length]</c>. y may be z. Order 0 to 3.
    /// </summary>
    void Activate(ActivationFunction function, int order, TView z, TView y, TView derivatives);

    /// <summary>
    /// The same of <c>z[r, c] + shift[c]</c>, with z <c>[rows, columns]</c>: a layer's bias and its activation. It may be added to z; what z holds
    /// afterwards, where y is another, is not to be read.
    /// </summary>
    void ActivateShifted(ActivationFunction function, int order, int rows, int columns, TView shift, TView z, TView y, TView derivatives)
    {
        AddToGroups(GroupShape.Columns(rows, columns), 1, shift, z);
        Activate(function, order, z, y, derivatives);
    }

    /// <summary>
    /// The first <paramref name="order"/> derivatives of f(x(s)) in s: <c>y_1 = f' x_1</c>, <c>y_2 = f' x_2 + f'' x_1^2</c>, <c>y_3 = f' x_3 + 3 f'' x_1 x_2 +
    /// f''' x_1^3</c>, element for element, from f's <paramref name="derivatives"/> and x's; all of them <c>[order, length]</c>. y may be x. Order 1 to 3.
    /// </summary>
    void ActivateTangent(int order, long length, TView derivatives, TView x, TView y);

    /// <summary><c>result = a o b + c o d</c>, element for element: the tangent of a product. The result may be any of them.</summary>
    void SumOfProducts(TView a, TView b, TView c, TView d, TView result);

    /// <summary>Softmax of each row: <c>p = exp(z - logSumExp)</c>, with <c>logSumExp[r] = log sum_c exp(z[r, c])</c>, neither over- nor underflowing. p may be z.</summary>
    void Softmax(int rows, int columns, TView z, TView p, TView logSumExp);

    /// <summary>
    /// A class drawn from each row of probabilities, as one-hot rows: <c>result[r, c] = 1</c> for the first c with <c>p[r, 0] + .. + p[r, c] > uniform[r]</c>
    /// (the last where rounding leaves none), else 0. Sums are taken in double.
    /// </summary>
    void DrawRows(int rows, int columns, TView p, TView uniform, TView result);
}
