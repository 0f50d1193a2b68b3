using System.Numerics;
using HessianKernels.Gpu.Kernels;
using HessianKernels.Networks.Tensors;
using ILGPU;
using ILGPU.Runtime;

namespace HessianKernels.Gpu.Tensors;

/// <summary>The kernels of a tensor space of one element type, each compiled when it is first used.</summary>
internal abstract class TensorLaunches<T>
    where T : unmanaged
{
    public abstract Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, ArrayView<double>, ArrayView<T>, GroupGrid,
        double, int, int> Sum { get; }

    public abstract Action<AcceleratorStream, KernelConfig, ArrayView<double>, ArrayView<T>, int, int, int, double, int> FinishSum { get; }

    public abstract Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, GroupGrid, T> AddToGroups { get; }

    public abstract Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, ArrayView<T>, GroupGrid, int> ScaleGroups { get; }

    public abstract Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, WindowSizes, long> Spread { get; }

    public abstract Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, WindowSizes, long, int> Collect { get; }

    public abstract Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, ArrayView<T>, WindowSizes, long> Maximum { get; }

    public abstract Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, ArrayView<T>, WindowSizes, long> Gather { get; }

    public abstract Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, ArrayView<T>, WindowSizes, long> Scatter { get; }

    public abstract Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, WindowSizes, long, T> Average { get; }

    public abstract Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, WindowSizes, long, T> Distribute { get; }

    public abstract Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, ArrayView<T>, int, int, int> Softmax { get; }

    public abstract Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, ArrayView<T>, int, int> Draw { get; }

    public abstract Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, long, double, double> Power { get; }

    /// <summary>Loads of one element.</summary>
    public abstract ElementLaunches<T> Narrow { get; }

    /// <summary>Loads of 16 bytes.</summary>
    public abstract ElementLaunches<T> Wide { get; }

    /// <summary>An activation with its derivatives.</summary>
    public abstract Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, ArrayView<T>, ArrayView<T>, long, int, int, T>
        Activate(ActivationKind kind);

    public static TensorLaunches<T> Of(GpuContext gpu)
        => gpu.Launches<TensorLaunches<T>>(
            static gpu => typeof(T) == typeof(float)
                ? (TensorLaunches<T>)(object)new TensorLaunches<float, OneSingle, Quad, QuadOfSingles, DeviceMath.InSingle>(gpu)
                : (TensorLaunches<T>)(object)new TensorLaunches<double, OneDouble, Pair, PairOfDoubles, DeviceMath.InDouble>(gpu));
}

/// <summary>The same for one arithmetic.</summary>
internal sealed class TensorLaunches<T, TOne, TWide, TOps, TMath>(GpuContext gpu) : TensorLaunches<T>
    where T : unmanaged, INumber<T>
    where TOne : struct, IWide<T, T>
    where TWide : unmanaged
    where TOps : struct, IWide<T, TWide>
    where TMath : struct, IElementary<T>
{
    private readonly Accelerator _device = gpu.Accelerator;

    private readonly Dictionary<ActivationKind, Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, ArrayView<T>,
        ArrayView<T>, long, int, int, T>> _activations = [];

    public override Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, ArrayView<double>, ArrayView<T>, GroupGrid,
        double, int, int> Sum
        => field ??= _device.LoadKernel<ArrayView<T>, ArrayView<T>, ArrayView<double>, ArrayView<T>, GroupGrid, double, int, int>(
            GroupKernels<T, TOne>.Sum);

    public override Action<AcceleratorStream, KernelConfig, ArrayView<double>, ArrayView<T>, int, int, int, double, int> FinishSum
        => field ??= _device.LoadKernel<ArrayView<double>, ArrayView<T>, int, int, int, double, int>(GroupKernels<T, TOne>.FinishSum);

    public override Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, GroupGrid, T> AddToGroups
        => field ??= _device.LoadKernel<ArrayView<T>, ArrayView<T>, GroupGrid, T>(GroupKernels<T, TOne>.Add);

    public override Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, ArrayView<T>, GroupGrid, int> ScaleGroups
        => field ??= _device.LoadKernel<ArrayView<T>, ArrayView<T>, ArrayView<T>, GroupGrid, int>(GroupKernels<T, TOne>.Scale);

    public override Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, WindowSizes, long> Spread
        => field ??= _device.LoadKernel<ArrayView<T>, ArrayView<T>, WindowSizes, long>(WindowKernels<T, TOne>.Spread);

    public override Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, WindowSizes, long, int> Collect
        => field ??= _device.LoadKernel<ArrayView<T>, ArrayView<T>, WindowSizes, long, int>(WindowKernels<T, TOne>.Collect);

    public override Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, ArrayView<T>, WindowSizes, long> Maximum
        => field ??= _device.LoadKernel<ArrayView<T>, ArrayView<T>, ArrayView<T>, WindowSizes, long>(WindowKernels<T, TOne>.Maximum);

    public override Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, ArrayView<T>, WindowSizes, long> Gather
        => field ??= _device.LoadKernel<ArrayView<T>, ArrayView<T>, ArrayView<T>, WindowSizes, long>(WindowKernels<T, TOne>.Gather);

    public override Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, ArrayView<T>, WindowSizes, long> Scatter
        => field ??= _device.LoadKernel<ArrayView<T>, ArrayView<T>, ArrayView<T>, WindowSizes, long>(WindowKernels<T, TOne>.Scatter);

    public override Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, WindowSizes, long, T> Average
        => field ??= _device.LoadKernel<ArrayView<T>, ArrayView<T>, WindowSizes, long, T>(WindowKernels<T, TOne>.Average);

    public override Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, WindowSizes, long, T> Distribute
        => field ??= _device.LoadKernel<ArrayView<T>, ArrayView<T>, WindowSizes, long, T>(WindowKernels<T, TOne>.Distribute);

    public override Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, ArrayView<T>, int, int, int> Softmax
        => field ??= _device.LoadKernel<ArrayView<T>, ArrayView<T>, ArrayView<T>, int, int, int>(RowKernels<T, TOne>.Softmax);

    public override Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, ArrayView<T>, int, int> Draw
        => field ??= _device.LoadKernel<ArrayView<T>, ArrayView<T>, ArrayView<T>, int, int>(RowKernels<T, TOne>.Draw);

    public override Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, long, double, double> Power
        => field ??= _device.LoadKernel<ArrayView<T>, ArrayView<T>, long, double, double>(RowKernels<T, TOne>.Power);

    public override ElementLaunches<T> Narrow => field ??= new ElementLaunches<T, T, TOne>(gpu);

    public override ElementLaunches<T> Wide => field ??= new ElementLaunches<T, TWide, TOps>(gpu);

    public override Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, ArrayView<T>, ArrayView<T>, long, int, int, T>
        Activate(ActivationKind kind)
    {
        if (!_activations.TryGetValue(kind, out Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, ArrayView<T>,
            ArrayView<T>, long, int, int, T>? kernel))
        {
            kernel = kind switch
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
            _activations.Add(kind, kernel);
        }

        return kernel;
    }

    private Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, ArrayView<T>, ArrayView<T>, long, int, int, T>
        Load<TFunction>()
        where TFunction : struct, IJet<T>
        => _device.LoadKernel<ArrayView<T>, ArrayView<T>, ArrayView<T>, ArrayView<T>, long, int, int, T>(
            ActivationKernels<T, TFunction>.Evaluate);
}
