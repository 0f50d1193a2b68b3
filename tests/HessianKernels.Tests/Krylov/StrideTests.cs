using HessianKernels.Conformance;
using HessianKernels.Krylov;
using HessianKernels.Operators;
using HessianKernels.Spaces;
using HessianKernels.Tests.LanczosTests;
using Xunit;

namespace HessianKernels.Tests.Krylov;

/// <summary>Every algorithm on vectors that lie apart has the bits of vectors side by side, whatever lies between them.</summary>
public sealed class StrideTests
{
    private const int N = 37, Batch = 3;

    private static readonly double[] Stack =
    [
        .. SymmetricMatrix.WithSpectrum([.. Enumerable.Range(0, N).Select(i => 1 + i * 0.25)], new(1)),
        .. SymmetricMatrix.WithSpectrum([.. Enumerable.Range(0, N).Select(i => i < 3 ? 9.0 : 0.5)], new(2)),
        .. SymmetricMatrix.WithSpectrum([.. Enumerable.Range(0, N).Select(i => 1 / (1.0 + i))], new(3)),
    ];

    private static MatrixOperator<OpaqueVector, OpaqueSpace> Operator(OpaqueSpace space) => new(space, Stack);

    public static TheoryData<int, int, int> Layouts => new() { { 1, 1, N + 3 }, { 1, 8, N + 1 }, { Batch, 1, N + 3 }, { Batch, 8, 2 * N } };

    private static double[] Read(OpaqueSpace space, OpaqueVector memory, int rows)
    {
        double[] found = new double[rows * space.Length];
        for (int j = 0; j < rows; j++)
            space.Read(space.Slice(memory, (long)j * space.Stride, space.Length), found.AsSpan(j * space.Length, space.Length));
        return found;
    }

    private static OpaqueVector Of(OpaqueSpace space, Func<int, double> number)
    {
        OpaqueVector memory = new((space.Batch - 1) * space.Stride + space.Length);
        for (int j = 0; j < space.Batch; j++)
            space.Write([.. Enumerable.Range(j * N, N).Select(number)], space.Slice(memory, (long)j * space.Stride, N));
        return memory;
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Eigenpairs(int batch, int interval, int stride)
    {
        foreach (LanczosOptions options in (LanczosOptions[])
        [
            new() { MaximumBasis = 12, Tolerance = 1e-9 }, new() { MaximumBasis = 9, Tolerance = 1e-9, Which = SpectrumEnd.BothEnds },
            new() { MaximumBasis = 12, StoreProducts = true, MaximumApplications = 20 },
        ])
            foreach (bool warm in (bool[])[false, true])
            {
                LanczosResult<double>[] expected = Run(null), found = Run(stride);
                for (int b = 0; b < batch; b++)
                {
                    Assert.Equal(expected[b].Evidence, found[b].Evidence);
                    Tolerance.SameBits<double>(expected[b].Eigenvalues, found[b].Eigenvalues, "values");
                    Tolerance.SameBits<double>(expected[b].Eigenvectors, found[b].Eigenvectors, "vectors");
                    Tolerance.SameBits<double>(expected[b].ResidualNorms, found[b].ResidualNorms, "residuals");
                }

                LanczosResult<double>[] Run(int? apart)
                {
                    OpaqueSpace space = new(batch, N, interval, apart);
                    OpaqueVector memory = new((int)Lanczos.SpaceElements(N, batch, 4, space.Epsilon, options, apart));
                    if (warm) space.Copy(Of(space, i => Math.Cos(i)), space.Slice(memory, 0, (batch - 1) * space.Stride + N));
                    LanczosResult<double>[] results = Lanczos.TopKOn<double, OpaqueVector, OpaqueSpace, MatrixOperator<OpaqueVector, OpaqueSpace>>(
                        space, Operator(space), memory, 4, options, warm);
                    double[] first = Read(space, memory, 4 * batch);
                    for (int b = 0; b < batch; b++)
                        for (int i = 0; i < 4; i++)
                            Tolerance.SameBits<double>(
                                results[b].Eigenvectors.AsSpan(i * N, N), first.AsSpan((i * batch + b) * N, N), "the vectors that stay in the memory");
                    return results;
                }
            }
    }

    private sealed class Kept : IProgress<LanczosCheckpoint<double>>
    {
        public List<LanczosCheckpoint<double>> All { get; } = [];

        public void Report(LanczosCheckpoint<double> value) => All.Add(value);
    }

    /// <summary>A run saved on one goes on on the other, with the same bits.</summary>
    [Fact]
    public void ARunSavedOnOneLayoutGoesOnOnAnother()
    {
        LanczosOptions options = new() { MaximumBasis = 12, Tolerance = 1e-10, StoreProducts = true };
        OpaqueSpace apart = new(1, N, 8, N + 3), beside = new(1, N, 8);
        Kept kept = new();
        LanczosResult<double> whole = Lanczos.TopKOn<double, OpaqueVector, OpaqueSpace, MatrixOperator<OpaqueVector, OpaqueSpace>>(
            apart, Operator(apart), Memory(apart), 3, options, saved: kept)[0];
        Assert.True(kept.All.Count > 2);
        foreach (LanczosCheckpoint<double> checkpoint in kept.All)
            foreach (OpaqueSpace space in (OpaqueSpace[])[apart, beside])
            {
                LanczosResult<double> again = Lanczos.ResumeOn<double, OpaqueVector, OpaqueSpace, MatrixOperator<OpaqueVector, OpaqueSpace>>(
                    space, Operator(space), Memory(space), checkpoint, options);
                Assert.Equal(whole.Evidence, again.Evidence);
                Tolerance.SameBits<double>(whole.Eigenvectors, again.Eigenvectors, "vectors");
            }

        OpaqueVector Memory(OpaqueSpace space) => new((int)Lanczos.SpaceElements(N, 1, 3, space.Epsilon, options, space.Stride));
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Traces(int batch, int interval, int stride)
    {
        foreach (TraceMethod method in Enum.GetValues<TraceMethod>())
        {
            TraceOptions options = new() { Method = method, Applications = 22, Seed = 4 };
            Assert.Equal(Run(null), Run(stride));

            TraceEstimate[] Run(int? apart)
            {
                OpaqueSpace space = new(batch, N, interval, apart);
                return Trace.EstimateOn(space, Operator(space), new OpaqueVector((int)Trace.SpaceElements(N, batch, options, interval, apart)), options);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Densities(int batch, int interval, int stride)
    {
        SpectralDensityOptions options = new() { Probes = 3, Steps = 20, Seed = 5 };
        SpectralQuadrature[] expected = Run(null), found = Run(stride);
        for (int b = 0; b < batch; b++)
            for (int power = 1; power <= 3; power++)
                Assert.Equal(expected[b].Moment(power), found[b].Moment(power));

        SpectralQuadrature[] Run(int? apart)
        {
            OpaqueSpace space = new(batch, N, interval, apart);
            return SpectralDensity.EstimateOn(space, Operator(space), new OpaqueVector((int)SpectralDensity.SpaceElements(N, batch, options, apart)), options);
        }
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Systems(int batch, int interval, int stride)
    {
        foreach ((bool guessed, bool preconditioned) in ((bool, bool)[])[(false, false), (true, false), (false, true), (true, true)])
        {
            ConjugateGradientsOptions options = new() { RelativeTolerance = 1e-10, StartFromSolution = guessed };
            (ConjugateGradientsEvidence[] expected, double[] x) = Run(null);
            (ConjugateGradientsEvidence[] found, double[] same) = Run(stride);
            Assert.Equal(expected, found);
            Tolerance.SameBits<double>(x, same, "x");

            (ConjugateGradientsEvidence[], double[]) Run(int? apart)
            {
                OpaqueSpace space = new(batch, N, interval, apart);
                OpaqueVector memory = new((int)ConjugateGradients.SpaceElements(N, batch, preconditioned, interval, apart));
                OpaqueVector b = Of(space, i => Math.Sin(i + 1.0)), solution = guessed ? Of(space, i => Math.Abs(Math.Sin(i + 1.0))) : new((batch - 1) * space.Stride + N);
                double[] half = [.. Enumerable.Range(0, batch * N * N).Select(i => i % (N * N) % (N + 1) == 0 ? 0.5 : 0)];
                ConjugateGradientsEvidence[] evidence = ConjugateGradients.SolveOn(
                    space, Operator(space), memory, b, solution, options, preconditioned ? new MatrixOperator<OpaqueVector, OpaqueSpace>(space, half) : null);
                return (evidence, Read(space, solution, batch));
            }
        }
    }

    /// <summary>A batch whose vectors lie otherwise than the space's is refused, with both numbers; a single operator fits any.</summary>
    [Fact]
    public void OperatorsOfAnotherStrideAreNamed()
    {
        OpaqueSpace space = new(Batch, N, 1, N + 3), other = new(Batch, N);
        OpaqueVector memory = new(100_000);
        foreach (Action act in (Action[])
        [
            () => Trace.EstimateOn(space, Operator(other), memory),
            () => SpectralDensity.EstimateOn(space, Operator(other), memory),
            () => ConjugateGradients.SolveOn(space, Operator(other), memory, memory, memory),
            () => ConjugateGradients.SolveOn(space, Operator(space), memory, memory, memory, preconditioner: Operator(other)),
            () => Lanczos.TopKOn<double, OpaqueVector, OpaqueSpace, MatrixOperator<OpaqueVector, OpaqueSpace>>(space, Operator(other), memory, 1),
        ])
        {
            ArgumentException thrown = Assert.Throws<ArgumentException>(act);
            Assert.Contains($"{N} elements apart", thrown.Message, StringComparison.Ordinal);
            Assert.Contains($"{N + 3} apart", thrown.Message, StringComparison.Ordinal);
        }

        // On the CPU vectors lie side by side.
        Apart onHost = new();
        double[] numbers = new double[Batch * N], solution = new double[Batch * N];
        foreach (Action act in (Action[])
        [
            () => Lanczos.TopKBatch(onHost, 1), () => Trace.Estimate(onHost), () => SpectralDensity.Estimate(onHost),
            () => ConjugateGradients.Solve(onHost, numbers, solution),
            () => ConjugateGradients.Solve(new DenseSymmetric<double>(Stack, N), numbers, solution, preconditioner: onHost),
        ])
            Assert.Contains($"{N + 3} elements apart", Assert.Throws<ArgumentException>(act).Message, StringComparison.Ordinal);
    }

    private sealed class Apart : ILinearOperator<Span<double>>
    {
        public int Batch => StrideTests.Batch;

        public int Length => N;

        public int Stride => N + 3;

        public void Apply(Span<double> input, Span<double> output) => Assert.Fail("It does not fit.");
    }

    /// <summary>One item meets what is no number, the others restart: what of it is put aside then lies where its vectors do.</summary>
    [Fact]
    public void AnItemThatFailsLeavesTheOthersTheirBits()
    {
        LanczosOptions options = new() { MaximumBasis = 12, Tolerance = 1e-9 };
        LanczosResult<double>[] expected = Run(null), found = Run(N + 3);
        Assert.Equal(LanczosStatus.NotFinite, found[0].Status);
        Assert.Contains(found[1..], result => result.Evidence.Restarts > 0);
        for (int b = 0; b < Batch; b++)
        {
            Assert.Equal(expected[b].Evidence, found[b].Evidence);
            Tolerance.SameBits<double>(expected[b].Eigenvectors, found[b].Eigenvectors, $"vectors of item {b}");
        }

        LanczosResult<double>[] Run(int? apart)
        {
            OpaqueSpace space = new(Batch, N, 1, apart);
            OpaqueVector memory = new((int)Lanczos.SpaceElements(N, Batch, 2, space.Epsilon, options, apart));
            return Lanczos.TopKOn<double, OpaqueVector, OpaqueSpace, Poisoned>(space, new(space, Operator(space)), memory, 2, options);
        }
    }

    /// <summary>The first item's sixth product is none.</summary>
    private sealed class Poisoned(OpaqueSpace space, MatrixOperator<OpaqueVector, OpaqueSpace> matrix) : ILinearOperator<OpaqueVector>
    {
        public int Batch => matrix.Batch;

        public int Length => matrix.Length;

        public int Stride => matrix.Stride;

        public void Apply(OpaqueVector input, OpaqueVector output)
        {
            matrix.Apply(input, output);
            if (matrix.Applications == 6) space.Write([double.NaN], space.Slice(output, 3, 1));
        }
    }

    /// <summary>An operator of one map needs to know of no stride: what it is given ends with its n elements.</summary>
    [Fact]
    public void AnOperatorOfOneMapIsGivenItsElementsAndNoMore()
    {
        CpuSpace<double> space = new(1, N, 1, N + 3);
        Exact matrix = new();
        double[] memory = new double[10_000], b = new double[N], x = new double[N];
        b.AsSpan().Fill(1);
        Lanczos.TopKOn<double, Span<double>, CpuSpace<double>, Exact>(space, matrix, memory, 2, new() { MaximumBasis = 12 });
        Trace.EstimateOn<Span<double>, CpuSpace<double>, Exact>(space, matrix, memory);
        SpectralDensity.EstimateOn<Span<double>, CpuSpace<double>, Exact>(space, matrix, memory, new() { Probes = 1, Steps = 5 });
        ConjugateGradients.SolveOn<Span<double>, CpuSpace<double>, Exact>(space, matrix, memory, b, x, preconditioner: matrix);
        Assert.True(matrix.Applications > 40, $"{matrix.Applications} products");
    }

    private sealed class Exact : ILinearOperator<Span<double>>
    {
        public int Batch => 1;

        public int Length => N;

        public int Applications { get; private set; }

        public void Apply(Span<double> input, Span<double> output)
        {
            Assert.Equal((N, N), (input.Length, output.Length));
            Applications++;
            for (int i = 0; i < N; i++) output[i] = (1 + i) * input[i];
        }
    }

    [Fact]
    public void AStrideBelowTheLengthIsNamed()
    {
        foreach (Action act in (Action[])
        [
            () => Trace.SpaceElements(N, 1, stride: N - 1), () => SpectralDensity.SpaceElements(N, 1, stride: N - 1),
            () => ConjugateGradients.SpaceElements(N, 1, stride: N - 1), () => Lanczos.SpaceElements(N, 1, 1, 1e-16, stride: N - 1),
        ])
            Assert.Equal("stride", Assert.Throws<ArgumentOutOfRangeException>(act).ParamName);
    }
}
