using HessianKernels.Krylov;
using HessianKernels.Operators;
using HessianKernels.Spaces;
using Xunit;

namespace HessianKernels.Tests.LanczosTests;

/// <summary>An item's answer has the bits it has alone: solved item by item, in step, with any number of threads.</summary>
public class BatchTests
{
    /// <summary>Items that end at very different steps, one of them in NaN.</summary>
    private static double[] Mixture(int n, bool nan)
    {
        Random random = new(9);
        double[][] items =
        [
            SymmetricMatrix.Random(n, random),
            SymmetricMatrix.Diagonal([.. Enumerable.Repeat(2.0, n)]),
            SymmetricMatrix.WithSpectrum([.. Enumerable.Range(0, n).Select(i => i < 4 ? 5.0 : random.NextDouble())], random),
            new double[n * n],
            SymmetricMatrix.WithSpectrum([.. Enumerable.Range(0, n).Select(i => (double)(i / 2))], random),
            SymmetricMatrix.Diagonal([.. Enumerable.Range(0, n).Select(i => i == 3 ? -7.0 : 0)]),
        ];
        if (nan) items[1][0] = double.NaN;
        return [.. items.SelectMany(item => item)];
    }

    [Theory]
    [InlineData(9, 3, null, false)]
    [InlineData(90, 3, null, false)]
    [InlineData(90, 4, 9, false)]
    [InlineData(90, 4, 9, true)]
    public void InStepIsAlone(int n, int k, int? basis, bool store)
    {
        double[] a = Mixture(n, nan: false);
        foreach (SpectrumEnd which in Enum.GetValues<SpectrumEnd>())
        {
            LanczosOptions options = new() { Which = which, MaximumBasis = basis, StoreProducts = store, MaximumApplications = 400 };
            LanczosResult<double>[] together = Lanczos.TopKBatch(new InStep(a, n), k, options);
            for (int b = 0; b < together.Length; b++)
                Same(Lanczos.TopK<double>(a.AsSpan(b * n * n, n * n), n, k, options), together[b], $"{which}, item {b}");
        }
    }

    [Fact]
    public void AnItemThatEndsInNaNHarmsNoOther()
    {
        const int n = 60, k = 2;
        double[] a = Mixture(n, nan: true);
        LanczosOptions options = new() { Validate = false, StoreProducts = false };
        LanczosResult<double>[] inStep = Lanczos.TopKBatch(new InStep(a, n), k, options), each = Lanczos.TopKBatch<double>(a, n, k, options);
        Assert.Equal(LanczosStatus.NotFinite, inStep[1].Status);
        for (int b = 0; b < each.Length; b++)
        {
            Same(each[b], inStep[b], $"item {b}");
            if (b != 1) Assert.Equal(LanczosStatus.Converged, each[b].Status);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void AnyNumberOfThreads(int threads)
    {
        const int n = 50, k = 3;
        double[] a = Mixture(n, nan: false);
        LanczosResult<double>[] results = Lanczos.TopKBatch<double>(a, n, k, new() { Threads = threads });
        LanczosResult<double>[] separable = Lanczos.TopKBatch(new DenseSymmetric<double>(a, n), k, new() { Threads = threads, StoreProducts = false });
        for (int b = 0; b < results.Length; b++)
        {
            LanczosResult<double> alone = Lanczos.TopK<double>(a.AsSpan(b * n * n, n * n), n, k, new() { Threads = 1 });
            Same(alone, results[b], $"item {b}");
            Same(alone, separable[b], $"item {b}, separable");
        }
    }

    [Fact]
    public void OneLargeMatrixWithAnyNumberOfThreads()
    {
        const int n = 700;
        double[] a = SymmetricMatrix.Random(n, new(1));
        LanczosResult<double> alone = Lanczos.TopK<double>(a, n, 3, new() { Threads = 1 });
        Same(alone, Lanczos.TopK<double>(a, n, 3, new() { Threads = 2 }), "two");
        Same(alone, Lanczos.TopK<double>(a, n, 3, new() { Threads = 5 }), "five");
    }

    internal static void Same(LanczosResult<double> expected, LanczosResult<double> actual, string what)
    {
        Assert.True(expected.Evidence == actual.Evidence, $"{what}: {expected.Evidence} and {actual.Evidence}");
        Conformance.Tolerance.SameBits<double>(expected.Eigenvalues, actual.Eigenvalues, what);
        Conformance.Tolerance.SameBits<double>(expected.Eigenvectors, actual.Eigenvectors, what);
        Conformance.Tolerance.SameBits<double>(expected.ResidualNorms, actual.ResidualNorms, what);
        Conformance.Tolerance.SameBits<double>(expected.EnclosureRadii, actual.EnclosureRadii, what);
        Assert.Equal(expected.Converged, actual.Converged);
    }

    /// <summary>A stack that hides that its items can be had one at a time.</summary>
    private sealed class InStep(double[] matrices, int n) : ILinearOperator<Span<double>>
    {
        private readonly DenseSymmetric<double> _matrices = new(matrices, n, threads: 1);

        public int Batch => _matrices.Batch;

        public int Length => n;

        public void Apply(Span<double> input, Span<double> output) => _matrices.Apply(input, output);
    }
}
