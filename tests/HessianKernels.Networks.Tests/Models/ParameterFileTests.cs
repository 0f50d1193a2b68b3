using HessianKernels.Conformance;
using HessianKernels.Networks.Models;
using HessianKernels.Storage;
using Xunit;

namespace HessianKernels.Networks.Tests.Models;

public sealed class ParameterFileTests : IDisposable
{
    private const string Spec = "mlp:3-2-1:tanh";
    private readonly Model model = ModelSpec.Parse(Spec);
    private readonly string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".npz");

    public void Dispose() => File.Delete(path);

    [Fact]
    public void WhatIsWrittenIsRead()
    {
        double[] parameters = Initialization.He.Parameters<double>(model, 1);
        ParameterFile.Write<double>(path, model, parameters);
        ParameterFile file = ParameterFile.Open(path, model);
        Assert.Equal(["0.weight", "0.bias", "2.weight", "2.bias"], file.Names);
        Assert.Equal(model.Parameters.Select(shape => shape.Name), file.Names);
        Assert.Empty(file.Ignored);
        Assert.True(file.IsDouble);
        Tolerance.SameBits<double>(parameters, file.Read<double>());
        Tolerance.SameBits<float>([.. parameters.Select(x => (float)x)], file.Read<float>());

        Assert.Throws<IOException>(() => ParameterFile.Write<double>(path, model, parameters));
        ParameterFile.Write<float>(path, model, file.Read<float>(), overwrite: true);
        Assert.False(ParameterFile.Open(path, model).IsDouble);
        Assert.Throws<ArgumentException>("parameters", () => ParameterFile.Write<double>(path, model, parameters.AsSpan(1), overwrite: true));
    }

    [Fact]
    public void PyTorchsStateDictIsRead()
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "Data");
        ParameterFile file = ParameterFile.Open(Path.Combine(folder, "state-dict.npz"), ModelSpec.Parse("cnn5:2x18x18-3:silu:width=2"));
        using NpzReader cases = NpzReader.Open(Path.Combine(folder, "networks.npz"));
        Tolerance.SameBits<double>(cases.Read<double>("cnn5:2x18x18-3:silu:width=2|cross-entropy|parameters").Values, file.Read<double>());
        Assert.Equal("0.weight", file.Names[0]);
    }

    [Fact]
    public void NamesAreNotReadAndBuffersPassedOver()
    {
        Write(("b", [2, 3]), ("x.running_mean", [5]), ("a", [2]), ("x.running_var", [5]), ("x.num_batches_tracked", []), ("c", [1, 2]), ("d", [1]));
        ParameterFile file = ParameterFile.Open(path, model);
        Assert.Equal(["b", "a", "c", "d"], file.Names);
        Assert.Equal(["x.running_mean", "x.running_var", "x.num_batches_tracked"], file.Ignored);
        Tolerance.SameBits<double>([.. Enumerable.Range(0, 6), .. Enumerable.Range(0, 2), .. Enumerable.Range(0, 2), 0], file.Read<double>());
    }

    [Fact]
    public void AWrongShapeIsToldWithWhatWasExpected()
    {
        Write(("first", [2, 3]), ("second", [3]));
        NpyFormatException e = Assert.Throws<NpyFormatException>(() => ParameterFile.Open(path, model));
        Assert.Equal((path, "array \"second\" (number 1)", "Float64 [3]", "0.bias, [2]"), (e.File, e.Field, e.Found, e.Expected));
    }

    [Fact]
    public void ATransposedWeightIsAWrongShape()
    {
        Write(("first", [3, 2]));
        Assert.Equal("0.weight, [2, 3]", Assert.Throws<NpyFormatException>(() => ParameterFile.Open(path, model)).Expected);
    }

    [Fact]
    public void AMissingArrayIsTold()
    {
        Write(("first", [2, 3]), ("second", [2]));
        NpyFormatException e = Assert.Throws<NpyFormatException>(() => ParameterFile.Open(path, model));
        Assert.Equal(("array number 2", "the end of the file", "2.weight, [1, 2]"), (e.Field, e.Found, e.Expected));
    }

    [Fact]
    public void OneTooManyIsTold()
    {
        Write(("a", [2, 3]), ("b", [2]), ("c", [1, 2]), ("d", [1]), ("e", [7]));
        NpyFormatException e = Assert.Throws<NpyFormatException>(() => ParameterFile.Open(path, model));
        Assert.Equal(("array \"e\"", "Float64 [7]", $"no more than the 4 arrays of {Spec}"), (e.Field, e.Found, e.Expected));
    }

    [Fact]
    public void ANumberThatIsNotFiniteIsTold()
    {
        double[] parameters = new double[model.ParameterCount];
        parameters[7] = double.NaN;
        ParameterFile.Write<double>(path, model, parameters);
        NpyFormatException e = Assert.Throws<NpyFormatException>(() => ParameterFile.Open(path, model).Read<float>());
        Assert.Equal(("array \"0.bias\", element 1", "NaN", "finite numbers"), (e.Field, e.Found, e.Expected));
    }

    /// <summary>Arrays that count from 0.</summary>
    private void Write(params (string Name, long[] Shape)[] arrays)
    {
        using NpzWriter writer = NpzWriter.Create(path, overwrite: true);
        foreach ((string name, long[] shape) in arrays)
            writer.Write<double>(name, [.. Enumerable.Range(0, (int)shape.Aggregate(1L, (product, length) => product * length)).Select(i => (double)i)], shape);
        writer.Complete();
    }
}
