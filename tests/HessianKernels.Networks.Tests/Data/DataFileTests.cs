using HessianKernels.Networks.Data;
using HessianKernels.Networks.Tensors;
using HessianKernels.Storage;
using Xunit;
using static HessianKernels.Networks.Tests.Data.DataFolder;

namespace HessianKernels.Networks.Tests.Data;

public sealed class DataFileTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Write(double[] x, long[] xShape, Action<NpzWriter> writeY)
    {
        string path = _folder["D.npz"];
        using NpzWriter writer = NpzWriter.Create(path, overwrite: true);
        writer.Write<double>("X", x, xShape);
        writeY(writer);
        writer.Complete();
        return path;
    }

    private static Action<NpzWriter> Labels(params long[] labels) => writer => writer.Write("Y", labels, [labels.Length]);

    private static Action<NpzWriter> Targets(double[] targets, params long[] shape) => writer => writer.Write<double>("Y", targets, shape);

    [Theory]
    [InlineData(new long[] { 2, 12 }, 1, 1, 12)]
    [InlineData(new long[] { 2, 3, 4 }, 3, 4, 1)]
    [InlineData(new long[] { 2, 2, 3, 2 }, 3, 2, 2)]
    public void ShapesOfInputs(long[] shape, int height, int width, int channels)
    {
        double[] x = [.. Enumerable.Range(0, 24).Select(i => i / 8.0)];
        DataSet<double> set = DataFile.Read<double>(Write(x, shape, Labels(0, 4)));
        Assert.Equal(new TensorShape(height, width, channels), set.InputShape);
        Assert.Equal(x, set.Inputs);
        Assert.Equal([0, 4], set.Labels!);
        Assert.Equal((5, 0), (set.Classes, set.TargetLength));
        Assert.Null(set.Targets);
        Assert.Equal(7, DataFile.Read<float>(_folder["D.npz"], classes: 7).Classes);
    }

    [Theory]
    [InlineData(new long[] { 2 }, 1)]
    [InlineData(new long[] { 2, 1 }, 1)]
    [InlineData(new long[] { 2, 3 }, 3)]
    public void Numbers(long[] shape, int length)
    {
        double[] y = [.. Enumerable.Range(0, 2 * length).Select(i => i - 0.5)];
        DataSet<float> set = DataFile.Read<float>(Write([1, 2], [2, 1], Targets(y, shape)));
        Assert.Equal(length, set.TargetLength);
        Assert.Equal(y.Select(value => (float)value), set.Targets!);
        Assert.Null(set.Labels);
    }

    [Fact]
    public void WrittenAndReadBack()
    {
        TensorShape shape = new(2, 3, 2);
        DataSet<double> labelled = Labelled(shape, 3, 2, 0, 1);
        DataFile.Write(labelled, _folder["a.npz"]);
        DataSet<double> back = DataFile.Read<double>(_folder["a.npz"]);
        Assert.Equal((shape, 3), (back.InputShape, back.Classes));
        Assert.Equal(labelled.Inputs, back.Inputs);
        Assert.Equal(labelled.Labels!, back.Labels!);
        DataFile.Write(labelled.WithOneHotTargets(), _folder["b.npz"]);
        Assert.Equal([0, 0, 1, 1, 0, 0, 0, 1, 0], DataFile.Read<double>(_folder["b.npz"]).Targets!);
        Assert.Throws<IOException>(() => DataFile.Write(labelled, _folder["a.npz"]));
    }

    [Fact]
    public void LabelsOutOfRange()
    {
        string file = Write([1, 2, 3], [3, 1], Labels(0, -1, 1));
        Refused(file, () => DataFile.Read<float>(file), "[Y]", "-1 at example 1", "0 to");
        Write([1, 2, 3], [3, 1], Labels(0, 1, 3));
        Refused(file, () => DataFile.Read<float>(file, classes: 3), "3 at example 2", "0 to 2, as there are 3 classes");
        Write([1, 2, 3], [3, 1], Labels(0, 1, long.MaxValue));
        Refused(file, () => DataFile.Read<float>(file), "at example 2");
        Assert.Throws<ArgumentOutOfRangeException>(() => DataFile.Read<float>(file, classes: 0));
    }

    [Theory]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "Infinity")]
    [InlineData(1e300, "Infinity")]
    public void WhatIsNotFinite(double value, string found)
    {
        string file = Write([1, 2, 3, value], [2, 2], Labels(0, 1));
        Refused(file, () => DataFile.Read<float>(file), $"input: found {found} at example 1, element 1");
        Write([1, 2, 3, 4], [2, 2], Targets([value, 1], 2));
        Refused(file, () => DataFile.Read<float>(file), $"target: found {found} at example 0, element 0");
    }

    [Fact]
    public void ShapesThatDoNotFit()
    {
        string file = Write([1, 2, 3, 4], [4], Labels(0, 1, 0, 1));
        Refused(file, () => DataFile.Read<float>(file), "[X]", "(4,)", "(n, d)");
        Write([], [2, 0], Labels(0, 1));
        Refused(file, () => DataFile.Read<float>(file), "[X]", "(2, 0)");
        Write([1, 2], [2, 1], Labels(0, 1, 1));
        Refused(file, () => DataFile.Read<float>(file), "[Y]", "(3,) of integers", "(2,), a label");
        Write([1, 2], [2, 1], writer => writer.Write("Y", [0, 1, 0, 1], [2, 2]));
        Refused(file, () => DataFile.Read<float>(file), "[Y]", "(2, 2) of integers");
        Write([1, 2], [2, 1], Targets([1, 2, 3], 3, 1));
        Refused(file, () => DataFile.Read<float>(file), "[Y]", "(3, 1) of floats", "(2, C)");
        Write([1, 2], [2, 1], Targets([1, 2], 2, 1, 1));
        Refused(file, () => DataFile.Read<float>(file), "[Y]", "(2, 1, 1)");
    }

    [Fact]
    public void AMissingArrayIsNamed()
    {
        string file = Write([1, 2], [2, 1], _ => { });
        Assert.Contains("\"Y\"", Assert.Throws<NpyFormatException>(() => DataFile.Read<float>(file)).Message);
    }

    [Fact]
    public void CutShortAnywhere()
    {
        byte[] whole = File.ReadAllBytes(Write([1, 2], [2, 1], Labels(0, 1)));
        for (int length = 0; length < whole.Length; length++)
        {
            string file = _folder.Write("cut.npz", whole[..length]);
            Assert.Contains("cut.npz", Assert.Throws<NpyFormatException>(() => DataSource.Read<float>(file)).Message);
        }
    }

    [Fact]
    public void TheFirstOnesOfAFile()
    {
        string file = Write([1, 2, 3], [3, 1], Labels(0, 1, 2));
        Assert.Equal([1f, 2f], DataSource.Read<float>(file, most: 2).Inputs);
        Assert.Contains("at most the 3", Assert.Throws<ArgumentOutOfRangeException>(() => DataSource.Read<float>(file, most: 4)).Message);
    }
}
