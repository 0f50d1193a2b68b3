using HessianKernels.Conformance;
using HessianKernels.Krylov;
using HessianKernels.Operators;
using Xunit;

namespace HessianKernels.Tests.LanczosTests;

/// <summary>Bad input is an error that names the argument, what was found and what was expected; good input costs what was said.</summary>
public class ArgumentTests
{
    private static double[] Identity(int n) => SymmetricMatrix.Diagonal([.. Enumerable.Repeat(1.0, n)]);

    public static TheoryData<string, Action, string[]> Refused => new()
    {
        { "k = 0", () => Lanczos.TopK<double>(Identity(4), 4, 0), ["k = 0", "n = 4"] },
        { "k > n", () => Lanczos.TopK<double>(Identity(4), 4, 5), ["k = 5", "n = 4"] },
        { "n = 0", () => Lanczos.TopK<double>([], 0, 1), ["'0'"] },
        { "not square", () => Lanczos.TopK<double>(new double[15], 4, 1), ["15", "4 x 4"] },
        { "a stack", () => Lanczos.TopK<double>(new double[32], 4, 1), ["32", "TopKBatch"] },
        { "nothing", () => Lanczos.TopK<double>([], 4, 1), ["found 0"] },
        { "NaN", () => Lanczos.TopK<double>([1, 0, 0, double.NaN], 2, 1), ["row 1, column 1", "NaN"] },
        { "infinity", () => Lanczos.TopK<double>([1, double.NegativeInfinity, double.NegativeInfinity, 1], 2, 1), ["row 0, column 1"] },
        { "asymmetric", () => Lanczos.TopK<double>([1, 2, 3, 4], 2, 1), ["a[1, 0] = 3", "a[0, 1] = 2"] },
        { "tolerance", () => Lanczos.TopK<double>(Identity(4), 4, 1, new() { Tolerance = -1 }), ["Tolerance = -1", "0 <= Tolerance"] },
        { "tolerance NaN", () => Lanczos.TopK<double>(Identity(4), 4, 1, new() { Tolerance = double.NaN }), ["Tolerance = NaN"] },
        { "basis", () => Lanczos.TopK<double>(Identity(40), 40, 5, new() { MaximumBasis = 7 }), ["MaximumBasis = 7", "at least 8"] },
        { "limit", () => Lanczos.TopK<double>(Identity(4), 4, 1, new() { MaximumApplications = 0 }), ["MaximumApplications = 0", "at least 1"] },
        { "which", () => Lanczos.TopK<double>(Identity(4), 4, 1, new() { Which = (SpectrumEnd)9 }), ["Which = 9", "Largest"] },
        { "threads", () => Lanczos.TopK<double>(Identity(4), 4, 1, new() { Threads = -2 }), ["Threads = -2"] },
        { "miss", () => Lanczos.TopK<double>(Identity(4), 4, 1, new() { MissProbability = 0 }), ["MissProbability = 0"] },
        { "warm length", () => Lanczos.TopK<double>(Identity(4), 4, 1, warmStart: [1, 2, 3]), ["3 elements", "n = 4"] },
        { "warm NaN", () => Lanczos.TopK<double>(Identity(2), 2, 1, warmStart: [1, 2, double.NaN, 0]), ["NaN", "vector 1, element 0"] },
        { "batch operator", () => Lanczos.TopK(new DenseSymmetric<double>(new double[32], 4), 1), ["batch 2", "batch 1"] },
        {
            "workspace", () => Lanczos.TopK<double>(
                Identity(4), 4, 1, new Eigenpairs<double>(new double[2], new double[8], new double[2], new double[2], new bool[2]),
                LanczosWorkspace<double>.ForMatrix(4, 2)), ["k = 2", "k = 1"]
        },
        {
            "short span", () => Lanczos.TopK<double>(
                Identity(4), 4, 2, new Eigenpairs<double>(new double[2], new double[7], new double[2], new double[2], new bool[2]),
                LanczosWorkspace<double>.ForMatrix(4, 2)), ["7 elements in vectors", "at least 8"]
        },
        { "overlap", Overlap, ["overlaps the matrix", "2 elements"] },
        { "too large", () => Lanczos.EstimateMemory<double>(0, 1), ["'0'"] },
        { "no array", () => LanczosWorkspace<double>.ForOperator(1_000_000_000, 1), ["2147483591", "MaximumBasis"] },
    };

    private static void Overlap()
    {
        double[] memory = new double[24];
        Lanczos.TopK<double>(
            memory.AsSpan(0, 16), 4, 1, new Eigenpairs<double>(new double[1], memory.AsSpan(2, 4), new double[1], new double[1], new bool[1]),
            LanczosWorkspace<double>.ForMatrix(4, 1));
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void SaysWhatWasFoundAndExpected(string what, Action call, string[] fragments)
    {
        ArgumentException error = Assert.ThrowsAny<ArgumentException>(call);
        foreach (string fragment in fragments) Assert.True(error.Message.Contains(fragment, StringComparison.Ordinal), $"{what}: {error.Message}");
    }

    [Fact]
    public void AsymmetryWithinRoundingIsNone()
    {
        double[] a = SymmetricMatrix.Random(50, new(3));
        a[7] *= 1 + 1e-15;
        Assert.Equal(LanczosStatus.Converged, Lanczos.TopK<double>(a, 50, 1).Status);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void WithAWorkspaceNothingIsAllocated(int threads)
    {
        const int n = 300, k = 3;
        double[] a = SymmetricMatrix.Random(n, new(1));
        LanczosOptions options = new() { Threads = threads, MaximumBasis = 20 };
        LanczosWorkspace<double> workspace = LanczosWorkspace<double>.ForMatrix(n, k, options);
        double[] values = new double[k], vectors = new double[k * n], residuals = new double[k], radii = new double[k];
        bool[] converged = new bool[k];
        Allocation.AssertNone(
            () => Lanczos.TopK<double>(a, n, k, new Eigenpairs<double>(values, vectors, residuals, radii, converged), workspace, options));
        Assert.Equal(SymmetricMatrix.Spectrum(a, n)[^1], values[0], 1e-5);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void NorInABatch(int threads)
    {
        const int n = 20, k = 2, batch = 50;
        double[] a = [.. Enumerable.Range(0, batch).SelectMany(b => SymmetricMatrix.Random(n, new(b)))];
        LanczosOptions options = new() { Threads = threads };
        LanczosWorkspace<double> workspace = LanczosWorkspace<double>.ForMatrix(n, k, options, threads);
        double[] values = new double[batch * k], vectors = new double[batch * k * n], residuals = new double[batch * k], radii = new double[batch * k];
        bool[] converged = new bool[batch * k];
        LanczosEvidence[] evidence = new LanczosEvidence[batch];
        Allocation.AssertNone(() => Lanczos.TopKBatch<double>(
            a, n, k, new Eigenpairs<double>(values, vectors, residuals, radii, converged), evidence, workspace, options));
        LanczosResult<double>[] results = Lanczos.TopKBatch<double>(a, n, k, options);
        Tolerance.SameBits<double>([.. results.SelectMany(result => result.Eigenvalues)], values);
        Tolerance.SameBits<double>([.. results.SelectMany(result => result.Eigenvectors)], vectors);
        Assert.Equal(results.Select(result => result.Evidence), evidence);
    }

    [Theory]
    [InlineData(1000, 3, 1, true)]
    [InlineData(1000, 3, 1, false)]
    [InlineData(200, 40, 1, true)]
    [InlineData(32, 1, 500, true)]
    public void MemoryIsAsEstimated(int n, int k, int batch, bool matrix)
    {
        LanczosOptions options = new() { Threads = 2 };
        double[] a = new double[batch * n * n];
        CallbackOperator<double> callback = new(n, (v, av) => v.CopyTo(av));
        Run();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        long estimate = Lanczos.EstimateMemory<double>(n, k, batch, options, matrix).Total;
        Assert.InRange(allocated, 0.9 * estimate, 1.1 * estimate + 4096);

        void Run()
        {
            if (batch > 1) Lanczos.TopKBatch<double>(a, n, k, options);
            else if (matrix) Lanczos.TopK<double>(a, n, k, options);
            else Lanczos.TopK(callback, k, options);
        }
    }
}
