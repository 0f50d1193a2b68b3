using System.Text.Json;
using HessianKernels.Conformance;
using HessianKernels.Krylov;
using HessianKernels.SecondMoment;
using HessianKernels.Tests.SecondMoment;
using ILGPU;
using ILGPU.Runtime;
using Xunit;

namespace HessianKernels.Gpu.Tests;

/// <summary>Second moments on the device: the reference files to 1e-9, and the CPU's operators.</summary>
public class SecondMomentTests
{
    private const double Relative = 1e-9;

    public static TheoryData<string> Jacobians => ["jacobian_flat", "jacobian_spread", "jacobian_rank_deficient"];

    public static TheoryData<string> HessianSets => ["hessians_full_rank", "hessians_low_rank_spread", "hessians_rank_one"];

    [Theory]
    [MemberData(nameof(Jacobians))]
    public void ExactNoiseAndCriticalLearningRateOfAJacobian(string name)
    {
        EdgeReference file = EdgeReference.Read(name);
        FunctionSpace space = CurvatureSet.FromJacobian<double>(file.Values, file.Shape[0], file.Shape[1]).Reduce();
        foreach (JsonElement row in Gpu.Some(file.Rows.EnumerateArray()))
        {
            BatchSampling sampling = file.Sampling(row);
            Equal(row, "k_exact", DeviceSecondMoment.ExactNoise(Gpu.Context, space, row.GetProperty("lr").GetDouble(), sampling));
            Equal(row, "critical_lr", DeviceSecondMoment.CriticalLearningRate(Gpu.Context, space, sampling));
        }
    }

    [Theory]
    [MemberData(nameof(HessianSets))]
    public void SecondMomentOfHessians(string name)
    {
        EdgeReference file = EdgeReference.Read(name);
        FunctionSpace space = CurvatureSet.FromHessians<double>(file.Values, file.Shape[0], file.Shape[1]).Reduce();
        foreach (JsonElement row in Gpu.Some(file.Rows.EnumerateArray()))
        {
            BatchSampling sampling = file.Sampling(row);
            Equal(row, "critical_lr", DeviceSecondMoment.CriticalLearningRate(Gpu.Context, space, sampling));
            using DeviceSecondMoment t = new(Gpu.Context, space, row.GetProperty("lr").GetDouble(), sampling);
            Equal(row, "lambda_max_T", t.LargestEigenvalue());
        }
    }

    /// <summary>An analysis whose two searches are the device's says what the CPU's says; what has no device is left as it is.</summary>
    [Fact]
    public void AnAnalysisSearchesOnTheDevice()
    {
        CurvatureSet set = CurvatureSet.FromJacobian<double>(Matrices.Numbers(8 * 5, 6), 8, 5);
        StochasticEdgeOptions options = new() { Searches = new DeviceEdge(Gpu.Context) };
        StochasticEdgeReport found = StochasticEdge.Analyze(set, 0.3, 2, options), expected = StochasticEdge.Analyze(set, 0.3, 2);
        Assert.Equal((expected.Verdict, expected.Status), (found.Verdict, found.Status));
        double exact = expected.NoiseKernel.Exact.Value, critical = expected.CriticalLearningRate!.Value.Value;
        Tolerance.Equal(exact, found.NoiseKernel.Exact.Value, Relative * exact);
        Tolerance.Equal(critical, found.CriticalLearningRate!.Value.Value, Relative * critical);
        Assert.Equal(expected.NoiseKernel.Diagonal, found.NoiseKernel.Diagonal);
        Assert.Equal(expected.Coherence!.Value, found.Coherence!.Value);

        StochasticEdgeReport[] sweep = [.. StochasticEdge.Sweep(set, [0.1, 0.3], [BatchSampling.WithReplacement(8, 2)], options)];
        Assert.Equal(2, sweep.Length);
        // The second point has eta* from the first.
        Assert.Equal(sweep[0].CriticalLearningRate, sweep[1].CriticalLearningRate);
        Tolerance.Equal(1, StochasticEdge.Analyze(set, critical, 2, options).NoiseKernel.Exact.Value, 1e-8, "K exact at eta*");
    }

    /// <summary>The norm that decides with momentum and weight decay, of rows, of blocks and with signs; what needs no search makes none.</summary>
    [Theory]
    [InlineData(1, false)]
    [InlineData(3, false)]
    [InlineData(3, true)]
    public void TheNormWithMomentumIsTheCpus(int rows, bool signed)
    {
        FunctionSpace space = Space(rows, signed);
        double rate = 0.5 / space.Eigenvalues[0], decay = 0.01 * space.Eigenvalues[0];
        foreach (BatchSampling sampling in (BatchSampling[])[BatchSampling.WithoutReplacement(9, 2), BatchSampling.WithReplacement(9, 4)])
        {
            TopEigenvalue expected = NoiseKernel.ExactWithMomentum(space, rate, sampling, 0.6, decay);
            TopEigenvalue found = DeviceSecondMoment.ExactNoiseWithMomentum(Gpu.Context, space, rate, sampling, 0.6, decay);
            Assert.True(expected.Value > 0 && double.IsFinite(expected.Value));
            Assert.Equal(LanczosStatus.Converged, found.Status);
            Tolerance.Equal(expected.Value, found.Value, Relative * expected.Value);
        }

        BatchSampling all = BatchSampling.WithoutReplacement(9, 9);
        Assert.Equal(TopEigenvalue.Known(0), DeviceSecondMoment.ExactNoiseWithMomentum(Gpu.Context, space, rate, all, 0.6, decay));
        Assert.Equal(double.PositiveInfinity, DeviceSecondMoment.ExactNoiseWithMomentum(Gpu.Context, space, 100 * rate, all, 0.6, decay).Value);
        Assert.Throws<ArgumentOutOfRangeException>("momentum", () => DeviceSecondMoment.ExactNoiseWithMomentum(Gpu.Context, space, rate, all, 1));

        StochasticEdgeOptions options = new() { Momentum = 0.6, WeightDecay = decay };
        StochasticEdgeReport analysis = StochasticEdge.Analyze(space, rate, BatchSampling.WithReplacement(9, 4), options with { Searches = new DeviceEdge(Gpu.Context) });
        StochasticEdgeReport cpu = StochasticEdge.Analyze(space, rate, BatchSampling.WithReplacement(9, 4), options);
        Assert.Equal((cpu.Verdict, cpu.Status), (analysis.Verdict, analysis.Status));
        Tolerance.Equal(cpu.NoiseKernel.Exact.Value, analysis.NoiseKernel.Exact.Value, Relative * cpu.NoiseKernel.Exact.Value);
    }

    [Fact]
    public void TooLittleMemoryLeavesTheContextUsable()
    {
        FunctionSpace space = CurvatureSet.FromJacobian<double>(Matrices.Numbers(8 * 5, 6), 8, 5).Reduce();
        BatchSampling sampling = BatchSampling.WithReplacement(8, 2);
        using GpuContext small = GpuContext.Open("emulator");
        foreach (long limit in (long[])[100, 5500])
        {
            // Too little for the set, then for the search on it.
            small.MemoryLimit = limit;
            Assert.Equal(limit == 100, Assert.Throws<GpuMemoryException>(() => DeviceSecondMoment.ExactNoise(small, space, 0.1, sampling)).Message
                .StartsWith("A second moment", StringComparison.Ordinal));
            Assert.Equal(0, small.Allocated);
        }

        small.MemoryLimit = null;
        Assert.Equal(LanczosStatus.Converged, DeviceSecondMoment.ExactNoise(small, space, 0.1, sampling).Status);
        Assert.Equal(0, small.Allocated);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(3, false)]
    [InlineData(3, true)]
    public void AProductIsTheCpus(int rows, bool signed)
    {
        IsTheCpus(Space(rows, signed));
    }

    /// <summary>Of dimensions about a group of threads and far beyond; few examples, whatever the rank.</summary>
    [Theory]
    [MemberData(nameof(KernelSizes.FromOne), MemberType = typeof(KernelSizes))]
    public void AProductOfAnyDimensionIsTheCpus(int rank)
    {
        double[] eigenvalues = [.. Enumerable.Range(0, rank).Select(i => 2 - (double)i / rank)];
        IsTheCpus(new(2, 1, eigenvalues, Matrices.Numbers(2 * rank, 8), null));
        IsTheCpus(new(2, 2, eigenvalues, Matrices.Numbers(4 * rank, 9), null));
        IsTheCpus(new(2, 2, eigenvalues, Matrices.Numbers(4 * rank, 9), [1, -1, 1, 1]));
    }

    private static void IsTheCpus(FunctionSpace space)
    {
        BatchSampling sampling = BatchSampling.Of(BatchScheme.WithReplacement, space.Examples, 2);
        SecondMomentOperator onCpu = new(space, 0.05, sampling);
        using DeviceSecondMoment t = new(Gpu.Context, space, 0.05, sampling);
        double[] x = Matrices.Numbers(t.Length, 4), expected = new double[t.Length];
        onCpu.Apply(x, expected);
        using MemoryBuffer1D<double, Stride1D.Dense> input = Gpu.Upload(x), output = Gpu.Context.Accelerator.Allocate1D<double>(t.Length);
        t.Apply(input.View, output.View);
        double[] found = Gpu.Download(output);
        double largest = expected.Max(Math.Abs);
        Tolerance.Equal<double>(expected, found, 1e-13 * largest, "T x");
        t.Apply(input.View, output.View);
        Tolerance.SameBits<double>(found, Gpu.Download(output), "T x again");
    }

    /// <summary>Nine examples of 17 parameters.</summary>
    private static FunctionSpace Space(int rows, bool signed)
    {
        const int Examples = 9, Parameters = 17;
        if (!signed) return CurvatureSet.FromFactors<double>(Matrices.Numbers(Examples * rows * Parameters, 3), Examples, rows, Parameters).Reduce();
        // Rank 3, one of the three directions negative.
        double[] hessians = new double[Examples * Parameters * Parameters];
        for (int i = 0; i < Examples; i++)
            for (int k = 0; k < 3; k++)
            {
                double[] f = Matrices.Numbers(Parameters, 100 * i + k);
                double sign = k == 2 && i == 4 ? -0.1 : 1;
                for (int a = 0; a < Parameters; a++)
                    for (int b = 0; b < Parameters; b++) hessians[(i * Parameters + a) * Parameters + b] += sign * f[a] * f[b];
            }

        FunctionSpace space = CurvatureSet.FromHessians<double>(hessians, Examples, Parameters).Reduce();
        Assert.False(space.Signs.IsEmpty);
        return space;
    }

    private static void Equal(JsonElement row, string name, CriticalLearningRate found)
        => Equal(row, name, found.Value, found.Evidence);

    private static void Equal(JsonElement row, string name, TopEigenvalue found) => Equal(row, name, found.Value, found);

    private static void Equal(JsonElement row, string name, double found, TopEigenvalue evidence)
    {
        double expected = row.GetProperty(name).GetDouble();
        Assert.True(evidence.Status == LanczosStatus.Converged, $"{name} of {row}: {evidence}");
        Tolerance.Equal(expected, found, Relative * Math.Abs(expected), $"{name} of {row}: {evidence}");
    }
}
