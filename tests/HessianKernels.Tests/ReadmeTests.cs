using HessianKernels.Krylov;
using HessianKernels.Networks.Curvature;
using HessianKernels.Networks.Data;
using HessianKernels.Networks.Losses;
using HessianKernels.Networks.Models;
using HessianKernels.Networks.Tensors;
using HessianKernels.Operators;
using HessianKernels.SecondMoment;
using HessianKernels.Storage;
using HessianKernels.Tests.LanczosTests;
using Xunit;

namespace HessianKernels.Tests;

/// <summary>What README says is run here, letter for letter: between the markers stands what stands there.</summary>
public class ReadmeTests
{
    private const int N = 60;

    private static double[] Matrix() => SymmetricMatrix.WithSpectrum([.. Enumerable.Range(0, N).Select(i => i + 1.0)], new(1));

    private static double Parse(string line) => double.Parse(line.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);

    [Fact]
    public void Dense()
    {
        double[] matrix = Matrix();
        int n = N;
        List<string> lines = [];
        Recorder Console = new(lines);
        // <readme>
        LanczosResult<double> result = Lanczos.TopK<double>(matrix, n, k: 3);
        for (int i = 0; i < 3; i++)
            Console.WriteLine($"{result.Eigenvalues[i]} +- {result.EnclosureRadii[i]}, converged: {result.Converged[i]}");
        // </readme>
        Assert.Equal(60, Parse(lines[0]), 1e-5);
        Assert.EndsWith("converged: True", lines[2]);
    }

    [Fact]
    public void Callback()
    {
        DenseSymmetric<double> matrix = new(Matrix(), N);
        int n = N;
        void Multiply(ReadOnlySpan<double> v, Span<double> av) => matrix.Apply(v.ToArray(), av);
        // <readme>
        LanczosOptions options = new() { Which = SpectrumEnd.Smallest, Tolerance = 1e-10, MaximumBasis = 30, Seed = 7 };
        LanczosMemory memory = Lanczos.EstimateMemory<double>(n, k: 2, options: options, matrix: false);
        LanczosResult<double> result = Lanczos.TopK<double>((v, av) => Multiply(v, av), n, k: 2, options);
        // </readme>
        Assert.InRange(memory.Total, 30 * N * 8, 100 * N * 8);
        Assert.Equal(1, result.Eigenvalues[0], 1e-8);
        Assert.Equal(2, result.Eigenvalues[1], 1e-8);
    }

    [Fact]
    public void Batch()
    {
        double[] matrices = [.. Matrix(), .. Matrix()];
        int n = N;
        double[] values = new double[2], vectors = new double[2 * N], residualNorms = new double[2], enclosureRadii = new double[2];
        bool[] converged = new bool[2];
        LanczosEvidence[] evidence = new LanczosEvidence[2];
        // <readme>
        LanczosWorkspace<double> workspace = LanczosWorkspace<double>.ForMatrix(n, k: 1, lanes: 0);
        Eigenpairs<double> pairs = new(values, vectors, residualNorms, enclosureRadii, converged);
        Lanczos.TopKBatch(matrices, n, k: 1, pairs, evidence, workspace);
        // </readme>
        Assert.Equal(60, values[1], 1e-5);
    }

    [Fact]
    public void Gradient()
    {
        double[] theta = [.. Enumerable.Range(0, N).Select(i => Math.Cos(i))];
        static void Gradient(ReadOnlySpan<double> at, Span<double> gradient)
        {
            for (int i = 0; i < at.Length; i++) gradient[i] = (i + 1) * at[i];
        }

        // <readme>
        FiniteDifferenceHessian<double> hessian = new(theta, (at, gradient) => Gradient(at, gradient));
        OperatorReport report = OperatorCheck.Run(hessian, tolerance: 1e-6);
        LanczosResult<double> sharpness = Lanczos.TopK(hessian, k: 1);
        TraceEstimate trace = Trace.Estimate(hessian)[0];
        // </readme>
        Assert.True(report.Healthy, report.ToString());
        Assert.Equal(60, sharpness.Eigenvalues[0], 1e-4);
        Assert.Equal(30 * 61, trace.Value, 6 * trace.StandardError + 1e-3);
    }

    [Fact]
    public void Density()
    {
        double[] matrix = Matrix();
        int n = N;
        // <readme>
        SpectralQuadrature quadrature = SpectralDensity.Estimate(new DenseSymmetric<double>(matrix, n))[0];
        SpectralDensityCurve curve = quadrature.Density();
        SampleMean logDeterminant = quadrature.TraceOf(Math.Log);
        // </readme>
        Assert.Equal(1, curve.Integral, 0.05);
        Assert.Equal(Enumerable.Range(1, N).Sum(i => Math.Log(i)), logDeterminant.Value, 6 * logDeterminant.StandardError + 1e-9);
    }

    [Fact]
    public void Edge()
    {
        NpyArray<double> sample = Npy.Read<double>(Path.Combine(Root(), "samples", "jacobian-64.npy"));
        (double[] jacobian, int examples, int parameters) = (sample.Values, (int)sample.Shape[0], (int)sample.Shape[1]);
        List<string> lines = [];
        Recorder Console = new(lines);
        // <readme>
        CurvatureSet set = CurvatureSet.FromJacobian<double>(jacobian, examples, parameters);
        StochasticEdgeReport edge = StochasticEdge.Analyze(set, learningRate: 0.05, batchSize: 8);
        Console.WriteLine($"{edge.Verdict}: K = {edge.NoiseKernel.Exact.Value}, eta* = {edge.CriticalLearningRate?.Value}");
        foreach (EdgeBound bound in edge.Bounds.Where(bound => bound.Agrees == false))
            Console.WriteLine($"{bound.Criterion} says {bound.Verdict}");
        // </readme>
        Assert.StartsWith("NoiseUnstable: K = 1.2624797768", lines[0], StringComparison.Ordinal);
        Assert.Equal(["Trace says Stable", "HighDimensionalAsymptotic says Stable", "HighDimensional says Stable"], lines[1..]);
    }

    [Fact]
    public void Network()
    {
        DataSet<double> data = new GaussianMixture(TensorShape.Vector(32), 4).Draw<double>(48);
        // <readme>
        Model model = ModelSpec.Parse("mlp:32-16-4:tanh");
        double[] parameters = Initialization.PyTorch.Parameters<double>(model, seed: 1);
        using ModelPoint<Span<double>> point = ModelPoint.Create<double>(model, new CrossEntropy(), data, parameters);
        LanczosResult<double> top = Lanczos.TopK(point.Hessian(), k: 3);
        StochasticEdgeReport edge = StochasticEdge.Analyze(point.Curvatures(), learningRate: 0.1, batchSize: 8);
        // </readme>
        Assert.All(top.Converged, Assert.True);
        Assert.Equal(data.Examples, edge.Examples);
        // The Gauss-Newton part's largest eigenvalue, by its own products.
        Assert.Equal(Lanczos.TopK(point.GaussNewton(), k: 1).Eigenvalues[0], edge.LambdaMax, 1e-6);
    }

    [Fact]
    public void ReadmeSaysWhatIsRunHere()
    {
        string root = Root(), source = File.ReadAllText(Path.Combine(root, "tests", "HessianKernels.Tests", "ReadmeTests.cs"));
        string[] here = [.. source.Split("        // <readme>\n").Skip(1).Select(part => string.Concat(
            part.Split("        // </readme>")[0].Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[8..] + "\n")))];
        string[] there = [.. File.ReadAllText(Path.Combine(root, "README.md")).Split("```csharp\n").Skip(1).Select(part => part.Split("```")[0])];
        // The last two parts of this source are the markers named in this method.
        Assert.Equal(there, here[..there.Length]);
        Assert.Equal(7, there.Length);
    }

    private static string Root()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "HessianKernels.sln"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    private sealed class Recorder(List<string> lines)
    {
        public void WriteLine(FormattableString line) => lines.Add(FormattableString.Invariant(line));
    }
}
