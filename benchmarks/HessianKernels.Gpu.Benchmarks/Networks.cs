using HessianKernels.Gpu.Tensors;
using HessianKernels.Networks.Curvature;
using HessianKernels.Networks.Data;
using HessianKernels.Networks.Losses;
using HessianKernels.Networks.Models;
using HessianKernels.Networks.Tensors;
using ILGPU;

namespace HessianKernels.Gpu.Benchmarks;

/// <summary>A Hessian-vector product of a multilayer perceptron in single precision, beside the matrix products it is made of.</summary>
internal static class Networks
{
    public static IEnumerable<Row> Measure(GpuContext gpu, bool small)
    {
        int n = small ? 8 : 8192;
        int[] widths = small ? [12, 8, 8, 10] : [3072, 512, 512, 10];
        Model model = Model.Mlp(widths, new(ActivationKind.Relu));
        string name = $"mlp {string.Join('-', widths)}, n = {n}, float";
        Random random = new(1);
        float[] numbers(long count)
        {
            float[] all = new float[count];
            for (long i = 0; i < count; i++) all[i] = (float)(random.NextDouble() - 0.5);
            return all;
        }

        DataSet<float> data = new()
        {
            Examples = n, InputShape = model.Input, Inputs = numbers((long)n * widths[0]), Targets = numbers((long)n * widths[^1]),
                TargetLength = widths[^1],
        };
        using GpuTensorSpace<float> space = new(gpu);
        using ModelPoint<ArrayView<float>> point = GpuModelPoint.Create<float>(
            space, model, new MeanSquaredError(), data, Initialization.PyTorch.Parameters<float>(model, 2), new() { MicroBatch = n });
        using ITensorMemory<ArrayView<float>> v = space.Allocate(model.ParameterCount), w = space.Allocate(model.ParameterCount);
        using ITensorMemory<ArrayView<float>> product = space.Allocate(model.ParameterCount), other = space.Allocate(model.ParameterCount),
            dot = space.Allocate(2);
        gpu.Upload<float>(numbers(model.ParameterCount), v.View);
        gpu.Upload<float>(numbers(model.ParameterCount), w.View);
        ModelOperator<ArrayView<float>> hessian = point.Hessian();
        hessian.Apply(v.View, product.View);
        hessian.Apply(w.View, other.View);
        ThrowIfNotSymmetric(space, v.View, w.View, product.View, other.View, dot.View);

        double gemms = Products(gpu, space, widths, n, out double flops);
        yield return new($"{name}: the matrix products of a later product", flops / gemms / 1e9, "GFLOP/s");
        double later = Stopwatches.Median(gpu, () => hessian.Apply(v.View, product.View));
        yield return new($"{name}: a later Hessian product", later * 1e3, "ms", gemms / later, "floor 80 % of them; 1.1 x PyTorch");
        double first = Stopwatches.Median(gpu, () =>
        {
            point.Moved();
            hessian.Apply(v.View, product.View);
        });
        yield return new($"{name}: the first Hessian product at a point", first * 1e3, "ms", null, "floor 1.3 x PyTorch");
    }

    /// <summary><c>w . H v = v . H w</c>, to what single precision leaves.</summary>
    private static void ThrowIfNotSymmetric(
        GpuTensorSpace<float> space, ArrayView<float> v, ArrayView<float> w, ArrayView<float> hv, ArrayView<float> hw, ArrayView<float> dot)
    {
        GroupShape all = GroupShape.Rows(1, (int)v.Length);
        space.DotGroups(all, 1, w, hv, false, dot.SubView(0, 1));
        space.DotGroups(all, 1, v, hw, false, dot.SubView(1, 1));
        double[] found = new double[2], sizes = new double[2];
        space.Read(dot, found);
        space.DotGroups(all, 1, w, w, false, dot.SubView(0, 1));
        space.DotGroups(all, 1, hv, hv, false, dot.SubView(1, 1));
        space.Read(dot, sizes);
        if (!(Math.Abs(found[0] - found[1]) <= 1e-4 * Math.Sqrt(sizes[0] * sizes[1])))
            throw new InvalidOperationException($"The product is not symmetric: found {found[0]} and {found[1]}.");
    }

    /// <summary>
    /// Seconds of the products alone: of the first layer, whose input does not move, one forward and one back; of any other two forward
    /// and four back.
    /// </summary>
    private static double Products(GpuContext gpu, GpuTensorSpace<float> space, int[] widths, int n, out double flops)
    {
        long widest = widths.Max(), weights = Enumerable.Range(1, widths.Length - 1).Max(l => (long)widths[l] * widths[l - 1]);
        using ITensorMemory<ArrayView<float>> x = space.Allocate(n * widest), y = space.Allocate(n * widest), w = space.Allocate(weights),
            dw = space.Allocate(weights);
        flops = 0;
        for (int l = 1; l < widths.Length; l++) flops += (l == 1 ? 2 : 6) * 2.0 * n * widths[l] * widths[l - 1];
        return Stopwatches.Median(gpu, () =>
        {
            for (int l = 1; l < widths.Length; l++)
                for (int twice = l == 1 ? 1 : 0; twice < 2; twice++)
                {
                    (int from, int to) = (widths[l - 1], widths[l]);
                    space.Gemm(false, true, n, to, from, 1, x.View, w.View, 0, y.View);
                    space.Gemm(true, false, to, from, n, 1, y.View, x.View, 1, dw.View);
                    if (l > 1) space.Gemm(false, false, n, from, to, 1, y.View, w.View, 0, x.View);
                }
        });
    }
}
