using System.Numerics;
using HessianKernels.Kernels;
using HessianKernels.Spaces;

namespace HessianKernels.Operators;

/// <summary>The user's gradient of a loss.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="theta">The point, <c>[n]</c>.</param>
/// <param name="gradient">The gradient there, <c>[n]</c>; all of it is to be written. It does not overlap <paramref name="theta"/>.</param>
public delegate void GradientCallback<T>(ReadOnlySpan<T> theta, Span<T> gradient);

/// <summary>
/// The Hessian at a point, known by the gradient alone: central differences of two steps along u = v / ||v||, extrapolated,
/// <code>
///  D(h)   = (g(theta + h u) - g(theta - h u)) / (2 h)
///  H v    = ||v|| (4 D(h) - D(2h)) / 3 + O(h^4)
///  h      = eps^(1/3) max(1, ||theta||)
/// </code>
/// </summary>
/// <remarks>
/// FOUR gradients a product. The step balances the truncation of D(h), h^2, with its rounding, eps / h: about 10 digits of 16 in double and
/// 4 of 7 in float where the third derivative is moderate. Every product measures its own error: read <see cref="LastError"/>, and set no
/// residual tolerance below <see cref="LargestError"/>. The product is linear and symmetric up to that error and no further. A zero v gives a
/// zero product, without a gradient. A NaN in v or in a gradient reaches the product and its error. Nothing is allocated besides what the
/// gradient does. Not for several threads at once. (Dennis and Schnabel, Numerical Methods for Unconstrained Optimization, 5.6.)
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
public sealed unsafe class FiniteDifferenceHessian<T> : ILinearOperator<Span<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly GradientCallback<T> _gradient;
    private readonly T[] _theta, _point, _work, _coarse;
    private readonly double _thetaNorm;

    /// <summary>Takes the gradient of a loss as the Hessian at a point.</summary>
    /// <param name="theta">The point, <c>[n]</c>, at least one element, all finite; copied.</param>
    /// <param name="gradient">The gradient.</param>
    /// <param name="step">The step h along a direction of norm 1, above 0; null for eps^(1/3) max(1, ||theta||).</param>
    /// <exception cref="ArgumentNullException">gradient is null.</exception>
    /// <exception cref="ArgumentException">theta is empty or not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">step is not a finite number above 0.</exception>
    public FiniteDifferenceHessian(ReadOnlySpan<T> theta, GradientCallback<T> gradient, double? step = null)
    {
        ElementType.ThrowIfUnsupported<T>();
        ArgumentNullException.ThrowIfNull(gradient);
        if (theta.IsEmpty) throw new ArgumentException("The point has 0 elements; expected at least 1.", nameof(theta));
        for (int i = 0; i < theta.Length; i++)
            if (!T.IsFinite(theta[i])) throw new ArgumentException($"Element {i} of the point is {theta[i]}.", nameof(theta));
        _gradient = gradient;
        _theta = theta.ToArray();
        (_point, _work, _coarse) = (new T[theta.Length], new T[theta.Length], new T[theta.Length]);
        _thetaNorm = NormOf(_theta);
        Step = step ?? Math.Cbrt(ElementType.Epsilon<T>()) * Math.Max(1, _thetaNorm);
        if (!(Step > 0 && double.IsFinite(Step))) throw new ArgumentOutOfRangeException(nameof(step), Step, "The step must be a finite number above 0.");
    }

    /// <summary>1: one Hessian.</summary>
    public int Batch => 1;

    /// <inheritdoc/>
    public int Length => _theta.Length;

    /// <summary>The step h along a direction of norm 1.</summary>
    public double Step { get; }

    /// <summary>Gradients asked for so far: four a product.</summary>
    public long Gradients { get; private set; }

    /// <summary>The error of the last product; all 0 before the first.</summary>
    public ProductError LastError { get; private set; }

    /// <summary>Of all products so far, the error that was largest relative to its product; a NaN is the largest.</summary>
    public ProductError LargestError { get; private set; }

    /// <inheritdoc/>
    public void Apply(Span<T> input, Span<T> output)
    {
        input = input[..Length];
        output = output[..Length];
        double norm = NormOf(input);
        if (norm == 0)
        {
            output.Clear();
            LastError = default;
            return;
        }

        double size = Math.Max(Difference(input, 2 * Step / norm, _coarse), Difference(input, Step / norm, output));
        double apart = 0, square = 0;
        for (int i = 0; i < output.Length; i++)
        {
            // D(h) + (D(h) - D(2h)) / 3, in double: the second term is small, and all of the estimate.
            double fine = double.CreateTruncating(output[i]), correction = (fine - double.CreateTruncating(_coarse[i])) / 3;
            apart += correction * correction;
            square += (fine + correction) * (fine + correction);
            output[i] = T.CreateTruncating(fine + correction);
        }

        (double outputNorm, double eps) = (Math.Sqrt(square), ElementType.Epsilon<T>());
        double rounding = eps * ((2 * size * norm) + (_thetaNorm * outputNorm)) / Step;
        LastError = new(Math.Sqrt(apart), rounding, outputNorm);
        if (!(LastError.Relative <= LargestError.Relative) && !double.IsNaN(LargestError.Relative)) LargestError = LastError;
    }

    /// <summary><c>difference = (g(theta + step v) - g(theta - step v)) / (2 step)</c>.</summary>
    /// <returns>The norm of the larger gradient.</returns>
    private double Difference(Span<T> v, double step, Span<T> difference)
    {
        double above = Gradient(v, step, difference), below = Gradient(v, -step, _work);
        double scale = 0.5 / step;
        for (int i = 0; i < difference.Length; i++)
            difference[i] = T.CreateTruncating((double.CreateTruncating(difference[i]) - double.CreateTruncating(_work[i])) * scale);
        return Math.Max(above, below);
    }

    private double Gradient(Span<T> v, double step, Span<T> gradient)
    {
        for (int i = 0; i < v.Length; i++)
            _point[i] = T.CreateTruncating(double.CreateTruncating(_theta[i]) + (step * double.CreateTruncating(v[i])));
        _gradient(_point, gradient);
        Gradients++;
        return NormOf(gradient);
    }

    private static double NormOf(Span<T> x)
    {
        fixed (T* p = x) return Norm.Of(p, x.Length);
    }
}
