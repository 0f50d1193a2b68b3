using HessianKernels.Conformance;
using HessianKernels.Networks.Curvature;
using HessianKernels.Networks.Data;
using HessianKernels.Networks.Layers;
using HessianKernels.Networks.Losses;
using HessianKernels.Networks.Models;
using HessianKernels.Networks.Tensors;
using Xunit;
using static HessianKernels.Networks.Tests.Curvature.SmallModel;

namespace HessianKernels.Networks.Tests.Curvature;

/// <summary>A block of vectors that goes through a network together has the bits of its vectors one by one.</summary>
public class BlockProductTests
{
    private const int Block = 5, Count = 13;

    /// <summary>Every layer that shares between directions, and every one that takes them one after the other, inside others too.</summary>
    public static TheoryData<string> Models =>
    [
        "mlp:7-6-5-3:relu", "mlp:7-6-5-3:tanh", "mlp:7-6-5-3:relu:layer-norm", "linear:7-2", "diagonal:6x3", "quadratic:9", "cnn6:3x14x14-4:gelu:width=2",
        "resnet9:3x16x16-3:relu:width=2", "vgg10:3x8x8-3:relu:width=2:ghost=4",
    ];

    [Theory]
    [MemberData(nameof(Models))]
    public void HasTheBitsOfOneByOne(string spec)
    {
        foreach (int microBatch in (int[])[0, 4])
        {
            using ModelPoint<Span<double>> point = PointOf(ModelSpec.Parse(spec), microBatch);
            int d = point.ParameterCount;
            double[] v = Numbers(Block * d, 9), together = new double[Block * d], alone = new double[d];
            Assert.True(point.Plan.Together(point.Model, Block) == Block, "They must go together, or nothing is tested.");
            (ModelOperator<Span<double>> Of, ModelOperator<Span<double>> One)[] pairs =
            [
                (point.Hessian(Block), point.Hessian()), (point.GaussNewton(Block), point.GaussNewton()),
                (point.EmpiricalFisher(Block), point.EmpiricalFisher()), (point.Fisher(3, 2, Block), point.Fisher(3, 2)),
            ];
            foreach ((ModelOperator<Span<double>> of, ModelOperator<Span<double>> one) in pairs)
            {
                of.Apply(v, together);
                for (int i = 0; i < Block; i++)
                {
                    one.Apply(v.AsSpan(i * d, d), alone);
                    Assert.Contains(alone, x => x != 0);
                    Tolerance.SameBits<double>(alone, together.AsSpan(i * d, d), $"{spec}, vector {i}");
                }
            }
        }
    }

    /// <summary>Directions that lie apart, as a device has them: what lies between is neither read nor written.</summary>
    [Theory]
    [MemberData(nameof(Models))]
    public void DirectionsMayLieApart(string spec)
    {
        using ModelPoint<Span<double>> point = PointOf(ModelSpec.Parse(spec), 0);
        Model model = point.Model;
        using ModelPass<Span<double>> pass = new(new CpuTensorSpace<double>(), model, new MeanSquaredError(), Count, 2);
        pass.Resize(Count);
        Numbers(Count * model.Input.Length, 1).CopyTo(pass.Input);
        Numbers(Count * model.Outputs, 2).CopyTo(pass.Target);
        pass.Weights.Fill(1.0 / Count);
        double[] parameters = [.. Numbers(model.ParameterCount, 3).Select(x => x / 2)];
        pass.Forward(parameters);
        pass.Backward(parameters, true, new double[parameters.Length]);
        int d = point.ParameterCount, stride = d + 3, length = (Block - 1) * stride + d;
        double[] v = Numbers(Block * d, 9), together = new double[Block * d], along = new double[length], products = new double[length];
        along.AsSpan().Fill(double.NaN);
        for (int i = 0; i < Block; i++) v.AsSpan(i * d, d).CopyTo(along.AsSpan(i * stride));
        point.Hessian(Block).Apply(v, together);
        pass.ForwardTangents(parameters, along, Block, stride);
        pass.BackwardTangents(parameters, along, products);
        for (int i = 0; i < length; i++) Assert.Equal(i % stride < d ? together[i / stride * d + i % stride] : 0, products[i]);
        Assert.Equal("stride", Assert.Throws<ArgumentOutOfRangeException>(() => pass.ForwardTangents(parameters, along, Block, d - 1)).ParamName);
    }

    [Fact]
    public void ABlockThatFindsNoRoomGoesInParts()
    {
        using ModelPoint<Span<double>> point = PointOf(ModelSpec.Parse("mlp:3-64-64-1:relu"), 0, 5000);
        int d = point.ParameterCount;
        Assert.Equal((5000, 3), (point.MicroBatch, point.Plan.Together(point.Model, Block)));
        double[] v = Numbers(Block * d, 9), together = new double[Block * d], alone = new double[d];
        point.Hessian(Block).Apply(v, together);
        for (int i = 0; i < Block; i++)
        {
            point.Hessian().Apply(v.AsSpan(i * d, d), alone);
            Tolerance.SameBits<double>(alone, together.AsSpan(i * d, d), $"vector {i}");
        }
    }

    private static ModelPoint<Span<double>> PointOf(Model model, int microBatch, int examples = Count)
    {
        DataSet<double> data = new()
        {
            Examples = examples, InputShape = model.Input, Inputs = Numbers(examples * model.Input.Length, 1),
            Targets = Numbers(examples * model.Outputs, 2), TargetLength = model.Outputs,
        };
        double[] parameters = [.. Numbers(model.ParameterCount, 3).Select(x => x / 2)];
        return ModelPoint.Create(model, new MeanSquaredError(), data, parameters, new() { MicroBatch = microBatch, Threads = 2 });
    }
}
