using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using HessianKernels.Gpu.Tensors;
using HessianKernels.Krylov;
using HessianKernels.Networks.Curvature;
using HessianKernels.Networks.Data;
using HessianKernels.Networks.Losses;
using HessianKernels.Networks.Models;
using HessianKernels.Networks.Tensors;
using HessianKernels.SecondMoment;
using ILGPU;

namespace HessianKernels.Gpu.Benchmarks;

/// <summary>
/// The same work on a device and on the processors of its machine, from the host's memory and back, by BenchmarkDotNet in this process. What both answer is
/// compared before anything is measured.
/// </summary>
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
public class AgainstCpu
{
    private const string Dense = "top 5 of a dense matrix", Many = "top pair of each of many small ones", Edge = "critical learning rate", Product = "Hessian product of a network";

    // A benchmark is made by its runner, in this process.
    private static string device = "auto";
    private static bool small;

    private GpuContext gpu = null!;
    private int order, smallOrder;
    private double[] matrix = [], stack = [];
    private FunctionSpace space = null!;
    private BatchSampling sampling = null!;
    private GpuTensorSpace<float> tensors = null!;
    private ModelPoint<ArrayView<float>> there = null!;
    private ModelPoint<Span<float>> here = null!;
    private ITensorMemory<ArrayView<float>> direction = null!, product = null!;
    private float[] along = [], result = [];

    private static LanczosOptions Options { get; } = new() { Tolerance = 1e-8, Validate = false };

    /// <summary>Runs all of them.</summary>
    /// <param name="request">The device, as <see cref="GpuContext.Open"/> has it.</param>
    /// <param name="quick">Each once and small, to see that it runs and is right; no figure of it means anything.</param>
    /// <returns>0, or 1 where one failed.</returns>
    internal static int Run(string request, bool quick)
    {
        (device, small) = (request, quick);
        Job job = quick ? Job.Dry : Job.Default.WithWarmupCount(2).WithMinIterationCount(5).WithMaxIterationCount(12);
        ManualConfig config = new() { ArtifactsPath = "gpu-against-cpu" };
        config.AddJob(job.WithToolchain(InProcessEmitToolchain.Instance));
        config.AddColumnProvider(DefaultColumnProviders.Instance);
        config.AddExporter(MarkdownExporter.GitHub);
        config.AddLogger(ConsoleLogger.Default);
        Summary summary = BenchmarkRunner.Run<AgainstCpu>(config);
        return summary.HasCriticalValidationErrors || summary.Reports.IsEmpty || summary.Reports.Any(report => !report.Success) ? 1 : 0;
    }

    [GlobalSetup]
    public void Prepare()
    {
        gpu = GpuContext.Open(device);
        Random random = new(1);
        double number() => random.NextDouble() - 0.5;
        double[] symmetric(int count, int n)
        {
            double[] all = new double[count * n * n];
            for (int b = 0; b < count; b++)
                for (int i = 0; i < n; i++)
                    for (int j = 0; j <= i; j++) all[(b * n + i) * n + j] = all[(b * n + j) * n + i] = number();
            return all;
        }

        (order, smallOrder) = small ? (20, 16) : (2048, 64);
        (matrix, stack) = (symmetric(1, order), symmetric(small ? 3 : 2000, smallOrder));

        int examples = small ? 12 : 1000;
        double[] jacobian = new double[examples * 2 * examples];
        for (int i = 0; i < jacobian.Length; i++) jacobian[i] = number();
        space = CurvatureSet.FromJacobian<double>(jacobian, examples, 2 * examples).Reduce();
        sampling = BatchSampling.Of(BatchScheme.WithoutReplacement, examples, small ? 3 : 16);

        int[] widths = small ? [12, 8, 8, 10] : [784, 256, 256, 10];
        int n = small ? 8 : 4096;
        Model model = Model.Mlp(widths, new(ActivationKind.Relu));
        float[] numbers(long count) => [.. Enumerable.Range(0, (int)count).Select(_ => (float)number())];
        DataSet<float> data = new()
        {
            Examples = n, InputShape = model.Input, Inputs = numbers((long)n * widths[0]), Targets = numbers((long)n * widths[^1]), TargetLength = widths[^1],
        };
        float[] parameters = Initialization.PyTorch.Parameters<float>(model, 2);
        tensors = new(gpu);
        there = GpuModelPoint.Create<float>(tensors, model, new MeanSquaredError(), data, parameters);
        here = ModelPoint.Create(model, new MeanSquaredError(), data, parameters);
        (along, result) = (numbers(model.ParameterCount), new float[model.ParameterCount]);
        (direction, product) = (tensors.Allocate(along.Length), tensors.Allocate(along.Length));

        Near(DenseOnCpu().Eigenvalues, DenseOnDevice().Eigenvalues, 1e-6, Dense);
        Near([.. ManyOnCpu().Select(pairs => pairs.Eigenvalues[0])], ManyOnDevice().Eigenvalues, 1e-6, Many);
        Near([EdgeOnCpu().Value], [EdgeOnDevice().Value], 1e-6, Edge);
        double[] expected = Array.ConvertAll(ProductOnCpu(), x => (double)x);
        Near(expected, Array.ConvertAll(ProductOnDevice(), x => (double)x), 1e-3, Product);
    }

    [GlobalCleanup]
    public void End()
    {
        direction.Dispose();
        product.Dispose();
        there.Dispose();
        here.Dispose();
        tensors.Dispose();
        gpu.Dispose();
    }

    [Benchmark(Baseline = true, Description = "CPU"), BenchmarkCategory(Dense)]
    public LanczosResult<double> DenseOnCpu() => Lanczos.TopK<double>(matrix, order, 5, Options);

    [Benchmark(Description = "device"), BenchmarkCategory(Dense)]
    public LanczosResult<double> DenseOnDevice()
    {
        using DeviceSymmetric<double> copy = new(gpu, matrix, order, validate: false);
        return GpuLanczos.TopK(gpu, copy, 5, Options);
    }

    [Benchmark(Baseline = true, Description = "CPU"), BenchmarkCategory(Many)]
    public LanczosResult<double>[] ManyOnCpu() => Lanczos.TopKBatch<double>(stack, smallOrder, 1, Options);

    [Benchmark(Description = "device"), BenchmarkCategory(Many)]
    public LargestEigenpairs<double> ManyOnDevice() => GpuLanczos.LargestOfMany<double>(gpu, stack, smallOrder, Options);

    [Benchmark(Baseline = true, Description = "CPU"), BenchmarkCategory(Edge)]
    public CriticalLearningRate EdgeOnCpu() => CriticalLearningRate.Of(space, sampling);

    [Benchmark(Description = "device"), BenchmarkCategory(Edge)]
    public CriticalLearningRate EdgeOnDevice() => DeviceSecondMoment.CriticalLearningRate(gpu, space, sampling);

    [Benchmark(Baseline = true, Description = "CPU"), BenchmarkCategory(Product)]
    public float[] ProductOnCpu()
    {
        here.Moved();
        here.Hessian().Apply(along, result);
        return result;
    }

    [Benchmark(Description = "device"), BenchmarkCategory(Product)]
    public float[] ProductOnDevice()
    {
        gpu.Upload<float>(along, direction.View);
        there.Moved();
        there.Hessian().Apply(direction.View, product.View);
        gpu.Download(product.View, (Span<float>)result);
        return result;
    }

    private static void Near(double[] expected, double[] found, double share, string what)
    {
        double largest = expected.Max(Math.Abs);
        for (int i = 0; i < expected.Length; i++)
            if (!(Math.Abs(expected[i] - found[i]) <= share * largest))
                throw new InvalidOperationException($"{what}: the CPU found {expected[i]}, the device {found[i]}.");
    }
}
