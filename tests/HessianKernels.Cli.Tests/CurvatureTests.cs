using System.Text.Json;
using HessianKernels.Krylov;
using HessianKernels.Networks.Curvature;
using HessianKernels.Networks.Data;
using HessianKernels.Networks.Losses;
using HessianKernels.Networks.Models;
using HessianKernels.SecondMoment;
using HessianKernels.Storage;
using Xunit;

namespace HessianKernels.Cli.Tests;

public sealed class CurvatureTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly NetworkCase _case;

    public CurvatureTests() => _case = new(_folder);

    public void Dispose() => _folder.Dispose();

    private async Task<JsonElement> Found(int exitCode, string loss, params string[] more)
    {
        HkRun run = await HkProcess.Run(_case.Arguments("curvature", loss, [.. more, "--json"]));
        Assert.Equal((exitCode, ""), (run.ExitCode, run.Error));
        return run.Json;
    }

    [Fact]
    public async Task TheLibrarysNumbersBitForBit()
    {
        JsonElement json = await Found(0, "cross-entropy", "-k", "2", "--trace-products", "8", "--batch", "19", "--lambda-max-batch");
        using ModelPoint<Span<double>> point = _case.Point(new CrossEntropy());
        LanczosOptions options = new() { Which = SpectrumEnd.Largest, Tolerance = 1e-3, MaximumApplications = 1000,
            FindMultiplicity = false };
        LanczosResult<double> top = Lanczos.TopK(point.Hessian(), 2, options);
        TraceEstimate trace = Trace.Estimate(point.Hessian(), new() { Applications = 8 })[0];
        ModelSharpnessReport report = ModelSharpness.Analyze(point, 19, new() { LargestEigenvalues = true });
        Assert.Equal((NetworkCase.Spec, "hessian", "float64"), (json.Text("model"), json.Text("matrix"), json.Text("type")));
        Assert.Equal((74, 20), (json.Number("parameters"), json.Number("examples")));
        Assert.Equal(point.Value(), json.Number("loss"));
        Assert.Equal(point.GradientNorm(), json.Number("gradientNorm"));
        JsonAssert.Same(top.Eigenvalues, json.GetProperty("eigenvalues"));
        JsonAssert.Same(top.ResidualNorms, json.GetProperty("residualNorms"));
        Assert.Equal((trace.Value, trace.StandardError), (json.GetProperty("trace").Number("value"),
            json.GetProperty("trace").Number("standardError")));
        Assert.Equal((19, "without"), (json.Number("batchSize"), json.Text("sampling")));
        JsonElement sharpness = json.GetProperty("batchSharpness");
        Assert.Equal(report.BatchSharpness.Value, sharpness.Number("value"));
        Assert.Equal((20, true), (sharpness.Number("batches"), sharpness.GetProperty("exact").GetBoolean()));
        Assert.Equal(report.LambdaMaxBatch!.Value.Value, json.GetProperty("lambdaMaxBatch").Number("value"));
        Assert.Equal(report.InteractionAwareSharpness.Value, json.GetProperty("interactionAwareSharpness").Number("value"));
        Assert.Equal(report.GradientNoiseInteraction.Value, json.GetProperty("gradientNoiseInteraction").Number("value"));
        Assert.Equal(report.ModifiedBatchSharpness.Value, json.GetProperty("modifiedBatchSharpness").Number("value"));
        Assert.Equal(report.Concentration, json.Number("concentration"));
        Assert.False(json.TryGetProperty("edge", out _));
    }

    [Fact]
    public async Task OfExamplesThatAreNormalisedTogetherOnlyWhatABatchTells()
    {
        string images = _folder["images.npz"];
        DataFile.Write(new GaussianMixture(new(16, 16, 3), classes: 2).Draw<double>(16), images);
        HkRun run = await HkProcess.Run("curvature", "--model", "vgg10:3x16x16-2:relu:width=1:ghost=8", "--init", "he", "--data", images,
            "--loss", "mse", "--batch", "8", "-k", "0", "--trace-products", "0", "--max-batches", "40", "--json");
        Assert.True(run.Json.GetProperty("batchSharpness").Number("value") > 0);
        Assert.Equal(JsonValueKind.Null, run.Json.GetProperty("concentration").ValueKind);
        Assert.Equal(JsonValueKind.Null, run.Json.GetProperty("interactionAwareSharpness").GetProperty("value").ValueKind);
    }

    [Fact]
    public async Task TheGaussNewtonMatrixAndTheEdge()
    {
        string[] more = ["-k", "1", "--gauss-newton", "--trace-products", "0", "--batch", "4", "--edge", "--lr", "0.3"];
        JsonElement json = await Found(0, "mse", [.. more, "--relative-error", "0.5"]);
        using ModelPoint<Span<double>> point = _case.Point(new MeanSquaredError());
        StochasticEdgeReport edge = StochasticEdge.Analyze(point.Curvatures(), 0.3, 4);
        Assert.Equal("gaussNewton", json.Text("matrix"));
        Assert.Equal(edge.NoiseKernel.Exact.Value, json.GetProperty("edge").GetProperty("noiseKernel").Number("exact"));
        Assert.Equal(edge.CriticalLearningRate!.Value.Value, json.GetProperty("edge").Number("criticalLearningRate"));
        Assert.Equal(0.3, json.GetProperty("edge").Number("learningRate"));
        // The mean of the examples' curvatures is the Gauss-Newton matrix: one eigenvalue, found in two ways.
        Assert.Equal(edge.LambdaMax, json.GetProperty("eigenvalues")[0].Number(), edge.LambdaMax * 1e-5);
        Assert.False(json.TryGetProperty("trace", out _));
    }

    [Fact]
    public async Task TheExportIsWhatEdgeReads()
    {
        string j = _folder["J.npy"];
        HkRun run = await HkProcess.Run(_case.Arguments("export-jacobian", "mse", j));
        Assert.Equal((0, $"{j}: (20, 3, 74) of float64\n", ""), (run.ExitCode, run.Output, run.Error));
        HkRun edge = await HkProcess.Run("edge", "--factors", j, "--lr", "0.3", "--batch", "4", "--json");
        using ModelPoint<Span<double>> point = _case.Point(new MeanSquaredError());
        double exact = StochasticEdge.Analyze(point.Curvatures(), 0.3, 4).NoiseKernel.Exact.Value;
        Assert.Equal(exact, edge.Json.GetProperty("noiseKernel").Number("exact"), exact * 1e-9);
        double[] rows = new double[20 * 3 * 74];
        point.JacobianRows(0, 20, rows);
        Assert.Equal(0, (await HkProcess.Run(_case.Arguments("export-jacobian", "mse", j, "--rows", "--force", "--json"))).ExitCode);
        Assert.Equal(rows, Npy.Read<double>(j).Values);
    }

    [Fact]
    public async Task FloatsAreComputedAsFloats()
    {
        string single = _folder["single.npz"];
        ParameterFile.Write<float>(single, _case.Model, [.. _case.Theta.Select(x => (float)x)]);
        HkRun run = await HkProcess.Run(
            "curvature", "--model", NetworkCase.Spec, "--parameters", single, "--data", _case.Data, "--loss", "mse-mean", "-k", "1",
                "--json");
        using ModelPoint<Span<float>> point = ModelPoint.Create<float>(
            _case.Model, new MeanSquaredError(SquaredErrorConvention.MeanOverOutputs), _case.Examples.As<float>(),
                [.. _case.Theta.Select(x => (float)x)]);
        Assert.Equal("float32", run.Json.Text("type"));
        Assert.Equal(point.Value(), run.Json.Number("loss"));
    }

    [Fact]
    public async Task ATableForPeople()
    {
        HkRun run = await HkProcess.Run(_case.Arguments("curvature", "mse", "-k", "2", "--batch", "4", "--max-batches", "3", "--edge",
            "--lr", "0.1"));
        // Three batches are not enough.
        Assert.Equal(3, run.ExitCode);
        foreach (string part in (string[])
            ["eigenvalue", "mlp:6-5-4-3:tanh, 74 parameters, 20 examples, float64", "Batch Sharpness", "--max-batches was reached",
                "K exact", "2 of 2 pairs"])
            Assert.Contains(part, run.Output);
    }

    [Fact]
    public async Task SubsetsAndScalings()
    {
        HkRun run = await HkProcess.Run(_case.Arguments(
            "curvature", "cross-entropy", "-k", "0", "--trace-products", "0", "--classes", "2,0", "--examples", "9", "--scale", "channels",
                "--json"));
        Networks.Data.DataSet<double> some = _case.Examples.OfClasses(2, 0).First(9);
        using ModelPoint<Span<double>> point = ModelPoint.Create<double>(
            _case.Model, new CrossEntropy(), Networks.Data.Standardization.Of(some).Apply(some), _case.Theta);
        Assert.Equal(9, run.Json.Number("examples"));
        Assert.Equal(point.Value(), run.Json.Number("loss"));
    }

    private static void Refused(string[] arguments, params string[] parts)
    {
        string message = Refusal.Of(arguments);
        foreach (string part in parts) Assert.Contains(part, message);
    }

    [Theory]
    [InlineData("-k", "75", "-k: found 75; expected 0 <= K <= d = 74")]
    [InlineData("--batch", "21", "--batch: found 21; expected 1 <= B <= n = 20")]
    [InlineData("--lr", "0.1", "--edge, --lr: found --lr alone")]
    [InlineData("--trace-products", "3", "--trace-products: found 3")]
    [InlineData("--label-smoothing", "0.1", "found with --loss mse")]
    [InlineData("--examples", "21", "Found 21 examples asked for; expected at most the 20")]
    [InlineData("--classes", "0,7", "--classes: Found class 7; expected 0 to 2")]
    [InlineData("--classes", "0,x", "--classes: found 'x' in '0,x'")]
    [InlineData("--init", "he", "--parameters, --init: found both")]
    [InlineData("--micro-batch", "-1", "--micro-batch: found -1")]
    public void BadOption(string option, string value, string part) => Refused(_case.Arguments("curvature", "mse", option, value), part);

    [Fact]
    public void BadModelDataAndParameters()
    {
        string[] rest = ["--data", _case.Data, "--loss", "mse"];
        Refused(["curvature", "--model", "mlp:6-5:sine", "--parameters", _case.Parameters, .. rest], "--model: 'mlp:6-5:sine', character 9",
            "tanh");
        Refused(["curvature", "--model", "mlp:6-5-3:tanh", "--parameters", _case.Parameters, .. rest], "P.npz", "expected");
        Refused(["curvature", "--model", NetworkCase.Spec, "--parameters", _folder["none.npz"], .. rest], "none.npz: found no such file");
        Refused(["curvature", "--model", NetworkCase.Spec, .. rest], "--parameters, --init: found neither");
        Refused(["curvature", "--model", NetworkCase.Spec, "--init", "zeros", .. rest], "--init:", "pytorch");
        Refused(["curvature", "--model", "mlp:7-3", "--init", "he", .. rest], "D.npz", "inputs of shape 6");
        Refused(["curvature", "--model", "mlp:6-2", "--init", "he", .. rest], "D.npz", "3 classes for a model of 2 outputs");
        string[] missing = _case.Arguments("curvature", "mse");
        missing[Array.IndexOf(missing, _case.Data)] = _folder["none"];
        Refused(missing, "--data: found no file and no folder");
        using (NpzWriter writer = NpzWriter.Create(_folder["nan.npz"]))
        {
            writer.Write<double>("X", [1, double.NaN, 3, 4, 5, 6], [1, 6]);
            writer.Write("Y", [0L], [1]);
            writer.Complete();
        }

        missing[Array.IndexOf(missing, _folder["none"])] = _folder["nan.npz"];
        Refused(missing, "nan.npz: input: found NaN at example 0, element 1");
    }
}
