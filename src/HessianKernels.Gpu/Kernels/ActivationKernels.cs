using System.Numerics;
using ILGPU;

namespace HessianKernels.Gpu.Kernels;

/// <summary>A function of one variable on every element, as many as one load brings at a time; grid <c>(chunks)</c>.</summary>
internal static class ActivationKernels<T, TWide, TOps, TFunction>
    where T : unmanaged, INumber<T>
    where TWide : unmanaged
    where TOps : struct, IWide<T, TWide>
    where TFunction : struct, IJet<T>
{
    /// <summary>
    /// <c>y = f(z)</c>, and its first derivatives, <c>derivatives[j, i] = f^(j + 1)(z[i])</c>; with a shift a column, where there are
    /// columns, that is added to z first. y may be z.
    /// </summary>
    /// <param name="z">The arguments.</param>
    /// <param name="shift"><c>[columns]</c>.</param>
    /// <param name="y">The values.</param>
    /// <param name="derivatives"><c>[order, plane]</c>.</param>
    /// <param name="first">The first load to be made.</param>
    /// <param name="end">One beyond the last.</param>
    /// <param name="plane">Loads of one order's derivatives.</param>
    /// <param name="columns">Columns of a row; 0 where nothing is added.</param>
    /// <param name="order">Derivatives wanted.</param>
    /// <param name="slope">The function's parameter.</param>
    public static void Evaluate(
        ArrayView<TWide> z, ArrayView<T> shift, ArrayView<TWide> y, ArrayView<TWide> derivatives, long first, long end, long plane,
        int columns, int order, T slope)
    {
        for (long i = first + Stride.First(); i < end; i += Stride.Step())
        {
            TWide load = z[i], value = load, once = load, twice = load, thrice = load;
            long element = i * TOps.Lanes();
            int column = columns != 0 ? (int)(element - (long)Stride.Quotient(element, columns) * columns) : 0;
            for (int lane = 0; lane < TOps.Lanes(); lane++)
            {
                T x = TOps.Lane(load, lane);
                if (columns != 0)
                {
                    x += shift[column];
                    column = column + 1 == columns ? 0 : column + 1;
                }

                Jet<T> at = TFunction.At(x, slope);
                value = TOps.With(value, lane, at.Value);
                once = TOps.With(once, lane, at.First);
                twice = TOps.With(twice, lane, at.Second);
                thrice = TOps.With(thrice, lane, at.Third);
            }

            y[i] = value;
            if (order > 0) derivatives[i] = once;
            if (order > 1) derivatives[plane + i] = twice;
            if (order > 2) derivatives[2 * plane + i] = thrice;
        }
    }
}

/// <summary>Derivatives of an activation along a line; grid <c>(chunks)</c>.</summary>
internal static class ChainKernels<T, TWide, TOps>
    where T : unmanaged, INumber<T>
    where TWide : unmanaged
    where TOps : struct, IWide<T, TWide>
{
    /// <summary>
    /// <c>y_1 = f' x_1</c>, <c>y_2 = f' x_2 + f'' x_1^2</c>, <c>y_3 = f' x_3 + 3 f'' x_1 x_2 + f''' x_1^3</c>, up to an order; all
    /// <c>[order, length]</c>, the length in loads.
    /// </summary>
    public static void Tangent(ArrayView<TWide> derivatives, ArrayView<TWide> x, ArrayView<TWide> y, long length, int order)
    {
        TWide three = TOps.All(T.One + T.One + T.One);
        for (long i = Stride.First(); i < length; i += Stride.Step())
        {
            TWide f1 = derivatives[i], x1 = x[i];
            if (order > 1)
            {
                TWide f2 = derivatives[length + i], x2 = x[length + i], square = TOps.Product(x1, x1);
                if (order > 2)
                {
                    TWide mixed = TOps.Product(TOps.Product(three, f2), TOps.Product(x1, x2));
                    TWide cubic = TOps.PlusProduct(mixed, derivatives[2 * length + i], TOps.Product(square, x1));
                    y[2 * length + i] = TOps.PlusProduct(cubic, f1, x[2 * length + i]);
                }

                y[length + i] = TOps.PlusProduct(TOps.Product(f2, square), f1, x2);
            }

            y[i] = TOps.Product(f1, x1);
        }
    }
}
