using HessianKernels.Gpu.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace HessianKernels.Gpu.Tensors;

/// <summary>The kernels that work element by element for one width of load, launched.</summary>
internal abstract class ElementLaunches<T>
    where T : unmanaged
{
    public abstract void Fill(ArrayView<T> x, T value);

    public abstract void Scale(ArrayView<T> x, T scale);

    public abstract void AddScaled(ArrayView<T> x, ArrayView<T> y, T scale);

    public abstract void Multiply(ArrayView<T> x, ArrayView<T> y, ArrayView<T> result, T scale, int accumulate);

    public abstract void SumOfProducts(ArrayView<T> a, ArrayView<T> b, ArrayView<T> c, ArrayView<T> d, ArrayView<T> result);
}

/// <summary>The same for one width. Every view has as many elements as the first, and that is a whole number of loads.</summary>
internal sealed class ElementLaunches<T, TWide, TOps>(GpuContext gpu) : ElementLaunches<T>
    where T : unmanaged
    where TWide : unmanaged
    where TOps : struct, IWide<T, TWide>
{
    private readonly Accelerator _device = gpu.Accelerator;

    private Action<AcceleratorStream, KernelConfig, ArrayView<TWide>, T> FillKernel
        => field ??= _device.LoadKernel<ArrayView<TWide>, T>(ElementKernels<T, TWide, TOps>.Fill);

    private Action<AcceleratorStream, KernelConfig, ArrayView<TWide>, T> ScaleKernel
        => field ??= _device.LoadKernel<ArrayView<TWide>, T>(ElementKernels<T, TWide, TOps>.Scale);

    private Action<AcceleratorStream, KernelConfig, ArrayView<TWide>, ArrayView<TWide>, T> AddScaledKernel
        => field ??= _device.LoadKernel<ArrayView<TWide>, ArrayView<TWide>, T>(ElementKernels<T, TWide, TOps>.AddScaled);

    private Action<AcceleratorStream, KernelConfig, ArrayView<TWide>, ArrayView<TWide>, ArrayView<TWide>, T, int> MultiplyKernel
        => field ??= _device.LoadKernel<ArrayView<TWide>, ArrayView<TWide>, ArrayView<TWide>, T, int>(
            ElementKernels<T, TWide, TOps>.Multiply);

    private Action<AcceleratorStream, KernelConfig, ArrayView<TWide>, ArrayView<TWide>, ArrayView<TWide>, ArrayView<TWide>,
        ArrayView<TWide>> SumOfProductsKernel
        => field ??= _device.LoadKernel<ArrayView<TWide>, ArrayView<TWide>, ArrayView<TWide>, ArrayView<TWide>, ArrayView<TWide>>(
            ElementKernels<T, TWide, TOps>.SumOfProducts);

    public override void Fill(ArrayView<T> x, T value) => FillKernel(gpu.Stream, Over(x), Wide(x), value);

    public override void Scale(ArrayView<T> x, T scale) => ScaleKernel(gpu.Stream, Over(x), Wide(x), scale);

    public override void AddScaled(ArrayView<T> x, ArrayView<T> y, T scale)
        => AddScaledKernel(gpu.Stream, Over(x), Wide(x), Wide(y), scale);

    public override void Multiply(ArrayView<T> x, ArrayView<T> y, ArrayView<T> result, T scale, int accumulate)
        => MultiplyKernel(gpu.Stream, Over(x), Wide(x), Wide(y), Wide(result), scale, accumulate);

    public override void SumOfProducts(ArrayView<T> a, ArrayView<T> b, ArrayView<T> c, ArrayView<T> d, ArrayView<T> result)
        => SumOfProductsKernel(gpu.Stream, Over(a), Wide(a), Wide(b), Wide(c), Wide(d), Wide(result));

    private KernelConfig Over(ArrayView<T> x) => TensorGrid.Over(gpu, x.Length * Interop.SizeOf<T>() / Interop.SizeOf<TWide>());

    private static ArrayView<TWide> Wide(ArrayView<T> view) => view.Cast<TWide>();
}
