using System.Numerics;
using HessianKernels.Conformance;
using HessianKernels.Gpu.Tensors;
using HessianKernels.Krylov;
using HessianKernels.Networks.Curvature;
using HessianKernels.Networks.Data;
using HessianKernels.Networks.Layers;
using HessianKernels.Networks.Losses;
using HessianKernels.Networks.Models;
using HessianKernels.Networks.Tensors;
using HessianKernels.SecondMoment;
using ILGPU;
using Xunit;

namespace HessianKernels.Gpu.Tests;

/// <summary>Networks on a device against the same networks on the CPU.</summary>
public sealed class NetworkTests
{
    // Relative to the largest number of the answer, in units in the last place: sums of products of a few layers, rounded as they come.
    private const double Units = 400;

    private static readonly Model Mlp = Model.Mlp([7, 9, 6, 3], new(ActivationKind.Gelu));

    private static readonly Model Tanh = Model.Mlp([5, 8, 2], new(ActivationKind.Tanh), layerNorm: true);

    private static readonly Model Cnn = new("cnn", Images());

    private static Layer[] Images()
    {
        TensorShape image = new(6, 6, 2);
        Layer[] layers = new Layer[7];
        layers[0] = new ChannelsLastLayer(image);
        layers[1] = new ConvolutionLayer(image, 3, 3, padding: 1);
        layers[2] = new ActivationLayer(layers[1].Output, new(ActivationKind.Silu));
        layers[3] = new MaxPoolingLayer(layers[2].Output, 2, 2);
        layers[4] = new ConvolutionLayer(layers[3].Output, 4, 2, stride: 1);
        layers[5] = new FlattenLayer(layers[4].Output);
        layers[6] = new LinearLayer(layers[5].Output, 3);
        return layers;
    }

    private static DataSet<T> Data<T>(Model model, int examples)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => new()
        {
            Examples = examples, InputShape = model.Input, Inputs = Array.ConvertAll(Matrices.Numbers(examples * model.Input.Length, 1),
                T.CreateTruncating),
            Labels = [.. Enumerable.Range(0, examples).Select(i => i * 7 % model.Outputs)], Classes = model.Outputs,
        };

    public static TheoryData<string, bool> Cases => new() { { "mlp", false }, { "mlp", true }, { "tanh", false }, { "cnn", false },
        { "cnn", true } };

    private static Model Of(string name) => name == "mlp" ? Mlp : name == "cnn" ? Cnn : Tanh;

    [Theory]
    [MemberData(nameof(Cases))]
    public void GradientAndProductsAreTheCpus(string name, bool squared)
    {
        Check<double>(Of(name), squared ? new MeanSquaredError() : new CrossEntropy(0.1), Math.Pow(2, -52));
        Check<float>(Of(name), squared ? new MeanSquaredError() : new CrossEntropy(0.1), Math.Pow(2, -23));
    }

    private static void Check<T>(Model model, Loss loss, double epsilon)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // Two micro-batches and a shorter one.
        const int Examples = 5;
        ModelPointOptions options = new() { Order = 2, MicroBatch = 2 };
        DataSet<T> data = Data<T>(model, Examples);
        T[] parameters = Initialization.PyTorch.Parameters<T>(model, 3),
            direction = Array.ConvertAll(Matrices.Numbers(model.ParameterCount, 4), T.CreateTruncating);
        using GpuTensorSpace<T> space = new(Gpu.Context, 200);
        using ModelPoint<Span<T>> expected = ModelPoint.Create<T>(model, loss, data, parameters, options);
        using ModelPoint<ArrayView<T>> found = GpuModelPoint.Create<T>(space, model, loss, data, parameters, options);
        Answers answers = new(All(expected, direction), All(found, direction), All(found, direction), Units * epsilon);
        answers.Compare();
    }

    [Theory]
    [InlineData("mlp")]
    [InlineData("cnn")]
    public void TheContractionIsTheCpus(string name)
    {
        const int Examples = 5;
        Model model = Of(name);
        DataSet<double> data = Data<double>(model, Examples);
        double[] parameters = Initialization.PyTorch.Parameters<double>(model, 3);
        ModelPointOptions options = new() { Order = 1, MicroBatch = 2 };
        using GpuTensorSpace<double> space = new(Gpu.Context, 200);
        using ModelPoint<Span<double>> expected = ModelPoint.Create<double>(model, new CrossEntropy(), data, parameters, options);
        using ModelPoint<ArrayView<double>> found = GpuModelPoint.Create<double>(space, model, new CrossEntropy(), data, parameters, options);
        double eta = 3 / expected.GaussNewton().TopK(1).Eigenvalues[0];
        BatchSampling sampling = BatchSampling.WithoutReplacement(Examples, 2);
        LanczosOptions exact = new() { Tolerance = 1e-11 };
        double value = ModelContraction.Shifted(expected, eta, sampling, exact).Value;
        Assert.True(value > 0.1);
        Tolerance.Equal(value, ModelContraction.Shifted(found, eta, sampling, exact).Value, 1e-9 * value);
    }

    /// <summary>Loss, gradient, Hessian, Gauss-Newton and Fisher products, one of a block, and a derivative along the direction.</summary>
    private static (string Name, double[] Numbers)[] All<T, TView>(ModelPoint<TView> point, T[] direction)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TView : allows ref struct
    {
        ITensorSpace<TView> space = point.Space;
        int d = point.ParameterCount;
        using ITensorMemory<TView> v = space.Allocate(d), y = space.Allocate(d);
        space.Write(Array.ConvertAll(direction, double.CreateTruncating), v.View);
        List<(string, double[])> all = [("loss", [point.Value()])];
        void add(string name)
        {
            double[] numbers = new double[d];
            space.Read(y.View, numbers);
            all.Add((name, numbers));
        }

        point.Gradient(y.View);
        add("gradient");
        point.Hessian().Apply(v.View, y.View);
        add("Hessian product");
        all.Add(("Hessian product of a block", Block(point, direction)));
        point.GaussNewton().Apply(v.View, y.View);
        add("Gauss-Newton product");
        point.EmpiricalFisher().Apply(v.View, y.View);
        add("Fisher product");
        point.Fisher(seed: 5).Apply(v.View, y.View);
        add("sampled Fisher product");
        all.Add(("v'Hv", [point.HessianForm(v.View)]));
        return [.. all];
    }

    /// <summary>Of the direction and two of its rotations, together.</summary>
    private static double[] Block<T, TView>(ModelPoint<TView> point, T[] direction)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TView : allows ref struct
    {
        const int Vectors = 3;
        int d = direction.Length, stride = point.Space.VectorStride(d);
        double[] numbers = new double[Vectors * d];
        for (int i = 0; i < numbers.Length; i++) numbers[i] = double.CreateTruncating(direction[(i + i / d) % d]);
        using ITensorMemory<TView> v = point.Space.Allocate((Vectors - 1) * stride + d), y = point.Space.Allocate((Vectors - 1) * stride + d);
        for (int i = 0; i < Vectors; i++) point.Space.Write(numbers.AsSpan(i * d, d), point.Space.Slice(v.View, i * stride, d));
        point.Hessian(Vectors).Apply(v.View, y.View);
        for (int i = 0; i < Vectors; i++) point.Space.Read(point.Space.Slice(y.View, i * stride, d), numbers.AsSpan(i * d, d));
        return numbers;
    }

    private sealed record Answers(
        (string Name, double[] Numbers)[] Expected, (string Name, double[] Numbers)[] Found, (string Name, double[] Numbers)[] Again, double Bound)
    {
        public void Compare()
        {
            for (int i = 0; i < Expected.Length; i++)
            {
                Tolerance.Equal<double>(Expected[i].Numbers, Found[i].Numbers, Bound * Expected[i].Numbers.Max(Math.Abs), Expected[i].Name);
                Tolerance.SameBits<double>(Found[i].Numbers, Again[i].Numbers, $"{Expected[i].Name} again");
            }
        }
    }

    [Fact]
    public void TheTopOfAHessianIsTheCpus()
    {
        DataSet<double> data = Data<double>(Mlp, 4);
        double[] parameters = Initialization.PyTorch.Parameters<double>(Mlp, 3);
        using GpuTensorSpace<double> space = new(Gpu.Context);
        using ModelPoint<Span<double>> onCpu = ModelPoint.Create<double>(Mlp, new CrossEntropy(), data, parameters);
        using ModelPoint<ArrayView<double>> point = GpuModelPoint.Create<double>(space, Mlp, new CrossEntropy(), data, parameters);
        LanczosOptions options = new() { Tolerance = 1e-8, Seed = 2, MaximumBasis = 24 };
        LanczosResult<double> expected = Lanczos.TopK(onCpu.Hessian(), 2, options);
        LanczosResult<double> found = GpuLanczos.TopK(Gpu.Context, point.Hessian(), 2, options);
        Assert.Equal(LanczosStatus.Converged, found.Status);
        for (int i = 0; i < 2; i++)
            Tolerance.Equal(expected.Eigenvalues[i], found.Eigenvalues[i], found.EnclosureRadii[i] + expected.EnclosureRadii[i],
                $"eigenvalue {i}");
    }

    [Fact]
    public void TooLittleMemoryIsSaidBeforeAnyIsTaken()
    {
        using GpuContext small = GpuContext.Open("emulator");
        using GpuTensorSpace<float> space = new(small);
        DataSet<float> data = Data<float>(Cnn, 3);
        float[] parameters = Initialization.PyTorch.Parameters<float>(Cnn, 3);
        long needed = GpuModelPoint.RequiredBytes(space, Cnn, new CrossEntropy(), 3);
        small.MemoryLimit = needed - 1;
        GpuMemoryException thrown = Assert.Throws<GpuMemoryException>(() => GpuModelPoint.Create<float>(space, Cnn, new CrossEntropy(),
            data, parameters));
        Assert.Equal((needed, needed - 1, 0L), (thrown.Required, thrown.Available, small.Allocated));
        // As much as is asked for is enough, for all that it is asked for.
        small.MemoryLimit = needed;
        using ModelPoint<ArrayView<float>> point = GpuModelPoint.Create<float>(space, Cnn, new CrossEntropy(), data, parameters);
        point.Gradient();
        ArrayView<float> view = point.Parameters;
        small.MemoryLimit = needed + 2 * space.ElementBytes * Cnn.ParameterCount;
        using ITensorMemory<ArrayView<float>> v = space.Allocate(Cnn.ParameterCount), y = space.Allocate(Cnn.ParameterCount);
        space.Copy(view, v.View);
        point.Hessian().Apply(v.View, y.View);
        point.GaussNewton().Apply(v.View, y.View);
        Assert.True(small.Allocated <= small.MemoryLimit);
    }
}
