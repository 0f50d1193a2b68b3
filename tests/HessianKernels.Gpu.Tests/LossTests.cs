using HessianKernels.Conformance;
using HessianKernels.Krylov;
using HessianKernels.Operators;
using HessianKernels.Spaces;
using HessianKernels.Storage;
using ILGPU;
using ILGPU.Runtime;
using Xunit;

namespace HessianKernels.Gpu.Tests;

/// <summary>A device that fails in the midst of a run, as ILGPU tells of it.</summary>
public class LossTests
{
    private const int N = 60, K = 2;

    private static readonly LanczosOptions Options = new() { MaximumBasis = 12, Tolerance = 1e-10, KeepCheckpoint = true };

    private sealed class Fault() : AcceleratorException("an illegal memory access was encountered")
    {
        public override AcceleratorType AcceleratorType => AcceleratorType.Cuda;
    }

    /// <summary>An operator whose device is gone at a product.</summary>
    private sealed class Failing(ILinearOperator<ArrayView<double>> matrix, int products) : ILinearOperator<ArrayView<double>>
    {
        private int _products;

        public int Batch => matrix.Batch;

        public int Length => matrix.Length;

        public void Apply(ArrayView<double> input, ArrayView<double> output)
        {
            if (_products++ == products) throw new Fault();
            matrix.Apply(input, output);
        }
    }

    [Theory]
    [InlineData(25)]
    [InlineData(40)]
    public void ARunOfALostDeviceGoesOnWhereItWasSaved(int products)
    {
        double[] a = Matrices.Random(1, N, 6);
        using DeviceSymmetric<double> matrix = new(Gpu.Context, a, N);
        LanczosResult<double> whole = GpuLanczos.TopK(Gpu.Context, matrix, K, Options);
        Assert.Equal(LanczosStatus.Converged, whole.Status);
        Assert.True(whole.Evidence.OperatorApplications > products);

        GpuDeviceLostException<double> lost;
        using (GpuContext doomed = Gpu.Another())
        {
            using DeviceSymmetric<double> there = new(doomed, a, N);
            lost = Assert.Throws<GpuDeviceLostException<double>>(() => GpuLanczos.TopK(doomed, new Failing(there, products), K, Options));
            Assert.True(doomed.IsLost);
            Assert.Contains(doomed.Device.Request, lost.Message, StringComparison.Ordinal);
            Assert.Contains("illegal memory access", lost.Message, StringComparison.Ordinal);
            Assert.IsType<Fault>(lost.InnerException);
            // The context serves no further call, and says why.
            Assert.Contains("illegal memory access", Assert.Throws<GpuDeviceLostException<double>>(() => GpuLanczos.TopK(doomed, there, K)).Message, StringComparison.Ordinal);
            Assert.Throws<GpuDeviceLostException>(() => GpuTrace.Estimate(doomed, there));
            Assert.Throws<GpuDeviceLostException>(() => new GpuSpace<double>(doomed, 1, 4));
        }

        LanczosCheckpoint<double> checkpoint = Assert.IsType<LanczosCheckpoint<double>>(lost.Checkpoint);
        Assert.InRange(checkpoint.OperatorApplications, 1, products);
        LanczosResult<double> again = GpuLanczos.Resume(Gpu.Context, matrix, checkpoint, Options);
        Tolerance.SameBits<double>(whole.Eigenvectors, again.Eigenvectors, "resumed on the device");
        Assert.Equal(whole.Evidence, again.Evidence);

        // Saved to a file, and taken up by the CPU.
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.npz");
        try
        {
            LanczosCheckpointFile.Save(path, checkpoint);
            LanczosResult<double> onCpu = Lanczos.Resume(new DenseSymmetric<double>(a, N), LanczosCheckpointFile.Load<double>(path), Options);
            Assert.Equal(LanczosStatus.Converged, onCpu.Status);
            Tolerance.Equal<double>(whole.Eigenvalues, onCpu.Eigenvalues, 1e-8);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void WhereNothingWasSavedNothingIsThere()
    {
        using GpuContext doomed = Gpu.Another();
        using DeviceSymmetric<double> there = new(doomed, Matrices.Random(1, N, 6), N);
        Assert.Null(Assert.Throws<GpuDeviceLostException<double>>(() => GpuLanczos.TopK(doomed, new Failing(there, 3), K, Options)).Checkpoint);
    }

    [Fact]
    public void EveryDoorTellsOfALoss()
    {
        double[] a = Matrices.Random(1, N, 6), x = new double[N];
        Array.Fill(x, 7);
        Lost((gpu, matrix) => GpuTrace.Estimate(gpu, matrix));
        Lost((gpu, matrix) => GpuSpectralDensity.Estimate(gpu, matrix));
        Lost((gpu, matrix) => GpuConjugateGradients.Solve<double>(gpu, matrix, a.AsSpan(0, N), x));
        Assert.All(x, element => Assert.Equal(7, element));

        void Lost(Action<GpuContext, ILinearOperator<ArrayView<double>>> door)
        {
            using GpuContext doomed = Gpu.Another();
            using DeviceSymmetric<double> there = new(doomed, a, N);
            GpuDeviceLostException lost = Assert.Throws<GpuDeviceLostException>(() => door(doomed, new Failing(there, 1)));
            Assert.IsType<Fault>(lost.InnerException);
            Assert.True(doomed.IsLost);
        }
    }

    /// <summary>What is cut short by the caller or a limit is resumed as on the CPU: bit for bit.</summary>
    [Fact]
    public void ARunCutShortGoesOn()
    {
        double[] a = Matrices.Random(1, N, 6);
        using DeviceSymmetric<double> matrix = new(Gpu.Context, a, N);
        LanczosResult<double> whole = GpuLanczos.TopK(Gpu.Context, matrix, K, Options);
        LanczosResult<double> cut = GpuLanczos.TopK(Gpu.Context, matrix, K, Options with { MaximumApplications = 14 });
        Assert.Equal(LanczosStatus.Partial, cut.Status);
        LanczosResult<double> again = GpuLanczos.Resume(Gpu.Context, matrix, cut.Checkpoint!, Options);
        Tolerance.SameBits<double>(whole.Eigenvectors, again.Eigenvectors, "resumed");
        Assert.Null(whole.Checkpoint);
        ArgumentException thrown = Assert.Throws<ArgumentException>(
            () => GpuLanczos.Resume(Gpu.Context, matrix, cut.Checkpoint!, Options with { MaximumBasis = 20 }));
        Assert.Contains("MaximumBasis = 12", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("MaximumBasis = 20", thrown.Message, StringComparison.Ordinal);
    }
}
