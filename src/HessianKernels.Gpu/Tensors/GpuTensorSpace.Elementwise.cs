using HessianKernels.Networks.Tensors;
using ILGPU;
using ILGPU.Runtime;

namespace HessianKernels.Gpu.Tensors;

public sealed partial class GpuTensorSpace<T>
{
    /// <inheritdoc/>
    public void Fill(double value, ArrayView<T> x)
    {
        foreach ((ElementLaunches<T> kernels, long start, long count) in Runs(x.Length, Starts(x)))
            kernels.Fill(x.SubView(start, count), T.CreateTruncating(value));
    }

    /// <inheritdoc/>
    public void Scale(double scale, ArrayView<T> x)
    {
        foreach ((ElementLaunches<T> kernels, long start, long count) in Runs(x.Length, Starts(x)))
            kernels.Scale(x.SubView(start, count), T.CreateTruncating(scale));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">y is shorter than x.</exception>
    public void AddScaled(double scale, ArrayView<T> x, ArrayView<T> y)
    {
        Require(y, x.Length, nameof(y));
        foreach ((ElementLaunches<T> kernels, long start, long count) in Runs(x.Length, Starts(x, y)))
            kernels.AddScaled(x.SubView(start, count), y.SubView(start, count), T.CreateTruncating(scale));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">y or the result is shorter than x.</exception>
    public void Multiply(double scale, ArrayView<T> x, ArrayView<T> y, bool accumulate, ArrayView<T> result)
    {
        Require(y, x.Length, nameof(y));
        Require(result, x.Length, nameof(result));
        foreach ((ElementLaunches<T> kernels, long start, long count) in Runs(x.Length, Starts(x, y, result)))
        {
            kernels.Multiply(
                x.SubView(start, count), y.SubView(start, count), result.SubView(start, count), T.CreateTruncating(scale),
                accumulate ? 1 : 0);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A tensor is shorter than a.</exception>
    public void SumOfProducts(ArrayView<T> a, ArrayView<T> b, ArrayView<T> c, ArrayView<T> d, ArrayView<T> result)
    {
        long length = a.Length;
        Require(b, length, nameof(b));
        Require(c, length, nameof(c));
        Require(d, length, nameof(d));
        Require(result, length, nameof(result));
        foreach ((ElementLaunches<T> kernels, long start, long count) in Runs(length, Starts(a, b, c, d, result)))
        {
            kernels.SumOfProducts(
                a.SubView(start, count), b.SubView(start, count), c.SubView(start, count), d.SubView(start, count),
                result.SubView(start, count));
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The result is shorter than x.</exception>
    public void Power(double shift, double power, ArrayView<T> x, ArrayView<T> result)
    {
        Require(result, x.Length, nameof(result));
        foreach ((ElementLaunches<T> kernels, long start, long count) in Runs(x.Length, Starts(x, result)))
            kernels.Power(x.SubView(start, count), result.SubView(start, count), shift, power);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A tensor is too short.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The order is not 0 to 3, or the kind is none.</exception>
    public void Activate(ActivationFunction function, int order, ArrayView<T> z, ArrayView<T> y, ArrayView<T> derivatives)
        => Activate(function, order, z.Length, 0, z, z, y, derivatives);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A tensor is too short.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The order is not 0 to 3, or the kind is none.</exception>
    public void ActivateShifted(
        ActivationFunction function, int order, int rows, int columns, ArrayView<T> shift, ArrayView<T> z, ArrayView<T> y,
        ArrayView<T> derivatives)
    {
        Require(shift, columns, nameof(shift));
        Require(z, (long)rows * columns, nameof(z));
        Activate(function, order, (long)rows * columns, columns, shift, z, y, derivatives);
    }

    private void Activate(
        ActivationFunction function, int order, long length, int columns, ArrayView<T> shift, ArrayView<T> z, ArrayView<T> y,
        ArrayView<T> derivatives)
    {
        if (order is < 0 or > 3) throw new ArgumentOutOfRangeException(nameof(order), order, "0 to 3 derivatives can be had.");
        Require(y, length, nameof(y));
        Require(derivatives, order * length, nameof(derivatives));
        // A second derivative begins where the first ends.
        bool aligned = Starts(z, y) && (order == 0 || Starts(derivatives)) && (order < 2 || length % Lanes == 0);
        foreach ((ElementLaunches<T> kernels, long start, long count) in Runs(length, aligned))
            kernels.Activate(function, order, z, shift, y, derivatives, start, count, length, columns);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A tensor is too short.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The order is not 1 to 3.</exception>
    public void ActivateTangent(int order, long length, ArrayView<T> derivatives, ArrayView<T> x, ArrayView<T> y)
    {
        if (order is < 1 or > 3) throw new ArgumentOutOfRangeException(nameof(order), order, "1 to 3 derivatives can be had.");
        Require(derivatives, order * length, nameof(derivatives));
        Require(x, order * length, nameof(x));
        Require(y, order * length, nameof(y));
        if (length == 0) return;
        if (order == 1) Multiply(1, derivatives.SubView(0, length), x, false, y);
        else For(length % Lanes == 0 && Starts(derivatives, x, y)).Tangent(derivatives, x, y, length, order);
    }

    /// <summary>Numbers of a load of 16 bytes.</summary>
    private static int Lanes => 16 / Interop.SizeOf<T>();

    private ElementRuns<T> Runs(long length, bool aligned) => new(_launches, length, aligned ? length - length % Lanes : 0);

    private ElementLaunches<T> For(bool aligned) => aligned ? _launches.Wide : _launches.Narrow;

    /// <summary>Whether all begin where a load of 16 bytes may.</summary>
    private static bool Starts(params ReadOnlySpan<ArrayView<T>> views)
    {
        foreach (ArrayView<T> view in views)
            if (view.Length > 0 && view.LoadEffectiveAddressAsPtr() % 16 != 0) return false;
        return true;
    }
}
