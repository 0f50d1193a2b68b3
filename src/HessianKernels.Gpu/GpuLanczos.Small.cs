using System.Numerics;
using HessianKernels.Gpu.Kernels;
using HessianKernels.Kernels;
using HessianKernels.Krylov;
using HessianKernels.Operators;
using HessianKernels.Spaces;
using ILGPU;
using ILGPU.Runtime;

namespace HessianKernels.Gpu;

public static partial class GpuLanczos
{
    /// <summary>
    /// What of a group's shared memory the kernel takes besides matrix and basis; and most that it asks for, so that a multiprocessor of 228 KiB works
    /// on two matrices at least.
    /// </summary>
    private const int OtherShared = sizeof(double) * (Reduction.MostThreads + 5 * 128), MostShared = 112 * 1024;

    /// <summary>
    /// The largest eigenpair of each of a stack of small symmetric matrices in one launch, one group of threads a matrix, which holds matrix and
    /// basis in shared memory.
    /// </summary>
    /// <remarks>
    /// The stack goes to the device and back in pieces of at most half of its free memory. Every run begins from the same random vector, and
    /// each answer has the bits it has alone. Matrix and basis lie in shared memory wherever a group may have 90 KiB of it, as on NVIDIA's devices from
    /// compute capability 7.0 on but for 7.5; with 48 KiB the matrix does up to order 128 in single and 87 in double precision, and is read from the device's memory beyond.
    /// </remarks>
    /// <param name="gpu">The device.</param>
    /// <param name="matrices"><c>[batch, n, n]</c>, stored whole, row-major.</param>
    /// <param name="n">Order of each matrix, 1 to 128.</param>
    /// <param name="options">Tolerance, seed, limit and validation; Which must be Largest. The defaults where null.</param>
    /// <param name="cancellation">Ends the run between two launches; places of matrices not reached hold NaN.</param>
    /// <exception cref="ArgumentException">A size or option is out of its range, or validation finds a fault.</exception>
    /// <exception cref="NotSupportedException">The device is a processor.</exception>
    /// <exception cref="GpuMemoryException">Not even one matrix fits on the device.</exception>
    /// <exception cref="GpuDeviceLostException">The device failed.</exception>
    public static LargestEigenpairs<T> LargestOfMany<T>(
        GpuContext gpu, ReadOnlySpan<T> matrices, int n, LanczosOptions? options = null, CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(gpu);
        options ??= LanczosOptions.Default;
        // ILGPU 1.5.3 keeps the address of shared memory of a size told at the launch in one place for all groups: right where groups have it at
        // the same address, as on a GPU, and a race where each has its own.
        if (gpu.Device.IsProcessor)
            throw new NotSupportedException($"Found {gpu.Device.Request} ({gpu.Device.Name}), a processor; expected a GPU. Use TopKBatch, or Lanczos.TopKBatch on the CPU.");
        int batch = DenseSymmetric<T>.BatchOf(matrices.Length, n, nameof(matrices)), size = Interop.SizeOf<T>();
        if (n > SmallLanczosKernels<double, OneDouble, Pair, PairOfDoubles>.MostLength)
            throw new ArgumentOutOfRangeException(nameof(n), n, $"Found n = {n}; expected 1 <= n <= {SmallLanczosKernels<double, OneDouble, Pair, PairOfDoubles>.MostLength}. Use TopKBatch for larger ones.");
        if (options.Which != SpectrumEnd.Largest)
            throw new ArgumentException($"Found Which = {options.Which}; expected Largest. Use TopKBatch for other ends.", nameof(options));
        double epsilon = ElementType.Epsilon<T>();
        LanczosSettings settings = LanczosSettings.From(options with { MaximumBasis = null }, n, 1, 1, epsilon, storeProducts: false);
        if (options.Validate) DenseSymmetric.Validate(matrices, n, nameof(matrices));

        int packed = n * (n + 1) / 2, stride = n + 1, leading = GpuSpace<T>.Padded(n), room = Room(GpuContext.SharedUnasked);
        // The matrix is worth its place where a basis of some length still has one.
        int needed = packed + Math.Min(n, 16) * stride;
        if (needed > room && needed <= Room(MostShared)) room = Room(MostShared);
        bool resident = needed <= room;
        int basis = Math.Min(n, (room - (resident ? packed : 0)) / stride);
        double rounding = (8 + Math.Sqrt(n)) * epsilon;
        SmallShape shape = new(n, leading, basis, resident ? 1 : 0, options.MaximumApplications, 4, settings.Tolerance, epsilon, rounding);

        const int Outcomes = SmallLanczosKernels<double, OneDouble, Pair, PairOfDoubles>.Outcomes;
        long each = (long)(n * leading + n) * size + Outcomes * sizeof(double);
        int piece = (int)Math.Min(batch, Math.Max(1, gpu.FreeBytes / 2 / each));
        gpu.ThrowIfShort(piece * each + (long)n * size, $"{piece} matrices of order {n}");
        T[] vectors = new T[(long)batch * n];
        double[] outcomes = new double[(long)batch * Outcomes];
        Array.Fill(outcomes, double.NaN);
        MemoryBuffer1D<T, Stride1D.Dense> stack = gpu.Allocate<T>((long)piece * n * leading, "A stack of matrices");
        MemoryBuffer1D<T, Stride1D.Dense> found = gpu.Allocate<T>((long)piece * n, "Vectors"), start = gpu.Allocate<T>(n, "A start");
        MemoryBuffer1D<double, Stride1D.Dense> told = gpu.Allocate<double>((long)piece * Outcomes, "Outcomes");
        try
        {
            using (GpuSpace<T> space = new(gpu, 1, n)) space.Random(RandomDistribution.Normal, settings.Seed, 0, start.View);
            SmallLaunches<T> launches = gpu.Launches(SmallLaunches<T>.Load);
            // A thread a row, as far as there are threads.
            int group = 1;
            while (group < Math.Min(n, gpu.GroupSize)) group *= 2;
            group = Math.Min(group, gpu.GroupSize);
            int held = (resident ? packed : 0) + basis * stride;
            gpu.AllowShared(launches.Largest, held * size);
            SharedMemoryConfig shared = SharedMemoryConfig.RequestDynamic<T>(held);
            for (int first = 0; first < batch && !cancellation.IsCancellationRequested; first += piece)
            {
                int items = Math.Min(piece, batch - first);
                ReadOnlySpan<T> part = matrices.Slice(first * n * n, items * n * n);
                gpu.UploadRows(part, n, stack.View, leading);
                launches.Largest(gpu.Stream, new KernelConfig(new Index3D(items, 1, 1), new Index3D(group, 1, 1), shared), stack.View, start.View, found.View, told.View, shape);
                gpu.Download(found.View, vectors.AsSpan(first * n, items * n));
                gpu.Download(told.View, outcomes.AsSpan(first * Outcomes, items * Outcomes));
            }
        }
        catch (AcceleratorException fault)
        {
            throw gpu.Lose(fault);
        }
        finally
        {
            gpu.Release(stack);
            gpu.Release(found);
            gpu.Release(start);
            gpu.Release(told);
        }

        return new(
            Column(0), vectors, Column(1), [.. Enumerable.Range(0, batch).Select(b => outcomes[b * Outcomes + 1] + rounding * outcomes[b * Outcomes + 3])],
            Array.ConvertAll(Column(2), products => double.IsNaN(products) ? 0 : (int)products), Array.ConvertAll(Column(4), converged => converged == 1));

        int Room(int bytes) => (Math.Min(bytes, gpu.SharedBytes) - OtherShared) / size;

        double[] Column(int which) => [.. Enumerable.Range(0, batch).Select(b => outcomes[b * Outcomes + which])];
    }
}

/// <summary>The kernel for small matrices, compiled.</summary>
internal sealed record SmallLaunches<T>(Action<AcceleratorStream, KernelConfig, ArrayView<T>, ArrayView<T>, ArrayView<T>, ArrayView<double>, SmallShape> Largest)
    where T : unmanaged
{
    public static SmallLaunches<T> Load(GpuContext gpu)
        => typeof(T) == typeof(float) ? (SmallLaunches<T>)(object)Load<float, OneSingle, Quad, QuadOfSingles>(gpu) : (SmallLaunches<T>)(object)Load<double, OneDouble, Pair, PairOfDoubles>(gpu);

    private static SmallLaunches<TElement> Load<TElement, TOps, TWide, TWideOps>(GpuContext gpu)
        where TElement : unmanaged
        where TOps : struct, IWide<TElement, TElement>
        where TWide : unmanaged
        where TWideOps : struct, IWide<TElement, TWide>
        => new(
            gpu.Accelerator.LoadKernel<ArrayView<TElement>, ArrayView<TElement>, ArrayView<TElement>, ArrayView<double>, SmallShape>(
                SmallLanczosKernels<TElement, TOps, TWide, TWideOps>.Largest));
}
