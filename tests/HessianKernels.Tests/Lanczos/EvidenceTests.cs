using HessianKernels.Conformance;
using HessianKernels.Krylov;
using HessianKernels.Operators;
using HessianKernels.Storage;
using Xunit;

namespace HessianKernels.Tests.LanczosTests;

/// <summary>How runs end, and what they leave behind: limits, cancellation, faults, checkpoints, memory.</summary>
public class EvidenceTests
{
    private const int N = 200;

    private static readonly double[] s_spectrum = [.. Enumerable.Range(0, N).Select(i => i < 5 ? 3.0 + i : 2 * Math.Sin(i))];

    private static readonly double[] s_matrix = SymmetricMatrix.WithSpectrum(s_spectrum, new(8));

    private static CallbackOperator<double> Counted(Action onProduct)
    {
        DenseSymmetric<double> matrix = new(s_matrix, N, threads: 1);
        double[] copy = new double[N];
        return new(N, (v, av) =>
        {
            onProduct();
            v.CopyTo(copy);
            matrix.Apply(copy, av);
        });
    }

    [Fact]
    public void EveryProductIsCounted()
    {
        foreach (SpectrumEnd which in Enum.GetValues<SpectrumEnd>())
            foreach (int k in (int[])[1, 4])
            {
                int products = 0;
                LanczosResult<double> result = Lanczos.TopK(Counted(() => products++), k, new() { Which = which });
                Assert.Equal(products, result.Evidence.OperatorApplications);
                Assert.Equal(LanczosStatus.Converged, result.Status);
            }
    }

    [Fact]
    public void ALimitLeavesWhatWasFoundAndSaysSo()
    {
        LanczosResult<double> result = Lanczos.TopK<double>(s_matrix, N, 5, new() { MaximumApplications = 13, StoreProducts = true });
        Assert.Equal(LanczosStatus.Partial, result.Status);
        Assert.Equal(13, result.Evidence.OperatorApplications);
        Assert.Equal(5, result.Evidence.Found);
        Assert.True(result.Evidence.Converged < 5);
        Assert.Equal(7, result.Eigenvalues[0], 1e-1);
        for (int i = 0; i < 5; i++)
        {
            double residual = SymmetricMatrix.Residual<double>(s_matrix, N, result.Eigenvalues[i], result.Eigenvector(i));
            Tolerance.Equal(residual, result.ResidualNorms[i], 1e-13);
            Assert.Contains(s_spectrum, value => Math.Abs(value - result.Eigenvalues[i]) <= result.EnclosureRadii[i]);
        }

        Assert.Equal(2, Lanczos.TopK<double>(s_matrix, N, 5, new() { MaximumApplications = 2 }).Evidence.Found);
    }

    [Fact]
    public void CancellationReturnsWhatWasFound()
    {
        using CancellationTokenSource source = new();
        int products = 0;
        CallbackOperator<double> matrix = Counted(() =>
        {
            if (++products == 15) source.Cancel();
        });
        LanczosResult<double> result = Lanczos.TopK(matrix, 3, new() { KeepCheckpoint = true }, cancellation: source.Token);
        Assert.Equal(LanczosStatus.Cancelled, result.Status);
        Assert.Equal(15, products);
        Assert.Equal(3, result.Evidence.Found);
        Assert.False(result.Evidence.ResidualsMeasured);
        Assert.All(result.EnclosureRadii, radius => Assert.Equal(double.PositiveInfinity, radius));
        Assert.DoesNotContain(true, result.Converged);
        // Estimated, and yet near the truth.
        double residual = SymmetricMatrix.Residual<double>(s_matrix, N, result.Eigenvalues[2], result.Eigenvector(2));
        Tolerance.Equal(residual, result.ResidualNorms[2], 1e-12);
        Assert.NotNull(result.Checkpoint);

        source.Cancel();
        LanczosResult<double> none = Lanczos.TopK<double>(s_matrix, N, 3, cancellation: source.Token);
        Assert.Equal((LanczosStatus.Cancelled, 0), (none.Status, none.Evidence.Found));
        Assert.All(none.Eigenvalues, value => Assert.True(double.IsNaN(value)));
    }

    [Fact]
    public void AResumedRunHasTheBitsOfAWholeOne()
    {
        foreach (int k in (int[])[1, 4])
            foreach (bool store in (bool[])[true, false])
            {
                LanczosOptions options = new() { MaximumBasis = 12, StoreProducts = store, Seed = ulong.MaxValue - 5, KeepCheckpoint = true };
                LanczosResult<double> whole = Lanczos.TopK<double>(s_matrix, N, k, options);
                Assert.Null(whole.Checkpoint);
                int steps = whole.Evidence.OperatorApplications - (store ? 0 : k);
                for (int stop = 1; stop < steps; stop += 3)
                {
                    LanczosResult<double> part = Lanczos.TopK<double>(s_matrix, N, k, options with { MaximumApplications = stop });
                    Assert.NotNull(part.Checkpoint);
                    using TemporaryFile file = new();
                    LanczosCheckpointFile.Save(file.Path, part.Checkpoint);
                    LanczosCheckpoint<double> loaded = LanczosCheckpointFile.Load<double>(file.Path);
                    Assert.Equal((N, k, stop), (loaded.Length, loaded.Wanted, loaded.OperatorApplications));
                    BatchTests.Same(whole, Lanczos.Resume<double>(s_matrix, loaded, options), $"k = {k}, stored {store}, stopped at {stop}");
                }
            }
    }

    [Fact]
    public void ACheckpointOfAnotherRunIsRefused()
    {
        LanczosOptions options = new() { MaximumApplications = 5, KeepCheckpoint = true };
        LanczosCheckpoint<double> checkpoint = Lanczos.TopK<double>(s_matrix, N, 2, options).Checkpoint!;
        string message = Assert.Throws<ArgumentException>(() => Lanczos.Resume<double>(s_matrix, checkpoint, options with { Seed = 7 })).Message;
        Assert.Contains("Seed = 0", message);
        Assert.Contains("Seed = 7", message);
        Assert.Throws<ArgumentException>(() => Lanczos.Resume<double>(new double[9], checkpoint, options));

        using TemporaryFile file = new();
        Npy.Write<double>(file.Path, [1, 2], [2]);
        Assert.Throws<NpyFormatException>(() => LanczosCheckpointFile.Load<double>(file.Path));
        using (NpzWriter npz = NpzWriter.Create(file.Path, overwrite: true))
        {
            npz.Write<double>("settings", [1, 2, 3], [3]);
            npz.Complete();
        }

        Assert.Contains("expected 15", Assert.Throws<InvalidDataException>(() => LanczosCheckpointFile.Load<double>(file.Path)).Message);
    }

    [Fact]
    public void AWarmStartTakesFewerProductsAndIsNotBlindedByIt()
    {
        LanczosOptions options = new() { StoreProducts = true, Tolerance = 1e-10 };
        LanczosResult<double> cold = Lanczos.TopK<double>(s_matrix, N, 1, options with { FindMultiplicity = false });
        double[] moved = [.. s_matrix];
        for (int i = 0; i < N; i++) moved[i * N + i] += 1e-6 * Math.Cos(i);
        LanczosResult<double> warm = Lanczos.TopK<double>(moved, N, 1, options with { FindMultiplicity = false }, warmStart: cold.Eigenvectors);
        Assert.True(
            warm.Evidence.OperatorApplications < cold.Evidence.OperatorApplications,
            $"{warm.Evidence.OperatorApplications} warm, {cold.Evidence.OperatorApplications} cold");
        Assert.Equal(7, warm.Eigenvalues[0], 1e-5);

        // The exact second eigenvector: its Krylov space is itself.
        LanczosResult<double> two = Lanczos.TopK<double>(s_matrix, N, 2, options);
        foreach (double tolerance in (double[])[1e-1, 1e-2, 1e-8])
        {
            LanczosResult<double> result = Lanczos.TopK<double>(s_matrix, N, 1, options with { Tolerance = tolerance }, warmStart: two.Eigenvector(1));
            Assert.Equal(7, result.Eigenvalues[0], 7 * tolerance);
        }
    }

    [Fact]
    public void AFaultOfTheOperatorPassesAndLeavesAllAsItWas()
    {
        int products = 0;
        CallbackOperator<double> matrix = Counted(() =>
        {
            if (++products == 7) throw new InvalidOperationException("the user's own");
        });
        LanczosWorkspace<double> workspace = LanczosWorkspace<double>.ForOperator(N, 2);
        double[] values = [42, 42], vectors = new double[2 * N], residuals = new double[2], radii = new double[2];
        bool[] converged = new bool[2];
        Assert.Equal("the user's own", Assert.Throws<InvalidOperationException>(
            () => Lanczos.TopK(matrix, 2, new Eigenpairs<double>(values, vectors, residuals, radii, converged), workspace)).Message);
        Assert.Equal([42, 42], values);
        Assert.All(vectors, element => Assert.Equal(0, element));

        LanczosEvidence evidence = Lanczos.TopK(matrix, 2, new Eigenpairs<double>(values, vectors, residuals, radii, converged), workspace);
        Assert.Equal(LanczosStatus.Converged, evidence.Status);
        Assert.Equal(7, values[0], 1e-6);

        CallbackOperator<double> batch = new(4, 30, (item, v, av) =>
        {
            if (item == 2) throw new InvalidOperationException("item 2");
            v.CopyTo(av);
        });
        Assert.Equal("item 2", Assert.Throws<InvalidOperationException>(() => Lanczos.TopKBatch(batch, 1)).Message);
    }

    [Fact]
    public void AnOperatorThatIsNotFiniteIsAStatus()
    {
        int products = 0;
        CallbackOperator<double> good = Counted(() => products++);
        CallbackOperator<double> matrix = new(N, (v, av) =>
        {
            double[] input = v.ToArray();
            good.Apply(input, av);
            if (products >= 10) av[3] = double.NaN;
        });
        LanczosResult<double> result = Lanczos.TopK(matrix, 2);
        Assert.Equal(LanczosStatus.NotFinite, result.Status);
        Assert.Equal(2, result.Evidence.Found);
        Assert.All(result.Eigenvectors, element => Assert.True(double.IsFinite(element)));
        Assert.Equal(7, result.Eigenvalues[0], 0.5);
    }

    [Fact]
    public void AnOperatorThatIsNotSymmetricIsFoundOutByItsResiduals()
    {
        double[] skewed = [.. s_matrix];
        for (int i = 0; i < N; i++)
            for (int j = 0; j < i; j++) skewed[i * N + j] += 0.02;
        CallbackOperator<double> matrix = new(N, (v, av) =>
        {
            for (int i = 0; i < N; i++)
            {
                double sum = 0;
                for (int j = 0; j < N; j++) sum += skewed[i * N + j] * v[j];
                av[i] = sum;
            }
        });
        LanczosResult<double> result = Lanczos.TopK(matrix, 2, new() { MaximumApplications = 2000 });
        Assert.Equal(LanczosStatus.Partial, result.Status);
        Assert.True(result.ResidualNorms[0] > 1e-3);
    }

    [Fact]
    public void ProgressIsTold()
    {
        List<LanczosProgress> reports = [];
        LanczosResult<double> result = Lanczos.TopK<double>(s_matrix, N, 3, progress: new Immediate(reports.Add));
        Assert.NotEmpty(reports);
        Assert.All(reports, report => Assert.Equal(3, report.Wanted));
        Assert.True(reports.Zip(reports.Skip(1)).All(pair => pair.First.OperatorApplications < pair.Second.OperatorApplications));
        Assert.Contains(reports, report => report.Converged == 3);

        reports.Clear();
        Lanczos.TopKBatch<double>(new double[5 * 9], 3, 1, new() { Threads = 1 }, new Immediate(reports.Add));
        Assert.Equal([1, 2, 3, 4, 5], reports.Select(report => report.ItemsFinished));
    }

    private sealed class Immediate(Action<LanczosProgress> report) : IProgress<LanczosProgress>
    {
        public void Report(LanczosProgress value) => report(value);
    }
}
