using HessianKernels.Networks.Data;
using HessianKernels.Networks.Tensors;
using Xunit;
using static HessianKernels.Networks.Tests.Data.DataFolder;

namespace HessianKernels.Networks.Tests.Data;

public sealed class MnistTests : IDisposable
{
    private static readonly byte[] s_pixels = Noise(5 * 4 * 3), s_labels = [0, 9, 3, 3, 7];

    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Images(byte[]? bytes = null) => _folder.Write("images", bytes ?? Idx(s_pixels, 5, 4, 3));

    private string Labels(byte[]? bytes = null) => _folder.Write("labels", bytes ?? Idx(s_labels, 5));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void PlainOrPackedHoldsTheSame(bool packed)
    {
        byte[] images = Idx(s_pixels, 5, 4, 3), labels = Idx(s_labels, 5);
        DataSet<double> set = Mnist.Read<double>(Images(packed ? GZip(images) : images), Labels(packed ? GZip(labels) : labels));
        Assert.Equal((5, new TensorShape(4, 3, 1), 10), (set.Examples, set.InputShape, set.Classes));
        Assert.Equal([0, 9, 3, 3, 7], set.Labels!);
        Assert.Equal(s_pixels.Select(pixel => pixel / 255.0), set.Inputs);
        set.Validate();
        DataSet<float> single = Mnist.Read<float>(_folder["images"], _folder["labels"]);
        Assert.Equal(s_pixels.Select(pixel => pixel / 255f), single.Inputs);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TheFirstOnesAlone(bool packed)
    {
        byte[] images = Idx(s_pixels, 5, 4, 3);
        DataSet<double> set = Mnist.Read<double>(Images(packed ? GZip(images) : images), Labels(), most: 2);
        Assert.Equal(2, set.Examples);
        Assert.Equal(s_pixels.Take(24).Select(pixel => pixel / 255.0), set.Inputs);
        ArgumentException e = Assert.Throws<ArgumentOutOfRangeException>(() => Mnist.Read<double>(Images(), Labels(), most: 6));
        Assert.Contains("at most the 5", e.Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => Mnist.Read<double>(Images(), Labels(), most: 0));
    }

    [Fact]
    public void MoreThanABlockOfExamples()
    {
        byte[] pixels = Noise(2500 * 2), labels = [.. Enumerable.Range(0, 2500).Select(i => (byte)(i % 10))];
        DataSet<float> set = Mnist.Read<float>(Images(Idx(pixels, 2500, 1, 2)), Labels(Idx(labels, 2500)));
        Assert.Equal(pixels.Select(pixel => pixel / 255f), set.Inputs);
    }

    [Fact]
    public void AFolder()
    {
        _folder.Write("train-images-idx3-ubyte.gz", GZip(Idx(s_pixels, 5, 4, 3)));
        _folder.Write("train-labels.idx1-ubyte", Idx(s_labels, 5));
        _folder.Write("t10k-images-idx3-ubyte", Idx([1, 2], 2, 1, 1));
        Assert.Equal(s_pixels.Length, DataSource.Read<float>(_folder.Path).Inputs.Length);
        FileNotFoundException e = Assert.Throws<FileNotFoundException>(() => DataSource.Read<float>(_folder.Path, DataPart.Test));
        Assert.Contains("t10k-labels-idx1-ubyte", e.Message);
        _folder.Write("t10k-labels-idx1-ubyte", Idx([4, 5], 2));
        DataSet<float> test = DataSource.Read<float>(_folder.Path, DataPart.Test, most: 1);
        Assert.Equal((1, 4), (test.Examples, test.Labels![0]));
    }

    [Fact]
    public void CutShortAnywhere()
    {
        byte[] images = Idx(s_pixels, 5, 4, 3), labels = Idx(s_labels, 5);
        for (int length = 0; length < images.Length; length++)
        {
            string file = Images(images[..length]);
            Refused(file, () => Mnist.Read<float>(file, Labels()), $"{length} bytes");
        }

        for (int length = 0; length < labels.Length; length++)
        {
            string file = Labels(labels[..length]);
            Refused(file, () => Mnist.Read<float>(Images(), file), $"{length} bytes");
        }
    }

    [Fact]
    public void PackedAndCutShortAnywhere()
    {
        byte[] images = GZip(Idx(s_pixels, 5, 4, 3));
        // Of one byte or none it cannot be told that it was packed.
        for (int length = 0; length < images.Length; length++)
        {
            string file = Images(images[..length]);
            Refused(file, () => Mnist.Read<float>(file, Labels()));
        }
    }

    [Fact]
    public void PackedAndDamagedAnywhere()
    {
        byte[] images = GZip(Idx(s_pixels, 5, 4, 3));
        int unharmed = 0;
        // The bytes 4 to 9 are a date and a system's name, which say nothing of the content.
        for (int at = 10; at < images.Length; at++)
        {
            byte[] damaged = [.. images];
            damaged[at] ^= 0x10;
            string file = Images(damaged);
            try
            {
                Assert.Equal(s_pixels.Select(pixel => pixel / 255f), Mnist.Read<float>(file, Labels()).Inputs);
                unharmed++;
            }
            catch (DataFormatException e)
            {
                Assert.Contains(file, e.Message);
            }
        }

        // The bits that fill up the last byte of the data mean nothing.
        Assert.InRange(unharmed, 0, 1);
    }

    [Fact]
    public void MoreThanTheHeaderSays()
    {
        byte[] images = [.. Idx(s_pixels, 5, 4, 3), 0];
        string file = Images(images);
        Refused(file, () => Mnist.Read<float>(file, Labels()), "77 bytes", "76 bytes for shape 5 x 4 x 3");
        Images(GZip(images));
        Refused(file, () => Mnist.Read<float>(file, Labels()), "77 bytes once unpacked", "76 bytes");
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(2, 0x0D)]
    [InlineData(3, 1)]
    public void AnotherMagic(int at, byte value)
    {
        byte[] images = Idx(s_pixels, 5, 4, 3);
        images[at] = value;
        string file = Images(images);
        Refused(file, () => Mnist.Read<float>(file, Labels()), "magic", Convert.ToHexString(images[..4]), "00000803");
    }

    [Fact]
    public void ImagesAndLabelsTheWrongWayRound()
    {
        (string images, string labels) = (Images(), Labels());
        Refused(labels, () => Mnist.Read<float>(labels, images), "magic", "00000801", "00000803");
    }

    [Fact]
    public void AnAxisThatIsNoneOrTooLong()
    {
        string file = Images(Idx([], 5, 0, 3));
        Refused(file, () => Mnist.Read<float>(file, Labels()), "axis 1", "length 0");
        Images(Idx(s_pixels, 5, -1, 3));
        Refused(file, () => Mnist.Read<float>(file, Labels()), "axis 1", "4294967295");
        Images(Idx(s_pixels, int.MaxValue, int.MaxValue, int.MaxValue));
        Refused(file, () => Mnist.Read<float>(file, Labels()), "76 bytes",
            $"{new System.Numerics.BigInteger(int.MaxValue) * int.MaxValue * int.MaxValue + 16} bytes");
    }

    [Fact]
    public void ALabelThatIsNoDigit()
    {
        string file = Labels(Idx([0, 9, 10, 3, 7], 5));
        Refused(file, () => Mnist.Read<float>(Images(), file), "10 at example 2", "0 to 9");
    }

    [Fact]
    public void AnotherNumberOfLabels()
    {
        string file = Labels(Idx([0, 9], 2));
        Refused(file, () => Mnist.Read<float>(Images(), file), "labels: found 2; expected 5");
    }

    [Fact]
    public void MissingFilesAreNamed()
        => Assert.Contains("none", Assert.Throws<FileNotFoundException>(() => Mnist.Read<float>(_folder["none"], Labels())).Message);

    [Fact]
    public void ProgressAndCancellation()
    {
        List<long> told = [];
        Mnist.Read<float>(Images(), Labels(), progress: new Told(told));
        Assert.Equal([5L], told);
        using CancellationTokenSource cancelled = new();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => Mnist.Read<float>(Images(), Labels(), cancellation: cancelled.Token));
    }

    private sealed class Told(List<long> told) : IProgress<long>
    {
        public void Report(long value) => told.Add(value);
    }
}
