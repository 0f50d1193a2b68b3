using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using HessianKernels.Networks.Curvature;
using HessianKernels.Networks.Data;
using HessianKernels.Networks.Losses;
using HessianKernels.Networks.Models;
using HessianKernels.Networks.Tensors;
using HessianKernels.Networks.Training;
using Xunit;

namespace HessianKernels.Cli.Tests;

public sealed class TrainTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly NetworkCase _case;

    public TrainTests() => _case = new(_folder);

    public void Dispose() => _folder.Dispose();

    private string[] Arguments(string folder, params string[] more)
        => _case.Arguments("train", "mse", ["--lr", "0.1", "--batch", "5", "--out", _folder[folder], .. more]);

    [Fact]
    public async Task TheLibrarysRunBitForBit()
    {
        HkRun run = await HkProcess.Run(Arguments(
            "run", "--epochs", "5", "--sampling", "reshuffle", "--momentum", "0.5", "--track", "loss:4,step-sharpness,accuracy:10",
                "--track-every", "2", "--json"));
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        TrainingOptions options = new()
        {
            LearningRate = 0.1, BatchSize = 5, Selection = BatchSelection.Reshuffling, Momentum = Momentum.Polyak(0.5),
        };
        using Trainer<Span<double>> trainer = Trainer.Create<double>(_case.Model, new MeanSquaredError(), _case.Examples, _case.Theta,
            options, stepSharpness: true);
        using Tracker<Span<double>> tracker = new(trainer, new()
        {
            Every = new Dictionary<TrackedQuantity, int>
            {
                [TrackedQuantity.Loss] = 4, [TrackedQuantity.StepSharpness] = 2, [TrackedQuantity.Accuracy] = 10,
            },
        });
        TrainingResult result = trainer.Run(20, tracker);
        Assert.Equal(result.Checkpoint.Parameters.ToArray(), ParameterFile.Open(_folder["run/parameters.npz"], _case.Model).Read<double>());
        tracker.Record.WriteCsv(_folder["expected.csv"]);
        Assert.Equal(File.ReadAllText(_folder["expected.csv"]), File.ReadAllText(_folder["run/curve.csv"]));
        JsonElement json = run.Json;
        Assert.Equal(("completed", 20, 10), (json.Text("status"), json.Number("steps"), json.Number("rows")));
        Assert.Equal(result.LastLoss, json.Number("lastLoss"));
        Assert.Equal(options.Momentum.SharpnessThreshold(0.1), json.Number("sharpnessThreshold"));
        Assert.Equal(tracker.Record.Column("step_sharpness")[^1], json.GetProperty("last").Number("step_sharpness"));
        Assert.Equal(JsonValueKind.Null, json.GetProperty("divergedAt").ValueKind);
    }

    [Fact]
    public async Task TestExamplesAreTakenAndScaledAsTheOthers()
    {
        DataSet<double> tests = new GaussianMixture(TensorShape.Vector(6), classes: 3, separation: 2, seed: 4).Draw<double>(50);
        DataFile.Write(tests, _folder["T.npz"]);
        HkRun run = await HkProcess.Run(Arguments(
            "run", "--steps", "7", "--track", "loss,test-loss:2", "--track-every", "3", "--scale", "features", "--test-data", _folder["T.npz"],
            "--test-examples", "9", "--json"));
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Standardization scaling = Standardization.Of(_case.Examples, StandardizationUnit.Feature);
        using Trainer<Span<double>> trainer = Trainer.Create<double>(
            _case.Model, new MeanSquaredError(), scaling.Apply(_case.Examples), _case.Theta, new() { LearningRate = 0.1, BatchSize = 5 });
        // The mixture's first nine hold every class; a file's own may not: what classes there are, the training set says.
        using ModelExamples<Span<double>> held = ModelExamples.Create(
            trainer.Space, _case.Model, new MeanSquaredError(), scaling.Apply(tests.First(9)));
        using Tracker<Span<double>> tracker = new(
            trainer,
            new()
            {
                Every = new Dictionary<TrackedQuantity, int>
                {
                    [TrackedQuantity.Loss] = 3, [TrackedQuantity.TestLoss] = 2, [TrackedQuantity.TestAccuracy] = 3,
                },
            },
            null, held);
        trainer.Run(7, tracker);
        tracker.Record.WriteCsv(_folder["expected.csv"]);
        Assert.Equal(File.ReadAllText(_folder["expected.csv"]), File.ReadAllText(_folder["run/curve.csv"]));
        Assert.Equal(9, run.Json.Number("testExamples"));
        Assert.Equal(tracker.Record.Column("test_accuracy")[^1], run.Json.GetProperty("last").Number("test_accuracy"));
        string page = File.ReadAllText(_folder["run/report.html"]);
        Assert.Contains("test loss", Texts(Charts(page)[0]));
        Assert.Contains("<th>examples to test on</th><td>9</td>", page);
    }

    [Fact]
    public async Task TestExamplesMayShowFewerClasses()
    {
        DataSet<double> two = _case.Examples.OfClasses(0, 1);
        DataFile.Write(two, _folder["T.npz"]);
        HkRun run = await HkProcess.Run(Arguments("run", "--steps", "1", "--test-data", _folder["T.npz"], "--track", "test-accuracy"));
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains($"20 examples and {two.Examples} to test on", run.Output);
        Assert.Contains("test accuracy", run.Output);
        DataFile.Write(new GaussianMixture(TensorShape.Vector(6), classes: 4, seed: 4).Draw<double>(20), _folder["four.npz"]);
        Assert.Contains("expected 0 to 2", Refusal.Of(Arguments("other", "--steps", "1", "--test-data", _folder["four.npz"])));
    }

    [Fact]
    public void TestExamplesThatDoNotFitAreRefused()
    {
        DataFile.Write(new GaussianMixture(TensorShape.Vector(5), classes: 3, seed: 4).Draw<double>(20), _folder["T.npz"]);
        Refused(Arguments("run", "--steps", "1", "--test-data", _folder["T.npz"]), "--test-data: found inputs of shape 5; expected 6");
        Refused(Arguments("run", "--steps", "1", "--test-data", _folder["none.npz"]), "--test-data: found no file and no folder");
        Refused(Arguments("run", "--steps", "1", "--track", "test-loss"), "--track: found test-loss or test-accuracy without --test-data");
        Refused(Arguments("run", "--steps", "1", "--test-examples", "3"), "--test-examples: found without --test-data");
        Refused(Arguments("run", "--steps", "1", "--test-data", _case.Data, "--test-examples", "0"), "--test-examples: found 0");
        Refused(Arguments("run", "--steps", "1", "--test-data", _case.Data, "--test-examples", "21"), "21");
    }

    [Fact]
    public async Task ResumedTheBitsAreTheSame()
    {
        string[] more = ["--track", "loss,lambda-max", "--track-every", "3", "--checkpoint-every", "4", "--at", "6:lr=0.05", "--at",
            "6:batch=7"];
        Assert.Equal(0, (await HkProcess.Run(Arguments("whole", [.. more, "--steps", "14"]))).ExitCode);
        Assert.Equal(0, (await HkProcess.Run(Arguments("parts", [.. more, "--steps", "5"]))).ExitCode);
        Assert.Contains("expected a new folder, --resume to go on or --force", Refusal.Of(Arguments("parts", [.. more, "--steps", "14"])));
        Assert.Equal(0, (await HkProcess.Run(Arguments("parts", [.. more, "--steps", "14", "--resume"]))).ExitCode);
        foreach (string file in (string[])["curve.csv", "curve.npz", "parameters.npz", "checkpoint.npz"])
            Assert.Equal(File.ReadAllBytes(_folder[$"whole/{file}"]), File.ReadAllBytes(_folder[$"parts/{file}"]));
        string[] lines = File.ReadAllLines(_folder["whole/curve.csv"]);
        Assert.StartsWith("3,0.1,5,", lines[2]);
        Assert.StartsWith("6,0.05,7,", lines[3]);
        string other = Refusal.Of(Arguments("parts", [.. more, "--steps", "14", "--resume", "--weight-decay", "0.1"]));
        Assert.Contains("checkpoint.npz", other);
        Assert.Contains("weight decay", other);
    }

    [Fact]
    public async Task TheReportHasTheCurvesAndWhatTheyAreHeldAgainst()
    {
        HkRun run = await HkProcess.Run(Arguments(
            "run", "--steps", "12", "--track", "loss,accuracy,batch-sharpness,gni,ias,lambda-max:4,k-exact:6,similarity", "--track-every", "2",
            "--eigenpairs", "2"));
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        string page = File.ReadAllText(_folder["run/report.html"]);
        XElement[] charts = Charts(page);
        Assert.Equal(
            ["Loss", "Sharpness", "Noise kernels", "Accuracy, concentration, rotation", "Rotation of the top subspace"],
            charts.Select(chart => chart.Elements().First().Value));
        string[] sharpness = Texts(charts[1]);
        foreach (string name in (string[])["batch sharpness", "gni", "ias", "lambda 1", "lambda 2", "2/η = 20"]) Assert.Contains(name, sharpness);
        Assert.Contains("edge: K = 1", Texts(charts[2]));
        Assert.Contains("12 steps, in ", page);
        Assert.Contains("<th>batch size b</th><td>5</td>", page);
        Assert.Contains("--track loss,accuracy", page);
        // Beside the name of the pictures' language, no address of anything.
        Assert.DoesNotContain("://", page.Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task TheReportFollowsTheLearningRateAndTellsOfDivergence()
    {
        HkRun run = await HkProcess.Run(Arguments(
            "run", "--steps", "40", "--track", "lambda-max,step-loss", "--track-every", "1", "--momentum", "0.5", "--at", "3:lr=0.05", "--at",
            "6:lr=1000", "--diverged-above", "1e3"));
        Assert.Equal(3, run.ExitCode);
        string page = File.ReadAllText(_folder["run/report.html"]);
        XElement[] charts = Charts(page);
        Assert.Equal(2, charts.Length);
        Assert.Contains("2/η (1 + β₁)/(1 + 2β₂)", Texts(charts[1]));
        Assert.Contains("diverged at step ", page);
        Assert.Contains("<th>from step 3 on</th><td>η = 0.05</td>", page);
        Assert.DoesNotContain("NaN", page);
    }

    private static XElement[] Charts(string page)
        => [.. Regex.Matches(page, "<svg [^>]*class=\"chart\".*?\n</svg>\n(?=<svg [^>]*class=\"chart\"|</div>)", RegexOptions.Singleline)
            .Select(match => XElement.Parse(match.Value))];

    private static string[] Texts(XElement chart)
        => [.. chart.Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value)];

    [Fact]
    public async Task DivergenceKeepsTheLastGoodPoint()
    {
        HkRun run = await HkProcess.Run(Arguments("run", "--steps", "50", "--diverged-above", "1e3", "--at", "3:lr=1000", "--track",
            "loss"));
        Assert.Equal((3, ""), (run.ExitCode, run.Error));
        Assert.Contains("diverged at step ", run.Output);
        double[] kept = ParameterFile.Open(_folder["run/parameters.npz"], _case.Model).Read<double>();
        Assert.All(kept, x => Assert.True(double.IsFinite(x)));
        Assert.NotEqual(_case.Theta, kept);
    }

    [Fact]
    public async Task AnInterruptedRunGoesOn()
    {
        string[] arguments = Arguments("run", "--steps", "100000000", "--track", "loss", "--track-every", "1000000", "--progress",
            "always");
        using HkProcess hk = HkProcess.Start(line => line.Contains("step "), arguments);
        await hk.Told();
        await hk.Signal("INT");
        HkRun run = await hk.Ended();
        Assert.Equal(130, run.ExitCode);
        Assert.Contains("cancelled after", run.Output);
        Assert.Contains(", loss ", run.Error);
        Assert.True(TrainingCheckpointFile.Load(_folder["run/checkpoint.npz"]).Step > 0);
    }

    private void Refused(string[] arguments, string part)
    {
        Assert.Contains(part, Refusal.Of(arguments));
        Assert.False(Directory.Exists(_folder["run"]));
    }

    [Theory]
    [InlineData("--track", "loss,sharpness", "--track: found 'sharpness'; expected a name, or NAME:EVERY, of step-loss")]
    [InlineData("--track", "loss:0", "--track: found 'loss:0'")]
    [InlineData("--track", "loss,loss:2", "--track: found loss twice")]
    [InlineData("--schedule", "linear", "--schedule: found 'linear'")]
    [InlineData("--schedule", "step:0:1", "--schedule: found 'step:0:1'")]
    [InlineData("--warm-up", "10", "--warm-up: found 10")]
    [InlineData("--at", "5:eta=1", "--at: found '5:eta=1'")]
    [InlineData("--at", "5:lr=-1", "--at: found '-1' in '5:lr=-1'")]
    [InlineData("--at", "5:batch=21", "--at: found '21'")]
    [InlineData("--momentum", "1", "--momentum: found 1")]
    [InlineData("--epochs", "2", "--epochs, --steps: found both")]
    [InlineData("--checkpoint-every", "0", "--checkpoint-every: found 0")]
    [InlineData("--diverged-above", "0", "--diverged-above: found 0")]
    public void BadOption(string option, string value, string part) => Refused(Arguments("run", "--steps", "10", option, value), part);

    [Fact]
    public void BadRates()
    {
        Refused(_case.Arguments("train", "mse", "--lr", "0", "--batch", "5", "--steps", "1", "--out", _folder["run"]), "--lr: found 0");
        Refused(_case.Arguments("train", "mse", "--lr", "1", "--batch", "21", "--steps", "1", "--out", _folder["run"]),
            "--batch: found 21");
        Refused(_case.Arguments("train", "mse", "--lr", "1", "--batch", "5", "--out", _folder["run"]), "--epochs, --steps: found neither");
    }

    [Fact]
    public void WhatGhostBatchNormCannotTellIsRefused()
    {
        string images = _folder["images.npz"];
        DataFile.Write(new GaussianMixture(new(16, 16, 3), classes: 2).Draw<double>(16), images);
        string message = Refusal.Of("train", "--model", "vgg10:3x16x16-2:relu:width=1:ghost=8", "--init", "he", "--data", images,
            "--loss", "mse", "--batch", "8", "--lr", "0.01", "--steps", "1", "--out", _folder["run"], "--track", "k-exact");
        Assert.StartsWith("--track: ", message);
        Assert.Contains("batch norm", message);
    }

    [Fact]
    public void AFolderOfOtherThingsIsLeftAlone()
    {
        Directory.CreateDirectory(_folder["other"]);
        File.WriteAllText(_folder["other/thesis.tex"], "x");
        Assert.Contains("found other files", Refusal.Of(Arguments("other", "--steps", "1", "--force")));
        Assert.Single(Directory.GetFiles(_folder["other"]));
        Assert.Contains("--resume: found no checkpoint.npz", Refusal.Of(Arguments("other", "--steps", "1", "--resume")));
    }
}
