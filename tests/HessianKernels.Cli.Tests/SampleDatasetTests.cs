using HessianKernels.Networks.Data;
using HessianKernels.Networks.Tensors;
using Xunit;

namespace HessianKernels.Cli.Tests;

public sealed class SampleDatasetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private async Task<DataSet<double>> Sample(params string[] arguments)
    {
        string file = _folder[$"{Guid.NewGuid():N}.npz"];
        HkRun run = await HkProcess.Run(["sample", "dataset", file, .. arguments]);
        Assert.Equal((0, "", ""), (run.ExitCode, run.Output, run.Error));
        return DataFile.Read<double>(file);
    }

    [Fact]
    public async Task AMixtureIsTheLibrarys()
    {
        DataSet<double> expected = new GaussianMixture(new(5, 4, 3), classes: 3, separation: 6, components: 2, labelNoise: 0.1,
            seed: 9).Draw<double>(20, first: 7);
        DataSet<double> found = await Sample(
            "--shape", "3x5x4", "--n", "20", "--first", "7", "--outputs", "3", "--separation", "6", "--components", "2", "--noise", "0.1",
                "--seed", "9");
        Assert.Equal((expected.InputShape, 3), (found.InputShape, found.Classes));
        Assert.Equal(expected.Inputs, found.Inputs);
        Assert.Equal(expected.Labels!, found.Labels!);
    }

    [Fact]
    public async Task ATeachersAnswersInFloat()
    {
        DataSet<float> expected = new Teacher(6, outputs: 2, hidden: 5, noise: 0.5, seed: 1).Draw<float>(12);
        DataSet<double> found = await Sample("--kind", "teacher", "--shape", "6", "--n", "12", "--outputs", "2", "--hidden", "5", "--noise",
            "0.5", "--float");
        Assert.Equal(expected.Inputs.Select(x => (double)x), found.Inputs);
        Assert.Equal(expected.Targets!.Select(y => (double)y), found.Targets!);
    }

    [Fact]
    public async Task ATeachersClasses()
    {
        DataSet<double> found = await Sample("--kind", "teacher-classes", "--shape", "6", "--n", "30", "--outputs", "1");
        Assert.Equal(new Teacher(6, seed: 1).DrawClasses<double>(30).Labels!, found.Labels!);
        Assert.Equal(TensorShape.Vector(6), found.InputShape);
    }

    [Theory]
    [InlineData("--shape", "3x0", "found '3x0'; expected D, HxW or CxHxW")]
    [InlineData("--shape", "1x2x3x4", "found '1x2x3x4'")]
    [InlineData("--shape", "100000x100000", "at most")]
    [InlineData("--n", "0", "--n: found 0")]
    [InlineData("--first", "-1", "--first: found -1")]
    [InlineData("--outputs", "1", "at least 2 classes")]
    [InlineData("--noise", "1.5", "--noise: found 1.5; expected 0 to 1")]
    [InlineData("--separation", "-1", "--separation: found -1")]
    [InlineData("--components", "0", "--components: found 0")]
    [InlineData("--kind", "photographs", "mixture, teacher or teacher-classes")]
    public void BadInput(string option, string value, string part)
    {
        Assert.Contains(part, Refusal.Of("sample", "dataset", _folder["out.npz"], option, value));
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public async Task ATeacherTakesVectors()
    {
        HkRun run = await HkProcess.Run("sample", "dataset", _folder["out.npz"], "--kind", "teacher", "--shape", "8x8");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--shape: found 8x8; expected D", run.Error);
    }
}
