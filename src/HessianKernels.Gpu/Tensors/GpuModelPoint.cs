using System.Numerics;
using HessianKernels.Networks.Curvature;
using HessianKernels.Networks.Data;
using HessianKernels.Networks.Layers;
using HessianKernels.Networks.Losses;
using HessianKernels.Networks.Models;
using ILGPU;

namespace HessianKernels.Gpu.Tensors;

/// <summary>
/// Points of models on a device: gradients, Hessian, Gauss-Newton and Fisher products there, by the layers and losses that serve the CPU.
/// </summary>
/// <example><code>
/// using GpuContext gpu = GpuContext.Open("auto");
/// using GpuTensorSpace&lt;float&gt; space = new(gpu);
/// using ModelPoint&lt;ArrayView&lt;float&gt;&gt; point = GpuModelPoint.Create(space, model, new CrossEntropy(), data, parameters);
/// LanczosResult&lt;float&gt; top = GpuLanczos.TopK(gpu, point.Hessian(), k: 5);
/// </code></example>
public static class GpuModelPoint
{
    /// <summary>The mean loss of a model over a data set at given parameters, all of it on the device.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="space">The device's tensors; to be given back after the point.</param>
    /// <param name="model">The network.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="data">The examples.</param>
    /// <param name="parameters"><c>[d]</c>.</param>
    /// <param name="options">The defaults where null.</param>
    /// <exception cref="ArgumentException">The data do not fit the model; there is another number of parameters, or one is not
    /// finite.</exception>
    /// <exception cref="GpuMemoryException">The products of the point would not fit on the device; nothing was allocated.</exception>
    public static ModelPoint<ArrayView<T>> Create<T>(
        GpuTensorSpace<T> space, Model model, Loss loss, DataSet<T> data, ReadOnlySpan<T> parameters, ModelPointOptions? options = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        ThrowIfShort(space, model, loss, data.Examples, options);
        return ModelPoint.Create<T, ArrayView<T>>(space, model, loss, data, parameters, options);
    }

    /// <summary>Throws, with both numbers, where the device has not the memory for a point: before any of it is taken.</summary>
    /// <param name="space">The device's tensors.</param>
    /// <param name="model">The network.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="examples">n, at least 1.</param>
    /// <param name="options">The defaults where null.</param>
    /// <exception cref="GpuMemoryException">The products of the point would not fit on the device.</exception>
    public static void ThrowIfShort<T>(GpuTensorSpace<T> space, Model model, Loss loss, int examples, ModelPointOptions? options = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(model);
        space.Gpu.ThrowIfShort(
            RequiredBytes(space, model, loss, examples, options),
            $"A point of {model.Specification} over {examples} examples, d = {model.ParameterCount},");
    }

    /// <summary>
    /// Bytes on the device of a point with its gradient and its products, and of what the space itself works in: a convolution's panel,
    /// sums of chunks.
    /// </summary>
    /// <param name="space">The device's tensors.</param>
    /// <param name="model">The network.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="examples">n, at least 1.</param>
    /// <param name="options">The defaults where null.</param>
    public static long RequiredBytes<T>(GpuTensorSpace<T> space, Model model, Loss loss, int examples, ModelPointOptions? options = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(model);
        ModelPointPlan plan = ModelPointPlan.Of(model, examples, options ?? ModelPointOptions.Default, space.ElementBytes);
        long panel = 0;
        // The tangents of a micro-batch go through a convolution together, of all orders: one here.
        model.Network.VisitShapes(layer =>
        {
            if (layer is not ConvolutionLayer convolution) return;
            panel = Math.Max(panel, GpuTensorSpace<T>.PanelLength(convolution.Window, plan.MicroBatch, space.PanelElements));
        });
        long sums = GpuTensorSpace<T>.ScratchLength(space.Gpu) * sizeof(double);
        return ModelPoint<ArrayView<T>>.RequiredBytes(model, loss, examples, space.ElementBytes, options)
            + panel * space.ElementBytes + sums;
    }
}
