using System.Numerics;
using HessianKernels.Gpu.Kernels;
using HessianKernels.Networks.Tensors;
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

    public abstract void Power(ArrayView<T> x, ArrayView<T> result, double shift, double power);

    /// <summary>Some elements from a start on, of tensors of a length: so far apart lie the derivatives' planes.</summary>
    public abstract void Activate(
        ActivationFunction function, int order, ArrayView<T> z, ArrayView<T> shift, ArrayView<T> y, ArrayView<T> derivatives, long start,
        long count, long length, int columns);

    public abstract void Tangent(ArrayView<T> derivatives, ArrayView<T> x, ArrayView<T> y, long length, int order);

    public abstract void AddToGroups(ArrayView<T> shift, ArrayView<T> y, in GroupGrid grid, long start, long count, T scale);

    public abstract void ScaleGroups(
        ArrayView<T> factor, ArrayView<T> x, ArrayView<T> result, in GroupGrid grid, long start, long count, int accumulate);

    public abstract void CopyRows(
        int rows, int columns, ArrayView<T> source, long sourceStride, ArrayView<T> destination, long destinationStride);

    public abstract void GatherRows(ArrayView<int> rows, int columns, ArrayView<T> source, ArrayView<T> destination);
}

/// <summary>The same for one width. Starts, counts and strides are whole numbers of loads.</summary>
internal sealed class ElementLaunches<T, TWide, TOps, TMath>(GpuContext gpu) : ElementLaunches<T>
    where T : unmanaged, INumber<T>
    where TWide : unmanaged
    where TOps : struct, IWide<T, TWide>
    where TMath : struct, IElementary<T>
{
    private readonly Accelerator _device = gpu.Accelerator;

    private readonly int _lanes = Interop.SizeOf<TWide>() / Interop.SizeOf<T>();

    private readonly Dictionary<ActivationKind, Action<AcceleratorStream, KernelConfig, ArrayView<TWide>, ArrayView<T>, ArrayView<TWide>,
        ArrayView<TWide>, long, long, long, int, int, T>> _activations = [];

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

    private Action<AcceleratorStream, KernelConfig, ArrayView<TWide>, ArrayView<TWide>, double, double> PowerKernel
        => field ??= _device.LoadKernel<ArrayView<TWide>, ArrayView<TWide>, double, double>(ElementKernels<T, TWide, TOps>.Power);

    private Action<AcceleratorStream, KernelConfig, ArrayView<TWide>, ArrayView<TWide>, ArrayView<TWide>, long, int> TangentKernel
        => field ??= _device.LoadKernel<ArrayView<TWide>, ArrayView<TWide>, ArrayView<TWide>, long, int>(
            ChainKernels<T, TWide, TOps>.Tangent);

    private Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<TWide>, GroupGrid, long, long, T> AddToGroupsKernel
        => field ??= _device.LoadKernel<ArrayView<T>, ArrayView<TWide>, GroupGrid, long, long, T>(BroadcastKernels<T, TWide, TOps>.Add);

    private Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<TWide>, ArrayView<TWide>, GroupGrid, long, long, int>
        ScaleGroupsKernel
        => field ??= _device.LoadKernel<ArrayView<T>, ArrayView<TWide>, ArrayView<TWide>, GroupGrid, long, long, int>(
            BroadcastKernels<T, TWide, TOps>.Scale);

    private Action<AcceleratorStream, KernelConfig, ArrayView<TWide>, ArrayView<TWide>, int, long, long, long> CopyRowsKernel
        => field ??= _device.LoadKernel<ArrayView<TWide>, ArrayView<TWide>, int, long, long, long>(LayoutKernels<TWide>.CopyRows);

    private Action<AcceleratorStream, KernelConfig, ArrayView<int>, ArrayView<TWide>, ArrayView<TWide>, int, long> GatherRowsKernel
        => field ??= _device.LoadKernel<ArrayView<int>, ArrayView<TWide>, ArrayView<TWide>, int, long>(LayoutKernels<TWide>.GatherRows);

    public override void Fill(ArrayView<T> x, T value) => FillKernel(gpu.Stream, Over(x.Length), Wide(x), value);

    public override void Scale(ArrayView<T> x, T scale) => ScaleKernel(gpu.Stream, Over(x.Length), Wide(x), scale);

    public override void AddScaled(ArrayView<T> x, ArrayView<T> y, T scale)
        => AddScaledKernel(gpu.Stream, Over(x.Length), Wide(x), Wide(y), scale);

    public override void Multiply(ArrayView<T> x, ArrayView<T> y, ArrayView<T> result, T scale, int accumulate)
        => MultiplyKernel(gpu.Stream, Over(x.Length), Wide(x), Wide(y), Wide(result), scale, accumulate);

    public override void SumOfProducts(ArrayView<T> a, ArrayView<T> b, ArrayView<T> c, ArrayView<T> d, ArrayView<T> result)
        => SumOfProductsKernel(gpu.Stream, Over(a.Length), Wide(a), Wide(b), Wide(c), Wide(d), Wide(result));

    public override void Power(ArrayView<T> x, ArrayView<T> result, double shift, double power)
        => PowerKernel(gpu.Stream, Over(x.Length), Wide(x), Wide(result), shift, power);

    public override void Activate(
        ActivationFunction function, int order, ArrayView<T> z, ArrayView<T> shift, ArrayView<T> y, ArrayView<T> derivatives, long start,
        long count, long length, int columns)
    {
        if (!_activations.TryGetValue(function.Kind, out Action<AcceleratorStream, KernelConfig, ArrayView<TWide>, ArrayView<T>,
            ArrayView<TWide>, ArrayView<TWide>, long, long, long, int, int, T>? kernel))
            _activations.Add(function.Kind, kernel = LoadActivation(function.Kind));
        T slope = function.Kind == ActivationKind.LeakyRelu ? T.CreateTruncating(function.Slope) : T.Zero;
        kernel(
            gpu.Stream, Over(count), Wide(z), shift, Wide(y), Wide(derivatives), start / _lanes, (start + count) / _lanes, length / _lanes,
            columns, order, slope);
    }

    public override void Tangent(ArrayView<T> derivatives, ArrayView<T> x, ArrayView<T> y, long length, int order)
        => TangentKernel(gpu.Stream, Over(length), Wide(derivatives), Wide(x), Wide(y), length / _lanes, order);

    public override void AddToGroups(ArrayView<T> shift, ArrayView<T> y, in GroupGrid grid, long start, long count, T scale)
        => AddToGroupsKernel(gpu.Stream, Over(count), shift, Wide(y), grid, start / _lanes, (start + count) / _lanes, scale);

    public override void ScaleGroups(
        ArrayView<T> factor, ArrayView<T> x, ArrayView<T> result, in GroupGrid grid, long start, long count, int accumulate)
        => ScaleGroupsKernel(
            gpu.Stream, Over(count), factor, Wide(x), Wide(result), grid, start / _lanes, (start + count) / _lanes, accumulate);

    public override void CopyRows(
        int rows, int columns, ArrayView<T> source, long sourceStride, ArrayView<T> destination, long destinationStride)
    {
        long length = (long)rows * columns;
        CopyRowsKernel(
            gpu.Stream, Over(length), Wide(source), Wide(destination), columns / _lanes, length / _lanes, sourceStride / _lanes,
            destinationStride / _lanes);
    }

    public override void GatherRows(ArrayView<int> rows, int columns, ArrayView<T> source, ArrayView<T> destination)
    {
        long length = rows.Length * columns;
        GatherRowsKernel(gpu.Stream, Over(length), rows, Wide(source), Wide(destination), columns / _lanes, length / _lanes);
    }

    private KernelConfig Over(long elements) => TensorGrid.Over(gpu, elements / _lanes);

    // Of no element there is no view to cast.
    private static ArrayView<TWide> Wide(ArrayView<T> view) => view.Length == 0 ? ArrayView<TWide>.Empty : view.Cast<TWide>();

    private Action<AcceleratorStream, KernelConfig, ArrayView<TWide>, ArrayView<T>, ArrayView<TWide>, ArrayView<TWide>, long, long, long,
        int, int, T> LoadActivation(ActivationKind kind)
        => kind switch
        {
            ActivationKind.Identity => Load<IdentityJet<T>>(),
            ActivationKind.Relu or ActivationKind.LeakyRelu => Load<RectifierJet<T>>(),
            ActivationKind.Tanh => Load<TanhJet<T, TMath>>(),
            ActivationKind.Sigmoid => Load<SigmoidJet<T, TMath>>(),
            ActivationKind.Gelu => Load<GeluJet<T, TMath>>(),
            ActivationKind.Erf => Load<ErfJet<T, TMath>>(),
            ActivationKind.Silu => Load<SiluJet<T, TMath>>(),
            ActivationKind.Square => Load<SquareJet<T>>(),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not an activation."),
        };

    private Action<AcceleratorStream, KernelConfig, ArrayView<TWide>, ArrayView<T>, ArrayView<TWide>, ArrayView<TWide>, long, long, long,
        int, int, T> Load<TFunction>()
        where TFunction : struct, IJet<T>
        => _device.LoadKernel<ArrayView<TWide>, ArrayView<T>, ArrayView<TWide>, ArrayView<TWide>, long, long, long, int, int, T>(
            ActivationKernels<T, TWide, TOps, TFunction>.Evaluate);
}
