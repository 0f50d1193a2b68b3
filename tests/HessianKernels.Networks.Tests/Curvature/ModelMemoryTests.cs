using HessianKernels.Networks.Curvature;
using HessianKernels.Networks.Data;
using HessianKernels.Networks.Layers;
using HessianKernels.Networks.Losses;
using HessianKernels.Networks.Models;
using HessianKernels.Networks.Tensors;
using Xunit;
using static HessianKernels.Networks.Tests.Curvature.SmallModel;

namespace HessianKernels.Networks.Tests.Curvature;

/// <summary>What a point takes is what the formula says.</summary>
public class ModelMemoryTests
{
    private static readonly Model Wide = new("wide", [
        new LinearLayer(TensorShape.Vector(40), 60), new ActivationLayer(TensorShape.Vector(60), new(ActivationKind.Tanh)),
        new LinearLayer(TensorShape.Vector(60), 5)]);

    [Theory]
    [InlineData(0, false, 2, false, 1)]
    [InlineData(120, false, 2, true, 1)]
    [InlineData(120, true, 2, false, 6)]
    [InlineData(52, false, 3, true, 2)]
    public void IsWhatTheFormulaSays(int microBatch, bool recompute, int order, bool selection, int vectors)
    {
        const int n = 400;
        ModelPointOptions options = new() { MicroBatch = microBatch, Recompute = recompute, Order = order, Threads = 1 };
        DataSet<float> data = new()
        {
            Examples = n, InputShape = TensorShape.Vector(40), Inputs = [.. Numbers(n * 40, 1).Select(x => (float)x)],
            Targets = new float[n * 5], TargetLength = 5,
        };
        float[] parameters = [.. Numbers(Wide.ParameterCount, 2).Select(x => (float)x)], block = new float[vectors * parameters.Length], products = new float[block.Length];
        int[] everyone = [.. Enumerable.Range(0, n)];
        Use();
        // A collection in between counts what was left of the thread's allocation buffer, some 8 KiB; the least of a few is without one.
        long taken = long.MaxValue;
        for (int i = 0; i < 5; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Use();
            taken = Math.Min(taken, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        long said = ModelPoint<Span<float>>.RequiredBytes(Wide, new MeanSquaredError(), n, sizeof(float), options, selection, order, vectors);
        Assert.InRange(taken, 0.95 * said, 1.05 * said);

        void Use()
        {
            using ModelPoint<Span<float>> point = ModelPoint.Create<float>(Wide, new MeanSquaredError(), data, parameters, options);
            if (selection) point.Select(everyone);
            // First what takes most of the workspace: what grows is allocated twice, though not held twice.
            if (vectors > order) point.Hessian(vectors).Apply(block, products);
            point.Derivative(parameters, order);
            point.Gradient();
            point.Hessian(vectors).Apply(block, products);
            point.GaussNewton(vectors).Apply(block, products);
        }
    }
}
