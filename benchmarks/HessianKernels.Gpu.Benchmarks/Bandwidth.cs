using HessianKernels.Spaces;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Algorithms.ScanReduceOperations;
using ILGPU.Runtime;

namespace HessianKernels.Gpu.Benchmarks;

/// <summary>What moves bytes: a copy on the device, and beside it what should move them as fast.</summary>
internal static class Bandwidth
{
    private const string Floor = "floor 85 % of the copy";

    public static IEnumerable<Row> Measure(GpuContext gpu, bool small)
    {
        int n = small ? 1 << 12 : 1 << 22, count = small ? 4 : 32;
        MemoryBuffer1D<double, Stride1D.Dense> panel = gpu.Allocate<double>((long)n * count, "A panel"), other = gpu.Allocate<double>((long)n * count, "A panel");
        ArrayView<double> v = panel.View, w = other.View;
        using GpuSpace<double> space = new(gpu, 1, n);
        for (int j = 0; j < count; j++) space.Random(RandomDistribution.Normal, 1, (ulong)j, v.SubView((long)j * n, n));
        double bytes = sizeof(double) * (double)n * count, copy = 2 * bytes / Stopwatches.Median(gpu, () => v.CopyTo(gpu.Stream, w));
        yield return new("copy on the device, bytes read and written", copy / 1e9, "GB/s");

        ArrayView<double> y = w.SubView(0, n), c = w.SubView(n, count);
        double project = bytes / Stopwatches.Median(gpu, () => space.Project(v, count, y, c));
        yield return new($"panel projection, {count} vectors of {n}", project / 1e9, "GB/s", project / copy, Floor);
        using GpuSpace<double> odd = new(gpu, 1, n - 1);
        double padded = sizeof(double) * (n - 1.0) * count / Stopwatches.Median(gpu, () => odd.Project(v, count, y, c));
        yield return new($"the same of {n - 1}, an odd length", padded / 1e9, "GB/s", padded / copy, Floor);
        using GpuSpace<double> batch = new(gpu, count, n);
        ArrayView<double> scalars = w.SubView(0, count);
        double dot = 2 * bytes / Stopwatches.Median(gpu, () => batch.Dot(v, v, scalars));
        yield return new($"batched dot, {count} of {n}; one vector is read twice", dot / 1e9, "GB/s", dot / copy, Floor);
        gpu.Release(other);
        gpu.Release(panel);
        double sum = bytes / SumOfAlgorithms(gpu, n * count);
        yield return new($"sum of {n * count} numbers by ILGPU.Algorithms, the dot's peer", sum / 1e9, "GB/s", sum / copy);

        int order = small ? 100 : 8192;
        double[] matrix = new double[(long)order * order];
        Array.Fill(matrix, 1.0 / order);
        using DeviceSymmetric<double> symmetric = new(gpu, matrix, order, validate: false) { LeastOrderForBlas = int.MaxValue };
        MemoryBuffer1D<double, Stride1D.Dense> x = gpu.Allocate<double>(2L * order, "Vectors");
        x.View.BaseView.MemSet(gpu.Stream, 0);
        ArrayView<double> vectors = x.View;
        double half = sizeof(double) * (order * (order + 1.0) / 2);
        double product = half / Stopwatches.Median(gpu, () => symmetric.Apply(vectors.SubView(0, order), vectors.SubView(order, order)));
        yield return new($"symmetric product of order {order}, half of it read", product / 1e9, "GB/s", product / copy, Floor);
        if (gpu.BlasLibrary is { } library)
        {
            using DeviceSymmetric<double> by = new(gpu, matrix, order, validate: false) { LeastOrderForBlas = 1 };
            double peer = half / Stopwatches.Median(gpu, () => by.Apply(vectors.SubView(0, order), vectors.SubView(order, order)));
            yield return new($"the same by {library}, which multiplies from order 4096 on", peer / 1e9, "GB/s", peer / copy, Floor);
        }

        gpu.Release(x);
    }

    /// <summary>Seconds of the peer's reduction, on the same device in a context of its own.</summary>
    private static double SumOfAlgorithms(GpuContext gpu, int length)
    {
        using Context context = Context.Create(builder => builder.Default().EnableAlgorithms());
        Device same = context.Devices.First(device
            => device.AcceleratorType == gpu.Accelerator.AcceleratorType && (device.AcceleratorType == AcceleratorType.CPU || device.Name == gpu.Accelerator.Name));
        using Accelerator accelerator = same.CreateAccelerator(context);
        using MemoryBuffer1D<double, Stride1D.Dense> numbers = accelerator.Allocate1D<double>(length);
        numbers.MemSetToZero();
        return Stopwatches.Median(gpu, () => accelerator.Reduce<double, Stride1D.Dense, AddDouble>(accelerator.DefaultStream, numbers.View));
    }
}
