using System.Numerics;
using ILGPU;

namespace HessianKernels.Gpu.Kernels;

/// <summary>A function of one variable on every element; grid <c>(chunks)</c>.</summary>
internal static class ActivationKernels<T, TFunction>
    where T : unmanaged, INumber<T>
    where TFunction : struct, IJet<T>
{
    /// <summary>
    /// <c>y = f(z)</c>, and its first derivatives, <c>derivatives[j, i] = f^(j + 1)(z[i])</c>; with a shift a column, where there are
    /// columns, that is added to z first. y may be z.
    /// </summary>
    public static void Evaluate(
        ArrayView<T> z, ArrayView<T> shift, ArrayView<T> y, ArrayView<T> derivatives, long length, int columns, int order, T slope)
    {
        for (long i = Stride.First(); i < length; i += Stride.Step())
        {
            T x = z[i];
            if (columns != 0) x += shift[i - (long)Stride.Quotient(i, columns) * columns];
            Jet<T> at = TFunction.At(x, slope);
            y[i] = at.Value;
            if (order > 0) derivatives[i] = at.First;
            if (order > 1) derivatives[length + i] = at.Second;
            if (order > 2) derivatives[2 * length + i] = at.Third;
        }
    }
}

/// <summary>Derivatives of an activation along a line; grid <c>(chunks)</c>.</summary>
internal static class ChainKernels<T>
    where T : unmanaged, INumber<T>
{
    /// <summary>
    /// <c>y_1 = f' x_1</c>, <c>y_2 = f' x_2 + f'' x_1^2</c>, <c>y_3 = f' x_3 + 3 f'' x_1 x_2 + f''' x_1^3</c>, up to an order; all
    /// <c>[order, length]</c>.
    /// </summary>
    public static void Tangent(ArrayView<T> derivatives, ArrayView<T> x, ArrayView<T> y, long length, int order)
    {
        for (long i = Stride.First(); i < length; i += Stride.Step())
        {
            T f1 = derivatives[i], x1 = x[i];
            if (order > 1)
            {
                T f2 = derivatives[length + i], x2 = x[length + i], square = x1 * x1;
                if (order > 2)
                    y[2 * length + i] = f1 * x[2 * length + i] + ((f2 + f2 + f2) * (x1 * x2) + derivatives[2 * length + i] * (square * x1));
                y[length + i] = f1 * x2 + f2 * square;
            }

            y[i] = f1 * x1;
        }
    }
}
