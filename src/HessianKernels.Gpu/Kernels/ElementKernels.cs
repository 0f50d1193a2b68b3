using ILGPU;

namespace HessianKernels.Gpu.Kernels;

/// <summary>
/// Element by element, as many as one load brings at a time; grid <c>(chunks)</c>, each thread taking every so many-th load.
/// </summary>
internal static class ElementKernels<T, TWide, TOps>
    where T : unmanaged
    where TWide : unmanaged
    where TOps : struct, IWide<T, TWide>
{
    /// <summary><c>x = value</c>.</summary>
    public static void Fill(ArrayView<TWide> x, T value)
    {
        TWide all = TOps.All(value);
        for (long i = Stride.First(); i < x.Length; i += Stride.Step()) x[i] = all;
    }

    /// <summary><c>x *= scale</c>.</summary>
    public static void Scale(ArrayView<TWide> x, T scale)
    {
        TWide all = TOps.All(scale);
        for (long i = Stride.First(); i < x.Length; i += Stride.Step()) x[i] = TOps.Product(all, x[i]);
    }

    /// <summary><c>y += scale x</c>.</summary>
    public static void AddScaled(ArrayView<TWide> x, ArrayView<TWide> y, T scale)
    {
        TWide all = TOps.All(scale);
        for (long i = Stride.First(); i < x.Length; i += Stride.Step()) y[i] = TOps.PlusProduct(y[i], all, x[i]);
    }

    /// <summary><c>result (+)= scale x o y</c>.</summary>
    public static void Multiply(ArrayView<TWide> x, ArrayView<TWide> y, ArrayView<TWide> result, T scale, int accumulate)
    {
        TWide all = TOps.All(scale);
        for (long i = Stride.First(); i < x.Length; i += Stride.Step())
        {
            TWide left = TOps.Product(all, x[i]);
            // What the result held may be no number where it is only written.
            result[i] = accumulate != 0 ? TOps.PlusProduct(result[i], left, y[i]) : TOps.Product(left, y[i]);
        }
    }

    /// <summary><c>result = a o b + c o d</c>.</summary>
    public static void SumOfProducts(ArrayView<TWide> a, ArrayView<TWide> b, ArrayView<TWide> c, ArrayView<TWide> d,
        ArrayView<TWide> result)
    {
        for (long i = Stride.First(); i < a.Length; i += Stride.Step()) result[i] = TOps.PlusProduct(TOps.Product(a[i], b[i]), c[i], d[i]);
    }

    /// <summary>
    /// <c>result = (x + shift)^power</c>, in double. Where twice the power is a whole number up to 8 in size: by products, a root and a
    /// quotient.
    /// </summary>
    public static void Power(ArrayView<TWide> x, ArrayView<TWide> result, double shift, double power)
    {
        int halves = Math.Abs(power) <= 4 ? (int)(2 * power) : 0, size = Math.Abs(halves);
        bool exact = halves == 2 * power;
        for (long i = Stride.First(); i < x.Length; i += Stride.Step())
        {
            TWide load = x[i], powers = load;
            for (int lane = 0; lane < TOps.Lanes(); lane++)
            {
                double basis = TOps.Double(TOps.Lane(load, lane)) + shift, value;
                if (exact)
                {
                    value = (size & 1) != 0 ? Math.Sqrt(basis) : 1;
                    for (int k = 1; k < size; k += 2) value *= basis;
                    value = halves < 0 ? 1 / value : value;
                }
                else value = DeviceMath.Power(basis, power);

                powers = TOps.With(powers, lane, TOps.Rounded(value));
            }

            result[i] = powers;
        }
    }
}
