using HessianKernels.Conformance;
using HessianKernels.Krylov;
using HessianKernels.Operators;
using HessianKernels.Spaces;
using HessianKernels.Storage;
using Xunit;

namespace HessianKernels.Tests.LanczosTests;

/// <summary>The search for copies begun beside the run: the same answer and evidence as without, and the matrix read less often.</summary>
public sealed class CompanionTests
{
    // The least order at which a dense matrix has a companion.
    private const int N = 512, K = 4, Steps = 5;

    [Fact]
    public void TheAnswerIsThatOfTheSearchAloneAndTheMatrixIsReadLessOften()
    {
        foreach (SpectrumEnd which in Enum.GetValues<SpectrumEnd>())
        {
            double[] wanted = which == SpectrumEnd.Smallest ? [-7, -6, -5, -4] : [7, 6, 5, which == SpectrumEnd.Largest ? 4 : -6.5];
            double[] a = SymmetricMatrix.Diagonal(Spectrum(wanted));
            LanczosOptions options = new() { Which = which, Seed = 3 };
            (LanczosResult<double> alone, int readingsAlone) = Run(a, options, companion: 0);
            (LanczosResult<double> paired, int readings) = Run(a, options, Steps);
            Tolerance.SameBits<double>(alone.Eigenvalues, paired.Eigenvalues, $"{which}: eigenvalues");
            Tolerance.SameBits<double>(alone.Eigenvectors, paired.Eigenvectors, $"{which}: eigenvectors");
            Tolerance.SameBits<double>(alone.ResidualNorms, paired.ResidualNorms, $"{which}: residuals");
            Assert.Equal(LanczosStatus.Converged, paired.Evidence.Status);
            double missed = alone.Evidence.MissProbability;
            Assert.InRange(paired.Evidence.MissProbability, 0.9999 * missed, 1.0001 * missed);

            // The search took no more steps than the companion made: every product it would have made was read with one of the run's.
            int searched = alone.Evidence.OperatorApplications - Search(a, options with { FindMultiplicity = false });
            Assert.InRange(searched, 2, Steps);
            Assert.Equal(readingsAlone - searched, readings);
            Assert.Equal(alone.Evidence.OperatorApplications + Steps - searched, paired.Evidence.OperatorApplications);
        }

        static int Search(double[] a, LanczosOptions options) => Run(a, options, 0).Result.Evidence.OperatorApplications;
    }

    [Fact]
    public void ASearchLongerThanTheCompanionGoesOnWithProducts()
    {
        // The wanted values stand close above the rest.
        double[] a = SymmetricMatrix.Diagonal(Spectrum([1.4, 1.35, 1.3, 1.25]));
        LanczosOptions options = new() { Seed = 5 };
        (LanczosResult<double> alone, int readingsAlone) = Run(a, options, companion: 0);
        (LanczosResult<double> paired, int readings) = Run(a, options, Steps);
        Tolerance.SameBits<double>(alone.Eigenvalues, paired.Eigenvalues, "eigenvalues");
        Assert.Equal(alone.Evidence.OperatorApplications, paired.Evidence.OperatorApplications);
        Assert.Equal(readingsAlone - Steps, readings);
        Assert.InRange(paired.Evidence.MissProbability, 0.999 * alone.Evidence.MissProbability, 1.001 * alone.Evidence.MissProbability);
    }

    [Fact]
    public void ACopyThatItFindsHasItsTrueResidual()
    {
        foreach (int basis in (int[])[40, 11])
        {
            double[] a = SymmetricMatrix.Diagonal(Spectrum([10, 10, 9, 8, 7]));
            LanczosResult<double> result = Lanczos.TopK<double>(a, N, K, new() { MaximumBasis = basis });
            Assert.Equal(LanczosStatus.Converged, result.Status);
            Tolerance.Equal<double>([10, 10, 9, 8], result.Eigenvalues, 1e-10, "eigenvalues");
            for (int i = 0; i < K; i++)
                Tolerance.Equal(Residual(a, result, i), result.ResidualNorms[i], 1e-13);
        }
    }

    [Fact]
    public void WhatRoundingWouldDrownIsNotReplayed()
    {
        // The search is for what lies close above the rest, and the companion is nearly all in what lies far above.
        double[] a = SymmetricMatrix.Diagonal(Spectrum([9e8, 8e8, 1.3, 1.25]));
        LanczosOptions options = new() { Tolerance = 1e-12 };
        (LanczosResult<double> alone, int readingsAlone) = Run(a, options, companion: 0);
        (LanczosResult<double> paired, int readings) = Run(a, options, Steps);
        Assert.Equal(LanczosStatus.Converged, paired.Status);
        Tolerance.SameBits<double>(alone.Eigenvalues, paired.Eigenvalues, "eigenvalues");
        Assert.InRange(readingsAlone - readings, 0, 2);
        Assert.InRange(paired.Evidence.MissProbability, 0, options.MissProbability);
    }

    [Fact]
    public void AResumedRunHasTheBitsOfAWholeOne()
    {
        double[] a = SymmetricMatrix.Diagonal(Spectrum([3, 3, 2.5, 2, 1.8]));
        foreach (bool store in (bool[])[true, false])
        {
            LanczosOptions options = new() { StoreProducts = store, KeepCheckpoint = true };
            LanczosResult<double> whole = Lanczos.TopK<double>(a, N, K, options);
            int steps = whole.Evidence.OperatorApplications - (store ? 0 : K);
            for (int stop = 1; stop < steps; stop++)
            {
                LanczosResult<double> part = Lanczos.TopK<double>(a, N, K, options with { MaximumApplications = stop });
                Assert.InRange(part.Evidence.OperatorApplications - (store ? 0 : part.Evidence.Found), 0, stop);
                Assert.NotNull(part.Checkpoint);
                for (int i = 0; i < part.Evidence.Found; i++)
                    Tolerance.Equal(Residual(a, part, i), part.ResidualNorms[i], 1e-14);
                using TemporaryFile file = new();
                LanczosCheckpointFile.Save(file.Path, part.Checkpoint);
                LanczosCheckpoint<double> loaded = LanczosCheckpointFile.Load<double>(file.Path);
                BatchTests.Same(whole, Lanczos.Resume<double>(a, loaded, options), $"stored {store}, stopped at {stop}");
            }
        }
    }

    [Fact]
    public void ACallersWorkspaceIsEnough()
    {
        double[] a = SymmetricMatrix.Diagonal(Spectrum([7, 6, 5, 4])), values = new double[K], vectors = new double[K * N];
        LanczosOptions options = new() { Threads = 1 };
        LanczosWorkspace<double> workspace = LanczosWorkspace<double>.ForMatrix(N, K, options);
        double[] residuals = new double[K], radii = new double[K];
        bool[] converged = new bool[K];
        Allocation.AssertNone(() => Lanczos.TopK<double>(a, N, K, new(values, vectors, residuals, radii, converged), workspace, options));
        Assert.DoesNotContain(false, converged);
    }

    private static double Residual(double[] a, LanczosResult<double> result, int i)
        => SymmetricMatrix.Residual<double>(a, N, result.Eigenvalues[i], result.Eigenvector(i));

    /// <summary>A bulk in [-1, 1], with some values at its ends.</summary>
    private static double[] Spectrum(double[] wanted)
        => [.. wanted, .. Enumerable.Range(0, N - wanted.Length).Select(i => Math.Cos(Math.PI * i / (N - wanted.Length)))];

    private static (LanczosResult<double> Result, int Readings) Run(double[] a, LanczosOptions options, int companion)
    {
        LanczosSettings settings = LanczosSettings.From(options, N, 1, K, 2.220446049250313e-16, storeProducts: true);
        if (options.FindMultiplicity) Assert.Equal(Steps, settings.Companion);
        settings = settings with { Companion = companion };
        LanczosLayout layout = new(settings);
        double[] memory = new double[layout.Elements], host = new double[layout.HostDoubles];
        int[] integers = new int[layout.HostIntegers];
        Array.Fill(memory, double.NaN);
        Array.Fill(host, double.NaN);
        Counted matrix = new(a);
        LanczosIteration<Span<double>, CpuSpace<double>, Counted> run = new(
            new(1, N, 1), matrix, settings, memory, host, integers, new LanczosItem[1]);
        run.Start(LanczosStart.Random);
        run.Conclude(cancelled: !run.Run(null, CancellationToken.None));
        LanczosResult<double> result = new(K, N) { Evidence = run.Evidence(0) };
        run.RitzValues(0).CopyTo(result.Eigenvalues);
        run.ResidualNorms(0).CopyTo(result.ResidualNorms);
        run.RitzVectors.CopyTo(result.Eigenvectors);
        return (result, matrix.Readings);
    }

    /// <summary>A dense matrix that counts how often it is read.</summary>
    private sealed class Counted(double[] a) : ILinearOperator<Span<double>>
    {
        private readonly DenseSymmetric<double> _matrix = new(a, N, 1);

        public int Readings { get; private set; }

        public int Batch => 1;

        public int Length => N;

        public void Apply(Span<double> input, Span<double> output)
        {
            Readings++;
            _matrix.Apply(input, output);
        }

        public void ApplyPair(Span<double> input, Span<double> output, Span<double> input2, Span<double> output2)
        {
            Readings++;
            _matrix.ApplyPair(input, output, input2, output2);
        }
    }
}
