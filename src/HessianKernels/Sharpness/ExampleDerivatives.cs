using System.Numerics;
using System.Runtime.CompilerServices;
using HessianKernels.Kernels;
using HessianKernels.Operators;

namespace HessianKernels.Sharpness;

/// <summary>
/// What sharpness along batches depends on: the gradient g_i and the Hessian H_i of each example's loss, the Hessian dense or as
/// <c>H_i = F_i^T F_i</c>.
/// </summary>
/// <remarks>
/// Everything is computed in double. Gradients are copied; Hessians and factors are the caller's memory where they are double (do not
/// change it meanwhile), and copied where they are float. Thread-safe.
/// </remarks>
/// <example><code>
/// ExampleDerivatives derivatives = ExampleDerivatives.FromHessians&lt;double&gt;(gradients, hessians, examples: 9);
/// SharpnessReport report = BatchSharpness.Analyze(derivatives, batchSize: 4, new() { Seed = 1 });
/// </code></example>
public sealed partial class ExampleDerivatives
{
    private readonly ReadOnlyMemory<double> _curvatures;
    private MeanCurvature? _mean;

    private ExampleDerivatives(double[] gradients, double unit, ReadOnlyMemory<double> curvatures, int examples, int rows, bool factored)
    {
        (Gradients, Unit, _curvatures, Examples, Rows, IsFactored) = (gradients, unit, curvatures, examples, rows, factored);
        Parameters = gradients.Length / examples;
        Gradient = new double[Parameters];
        for (int i = 0; i < examples; i++)
            for (int j = 0; j < Parameters; j++) Gradient[j] += gradients[i * Parameters + j];
        for (int j = 0; j < Parameters; j++) Gradient[j] /= examples;
    }

    /// <summary>n, the number of examples.</summary>
    public int Examples { get; }

    /// <summary>d, the number of parameters.</summary>
    public int Parameters { get; }

    /// <summary>Whether the Hessians are given by factors.</summary>
    public bool IsFactored { get; }

    /// <summary>Rows of the matrix an example has: d of a Hessian, r of a factor.</summary>
    internal int Rows { get; }

    /// <summary>g_i over <see cref="Unit"/>, <c>[n, d]</c>.</summary>
    internal double[] Gradients { get; }

    /// <summary>The mean of <see cref="Gradients"/>, <c>[d]</c>.</summary>
    internal double[] Gradient { get; }

    /// <summary>
    /// A power of 2 near the largest element of the gradients, so that no square of one leaves double's range. 1 where all are 0.
    /// </summary>
    internal double Unit { get; }

    /// <summary>All Hessians or factors, <c>[n, rows, d]</c>.</summary>
    internal ReadOnlySpan<double> Curvatures => _curvatures.Span;

    /// <summary>H; formed at its first use. The threads change no bit.</summary>
    internal MeanCurvature Mean(int threads) => LazyInitializer.EnsureInitialized(ref _mean, () => new(this, threads));

    /// <summary>Takes gradients and dense Hessians.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="gradients">g_i, <c>[n, d]</c>, row-major.</param>
    /// <param name="hessians">H_i, <c>[n, d, d]</c>, each symmetric and stored whole; may be indefinite.</param>
    /// <param name="examples">n, at least 1.</param>
    /// <param name="threads">Most threads used to look the Hessians over; 0 for one a processor.</param>
    /// <exception cref="ArgumentException">
    /// The shapes disagree, or an element is a NaN or an infinity, or a Hessian is not symmetric to 100 epsilon of T times its largest
    /// element: which example, where, and what it is.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">examples is below 1, or threads below 0.</exception>
    public static ExampleDerivatives FromHessians<T>(ReadOnlyMemory<T> gradients, ReadOnlyMemory<T> hessians, int examples, int threads = 0)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (double[] scaled, double unit) = Scaled(gradients.Span, examples);
        int d = scaled.Length / examples;
        ThrowUnless(hessians.Length, (long)examples * d * d, $"n x d x d = {examples} x {d} x {d}", nameof(hessians));
        DenseSymmetric.Validate(hessians.Span, d, nameof(hessians), threads: threads);
        return new(scaled, unit, InDouble(hessians), examples, d, factored: false);
    }

    /// <summary>
    /// Takes gradients and factors of positive semidefinite Hessians, <c>H_i = F_i^T F_i</c>: the number of parameters may be large.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="gradients">g_i, <c>[n, d]</c>, row-major.</param>
    /// <param name="factors">
    /// F_i, <c>[n, r, d]</c>, row-major; for the squared loss of one output the rows j_i of the Jacobian, r = 1.
    /// </param>
    /// <param name="examples">n, at least 1.</param>
    /// <param name="rows">r, at least 1.</param>
    /// <exception cref="ArgumentException">
    /// The shapes disagree, or an element is a NaN or an infinity: which example, where, and what it is.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">examples or rows is below 1.</exception>
    public static ExampleDerivatives FromFactors<T>(ReadOnlyMemory<T> gradients, ReadOnlyMemory<T> factors, int examples, int rows)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        (double[] scaled, double unit) = Scaled(gradients.Span, examples);
        int d = scaled.Length / examples;
        ThrowUnless(factors.Length, (long)examples * rows * d, $"n x r x d = {examples} x {rows} x {d}", nameof(factors));
        ReadOnlySpan<T> span = factors.Span;
        for (int at = 0; at < span.Length; at++)
        {
            if (T.IsFinite(span[at])) continue;
            throw new ArgumentException(
                $"The factor of example {at / d / rows} of {examples} has {span[at]} at row {at / d % rows}, column {at % d}; "
                + "expected finite numbers.",
                nameof(factors));
        }

        return new(scaled, unit, InDouble(factors), examples, rows, factored: true);
    }

    private static (double[] Scaled, double Unit) Scaled<T>(ReadOnlySpan<T> gradients, int examples)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ElementType.ThrowIfUnsupported<T>();
        ArgumentOutOfRangeException.ThrowIfLessThan(examples, 1);
        if (gradients.Length == 0 || gradients.Length % examples != 0)
        {
            throw new ArgumentException(
                $"Expected a positive multiple of n = {examples} elements; found {gradients.Length}.", nameof(gradients));
        }

        int d = gradients.Length / examples;
        double[] scaled = new double[gradients.Length];
        double largest = 0;
        for (int at = 0; at < scaled.Length; at++)
        {
            scaled[at] = double.CreateTruncating(gradients[at]);
            if (!double.IsFinite(scaled[at]))
            {
                throw new ArgumentException(
                    $"The gradient of example {at / d} of {examples} has {gradients[at]} at parameter {at % d}; expected finite numbers.",
                    nameof(gradients));
            }

            largest = Math.Max(largest, Math.Abs(scaled[at]));
        }

        int power = largest == 0 ? 0 : Math.ILogB(largest);
        for (int at = 0; at < scaled.Length; at++) scaled[at] = Math.ScaleB(scaled[at], -power);
        return (scaled, Math.ScaleB(1, power));
    }

    private static ReadOnlyMemory<double> InDouble<T>(ReadOnlyMemory<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(double)) return Unsafe.As<ReadOnlyMemory<T>, ReadOnlyMemory<double>>(ref values);
        ReadOnlySpan<T> span = values.Span;
        double[] wide = new double[span.Length];
        for (int at = 0; at < wide.Length; at++) wide[at] = double.CreateTruncating(span[at]);
        return wide;
    }

    private static void ThrowUnless(int found, long expected, string shape, string argument)
    {
        if (found == expected) return;
        throw new ArgumentException($"Expected {shape} = {expected} elements, as the gradients are; found {found}.", argument);
    }
}
