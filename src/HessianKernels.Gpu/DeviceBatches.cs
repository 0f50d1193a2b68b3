using HessianKernels.Gpu.Kernels;
using HessianKernels.Krylov;
using HessianKernels.Sharpness;
using ILGPU;
using ILGPU.Runtime;

namespace HessianKernels.Gpu;

/// <summary>
/// Gradients and dense Hessians of examples on a device, and what batches of them are asked: Rayleigh quotients and largest eigenvalues, a few hundred
/// batches at a time. Give it as <see cref="SharpnessOptions.Quotients"/>.
/// </summary>
/// <remarks>
/// A batch takes b d^2 numbers read for H_B and half of d^2 for its product; its largest eigenvalue a Lanczos run, all batches in step. The same bits every run, and whatever
/// batches are computed together.
/// </remarks>
/// <example><code>
/// using DeviceBatches batches = new(gpu, derivatives);
/// SharpnessReport report = BatchSharpness.Analyze(derivatives, batchSize, new() { Quotients = batches });
/// </code></example>
public sealed class DeviceBatches : IBatchQuotients, IDisposable
{
    /// <summary>Batches computed together, and the elements that their Hessians may take.</summary>
    private const int MostTogether = 256, MostElements = 1 << 25;

    private readonly GpuContext _gpu;
    private readonly DeviceMemory<double> _gradients, _hessians;
    private readonly Action<AcceleratorStream, KernelConfig, ArrayView<double>, ArrayView<int>, ArrayView<int>, ArrayView<double>, int, double> _mean;

    /// <summary>Brings gradients and Hessians to the device.</summary>
    /// <param name="gpu">The device.</param>
    /// <param name="derivatives">Of the examples; the Hessians dense.</param>
    /// <exception cref="ArgumentException">The Hessians are given by factors, or one of them is more than 46340 numbers wide.</exception>
    /// <exception cref="GpuMemoryException">They do not fit on the device; nothing was allocated.</exception>
    public DeviceBatches(GpuContext gpu, ExampleDerivatives derivatives)
    {
        ArgumentNullException.ThrowIfNull(gpu);
        ArgumentNullException.ThrowIfNull(derivatives);
        int n = derivatives.Examples, d = derivatives.Parameters;
        if (derivatives.IsFactored) throw new ArgumentException("Found Hessians given by factors; on a device they are dense.", nameof(derivatives));
        if ((long)d * GpuSpace<double>.Padded(d) > int.MaxValue) throw new ArgumentException($"Found d = {d}; on a device d * d is at most {int.MaxValue}.", nameof(derivatives));
        gpu.ThrowIfShort(RequiredBytes(n, d), $"Gradients and Hessians of {n} examples of {d} parameters");
        (_gpu, Derivatives) = (gpu, derivatives);
        int stride = GpuSpace<double>.Padded(d);
        _gradients = new(gpu, (long)n * stride, "Gradients");
        _hessians = new(gpu, (long)n * d * stride, "Hessians");
        gpu.UploadRows<double>(derivatives.Gradients, d, _gradients.View, stride);
        gpu.UploadRows(derivatives.Curvatures, d, _hessians.View, stride);
        _mean = gpu.Launches(BatchLaunches.Load).Mean;
    }

    /// <inheritdoc/>
    public ExampleDerivatives Derivatives { get; }

    /// <summary>Bytes that gradients and Hessians take on the device; those of the batches at hand come to them when they are computed.</summary>
    /// <param name="examples">n.</param>
    /// <param name="parameters">d.</param>
    public static long RequiredBytes(int examples, int parameters) => sizeof(double) * (long)examples * GpuSpace<double>.Padded(parameters) * (parameters + 1L);

    /// <inheritdoc/>
    /// <exception cref="GpuMemoryException">The batches do not fit on the device.</exception>
    /// <exception cref="GpuDeviceLostException">The device failed.</exception>
    public int Compute(
        ReadOnlySpan<int> draws, ReadOnlySpan<int> starts, int batchSize, Span<double> quotients, Span<double> eigenvalues, ulong seed,
        CancellationToken cancellation)
    {
        int count = starts.Length - 1, d = Derivatives.Parameters;
        int most = Math.Clamp((int)(MostElements / ((long)d * d)), 1, MostTogether);
        try
        {
            for (int first = 0; first < count; first += most)
            {
                if (cancellation.IsCancellationRequested) return first;
                int batches = Math.Min(most, count - first);
                int[] own = starts.Slice(first, batches + 1).ToArray();
                ReadOnlySpan<int> examples = draws[own[0]..own[^1]];
                for (int j = own.Length - 1; j >= 0; j--) own[j] -= own[0];
                Piece(examples, own, batchSize, quotients.Slice(first, batches), eigenvalues.IsEmpty ? [] : eigenvalues.Slice(first, batches), seed, cancellation);
                // What a search that was cut short has found is no largest eigenvalue.
                if (!eigenvalues.IsEmpty && cancellation.IsCancellationRequested) return first;
            }

            return count;
        }
        catch (AcceleratorException fault)
        {
            throw _gpu.Lose(fault);
        }
    }

    private void Piece(
        ReadOnlySpan<int> draws, int[] starts, int batchSize, Span<double> quotients, Span<double> eigenvalues, ulong seed, CancellationToken cancellation)
    {
        int d = Derivatives.Parameters, stride = GpuSpace<double>.Padded(d), batches = quotients.Length;
        using DeviceSymmetric<double> hessians = new(_gpu, batches, d);
        using GpuSpace<double> space = new(_gpu, batches, d);
        using DeviceMemory<double> vectors = new(_gpu, 2L * batches * stride, "Gradients of batches"), results = new(_gpu, batches, "Rayleigh quotients");
        using DeviceMemory<int> examples = new(_gpu, draws.Length, "Draws"), places = new(_gpu, starts.Length, "Draws");
        _gpu.Upload(draws, examples.View);
        _gpu.Upload<int>(starts, places.View);
        ArrayView<double> g = vectors.View.SubView(0, (long)batches * stride), image = vectors.View.SubView((long)batches * stride, (long)batches * stride);
        _mean(_gpu.Stream, Groups(stride, batches), _gradients.View, examples.View, places.View, g, stride, batchSize);
        _mean(_gpu.Stream, Groups(d * stride, batches), _hessians.View, examples.View, places.View, hessians.Matrices, d * stride, batchSize);
        hessians.Apply(g, image);
        space.RayleighQuotients(g, image, results.View);
        space.Read(results.View, quotients);
        if (eigenvalues.IsEmpty) return;
        LanczosOptions options = new() { Which = SpectrumEnd.Largest, Tolerance = 1e-10, Seed = seed, FindMultiplicity = false };
        LanczosResult<double>[] found = GpuLanczos.TopKBatch(_gpu, hessians, 1, options, cancellation: cancellation);
        for (int j = 0; j < batches; j++) eigenvalues[j] = found[j].Eigenvalues[0];
    }

    private KernelConfig Groups(int width, int batches)
        => (new Index3D((int)Math.Min((width / 2L + _gpu.GroupSize - 1) / _gpu.GroupSize, 4096), batches, 1), new Index3D(_gpu.GroupSize, 1, 1));

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        _gradients.Dispose();
        _hessians.Dispose();
    }
}

/// <summary>The kernels of batches, compiled.</summary>
internal sealed record BatchLaunches(
    Action<AcceleratorStream, KernelConfig, ArrayView<double>, ArrayView<int>, ArrayView<int>, ArrayView<double>, int, double> Mean)
{
    public static BatchLaunches Load(GpuContext gpu)
        => new(gpu.Accelerator.LoadKernel<ArrayView<double>, ArrayView<int>, ArrayView<int>, ArrayView<double>, int, double>(BatchKernels.Mean));
}
