using HessianKernels.Gpu.Kernels;
using HessianKernels.Networks.Tensors;
using ILGPU;
using ILGPU.Runtime;

namespace HessianKernels.Gpu.Tensors;

public sealed partial class GpuTensorSpace<T>
{
    private Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, ArrayView<T>, long, int> TangentKernel
        => field ??= Gpu.Accelerator.LoadKernel<ArrayView<T>, ArrayView<T>, ArrayView<T>, long, int>(ChainKernels<T>.Tangent);

    /// <inheritdoc/>
    public void Fill(double value, ArrayView<T> x)
    {
        if (x.Length > 0) For(x, x, x, x).Fill(x, T.CreateTruncating(value));
    }

    /// <inheritdoc/>
    public void Scale(double scale, ArrayView<T> x)
    {
        if (x.Length > 0) For(x, x, x, x).Scale(x, T.CreateTruncating(scale));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">y is shorter than x.</exception>
    public void AddScaled(double scale, ArrayView<T> x, ArrayView<T> y)
    {
        Require(y, x.Length, nameof(y));
        if (x.Length > 0) For(x, y, y, y).AddScaled(x, y.SubView(0, x.Length), T.CreateTruncating(scale));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">y or the result is shorter than x.</exception>
    public void Multiply(double scale, ArrayView<T> x, ArrayView<T> y, bool accumulate, ArrayView<T> result)
    {
        Require(y, x.Length, nameof(y));
        Require(result, x.Length, nameof(result));
        if (x.Length == 0) return;
        ElementLaunches<T> kernels = For(x, y, result, result);
        kernels.Multiply(x, y.SubView(0, x.Length), result.SubView(0, x.Length), T.CreateTruncating(scale), accumulate ? 1 : 0);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A tensor is shorter than a.</exception>
    public void SumOfProducts(ArrayView<T> a, ArrayView<T> b, ArrayView<T> c, ArrayView<T> d, ArrayView<T> result)
    {
        long count = a.Length;
        Require(b, count, nameof(b));
        Require(c, count, nameof(c));
        Require(d, count, nameof(d));
        Require(result, count, nameof(result));
        if (count == 0) return;
        ElementLaunches<T> kernels = Starts(result) ? For(a, b, c, d) : _launches.Narrow;
        kernels.SumOfProducts(a, b.SubView(0, count), c.SubView(0, count), d.SubView(0, count), result.SubView(0, count));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The result is shorter than x.</exception>
    public void Power(double shift, double power, ArrayView<T> x, ArrayView<T> result)
    {
        Require(result, x.Length, nameof(result));
        if (x.Length > 0) _launches.Power(Gpu.Stream, TensorGrid.Over(Gpu, x.Length), x, result, x.Length, shift, power);
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
        if (length == 0) return;
        T slope = function.Kind == ActivationKind.LeakyRelu ? T.CreateTruncating(function.Slope) : T.Zero;
        _launches.Activate(function.Kind)(
            Gpu.Stream, TensorGrid.Over(Gpu, length), z, shift, y, derivatives, length, columns, order, slope);
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
        // Of one derivative it is a product, which has loads of 16 bytes.
        if (order == 1) Multiply(1, derivatives.SubView(0, length), x, false, y);
        else TangentKernel(Gpu.Stream, TensorGrid.Over(Gpu, length), derivatives, x, y, length, order);
    }

    /// <summary>Loads of 16 bytes, where all four tensors and the first's length allow them.</summary>
    private ElementLaunches<T> For(ArrayView<T> a, ArrayView<T> b, ArrayView<T> c, ArrayView<T> d)
        => a.Length % (16 / ElementBytes) == 0 && Starts(a) && Starts(b) && Starts(c) && Starts(d) ? _launches.Wide : _launches.Narrow;

    private static bool Starts(ArrayView<T> view) => view.LoadEffectiveAddressAsPtr() % 16 == 0;
}
