using HessianKernels.Networks.Data;
using HessianKernels.Networks.Tensors;
using Xunit;
using static HessianKernels.Networks.Tests.Data.DataFolder;

namespace HessianKernels.Networks.Tests.Data;

public sealed class CifarTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static IEnumerable<double> PixelsOf(byte[] records, int labelBytes)
        => records.Chunk(labelBytes + 3072).SelectMany(record => record.Skip(labelBytes)).Select(pixel => pixel / 255.0);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TenFromSeveralFiles(bool packed)
    {
        byte[] a = Records(1, [3], [9]), b = Records(2, [0]);
        string[] files = [_folder.Write("a", packed ? GZip(a) : a), _folder.Write("b", packed ? GZip(b) : b)];
        DataSet<double> set = Cifar.Read<double>(files, CifarLabels.Ten);
        Assert.Equal((3, new TensorShape(32, 32, 3), 10), (set.Examples, set.InputShape, set.Classes));
        Assert.Equal([3, 9, 0], set.Labels!);
        Assert.Equal(PixelsOf(a, 1).Concat(PixelsOf(b, 1)), set.Inputs);
        set.Validate();
    }

    [Theory]
    [InlineData(CifarLabels.Hundred, 100, new[] { 99, 0 })]
    [InlineData(CifarLabels.HundredCoarse, 20, new[] { 19, 7 })]
    public void HundredHasTwoLabels(CifarLabels labels, int classes, int[] expected)
    {
        byte[] records = Records(3, [19, 99], [7, 0]);
        DataSet<double> set = Cifar.Read<double>([_folder.Write("train.bin", records)], labels);
        Assert.Equal(classes, set.Classes);
        Assert.Equal(expected, set.Labels!);
        Assert.Equal(PixelsOf(records, 2), set.Inputs);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void MoreThanABlock(bool packed)
    {
        byte[] records = Records(4, [.. Enumerable.Range(0, 600).Select(i => new[] { (byte)(i % 10) })]);
        string file = _folder.Write("a", packed ? GZip(records) : records);
        DataSet<float> all = Cifar.Read<float>([file, file], CifarLabels.Ten);
        DataSet<float> some = Cifar.Read<float>([file, file], CifarLabels.Ten, most: 700);
        Assert.Equal(1200, all.Examples);
        Assert.Equal(all.Inputs[..(700 * 3072)], some.Inputs);
        Assert.Equal(all.Labels![..700], some.Labels);
        Assert.Equal(all.Inputs[(600 * 3072)..], all.Inputs[..(600 * 3072)]);
    }

    [Fact]
    public void Folders()
    {
        for (int i = 1; i <= 5; i++) _folder.Write($"data_batch_{i}.bin", Records(i, [(byte)i]));
        _folder.Write("test_batch.bin.gz", GZip(Records(6, [6])));
        Assert.Equal([1, 2, 3, 4, 5], DataSource.Read<float>(_folder.Path).Labels!);
        Assert.Equal([1, 2], DataSource.Read<float>(_folder.Path, most: 2).Labels!);
        Assert.Equal([6], DataSource.Read<float>(_folder.Path, DataPart.Test).Labels!);
        File.Delete(_folder["data_batch_3.bin"]);
        Assert.Contains("data_batch_3.bin", Assert.Throws<FileNotFoundException>(() => DataSource.Read<float>(_folder.Path)).Message);
    }

    [Fact]
    public void AFolderOfHundred()
    {
        _folder.Write("train.bin", Records(1, [3, 42]));
        Assert.Equal([42], DataSource.Read<float>(_folder.Path).Labels!);
        Assert.Equal([3], Cifar.ReadFolder<float>(_folder.Path, CifarLabels.HundredCoarse).Labels!);
    }

    [Fact]
    public void AFolderOfSomethingElse()
    {
        _folder.Write("picture.png", [1]);
        Refused(_folder.Path, () => DataSource.Read<float>(_folder.Path), "no file of a known name", "data_batch_1.bin");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3072)]
    [InlineData(3074)]
    [InlineData(2 * 3073 - 1)]
    public void CutShort(int length)
    {
        byte[] records = Records(1, [1], [2], [3])[..length];
        string file = _folder.Write("a", records);
        Refused(file, () => Cifar.Read<float>([file], CifarLabels.Ten), $"{length} bytes", "records of 3073 bytes");
        _folder.Write("a", GZip(records));
        if (length > 0) Refused(file, () => Cifar.Read<float>([file], CifarLabels.Ten), $"{length} bytes once unpacked",
            "records of 3073 bytes");
    }

    [Fact]
    public void PackedAndCutShort()
    {
        byte[] packed = GZip(Records(1, [1]));
        for (int length = packed.Length - 20; length < packed.Length; length++)
        {
            string file = _folder.Write("a", packed[..length]);
            Refused(file, () => Cifar.Read<float>([file], CifarLabels.Ten));
        }
    }

    [Fact]
    public void ALabelThatIsNoClass()
    {
        string ten = _folder.Write("ten", Records(1, [3], [10])), hundred = _folder.Write("hundred", Records(1, [3, 99], [20, 100]));
        Refused(ten, () => Cifar.Read<float>([ten], CifarLabels.Ten), "10 at example 1", "0 to 9");
        Refused(hundred, () => Cifar.Read<float>([hundred], CifarLabels.Hundred), "100 at example 1", "0 to 99");
        Refused(hundred, () => Cifar.Read<float>([hundred], CifarLabels.HundredCoarse), "20 at example 1", "0 to 19");
    }

    [Fact]
    public void MoreThanThereAre()
    {
        string file = _folder.Write("a", Records(1, [3]));
        ArgumentException e = Assert.Throws<ArgumentOutOfRangeException>(() => Cifar.Read<float>([file], CifarLabels.Ten, most: 2));
        Assert.Contains("at most the 1", e.Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => Cifar.Read<float>([file], CifarLabels.Ten, most: 0));
        Assert.Throws<ArgumentException>(() => Cifar.Read<float>([], CifarLabels.Ten));
    }
}
