using HessianKernels.Networks.Data;
using HessianKernels.Networks.Tensors;
using HessianKernels.Reproduction.Figures.Models;
using Xunit;

namespace HessianKernels.Reproduction.Tests;

public sealed class PaperDataTests : IDisposable
{
    private const int Image = 3 * 32 * 32;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hk-data-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void WithAFolderThePapersFilesAreRead()
    {
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "cifar-10-batches-bin"));
        // Two images a file: the label is the file's number, all pixels are 51 times the image's.
        foreach ((DataFile file, int number) in PaperData.Cifar10.TrainFiles.Select((file, k) => (file, k)))
        {
            File.WriteAllBytes(Path.Combine(_folder.FullName, file.Name),
                [(byte)number, .. Enumerable.Repeat((byte)51, Image), (byte)number, .. Enumerable.Repeat((byte)102, Image)]);
        }

        foreach ((Effort effort, int length) in ((Effort, int)[])[(Effort.Full, Image), (Effort.Quick, 3 * 2 * 2)])
        {
            DataSet<double> data = PaperData.Cifar10.Train(new(effort) { DataFolder = _folder.FullName }, 5, TensorShape.Vector(7));
            Assert.Equal([0, 0, 1, 1, 2], data.Labels!);
            Assert.Equal(length, data.InputShape.Length);
            Assert.Equal([0.2, 0.4, 0.2, 0.4, 0.2], data.Inputs.Chunk(length).Select(input => Math.Round(input[length / 3], 12)));
        }
    }

    [Theory]
    [InlineData(Effort.Quick, 7)]
    [InlineData(Effort.Full, Image)]
    public void WithoutOneTheyAreMadeInTheSizeThatIsAskedFor(Effort effort, int length)
    {
        FigureRun run = new(effort, seed: 3);
        DataSet<double> train = PaperData.Cifar10.Train(run, 40, TensorShape.Vector(7)),
            test = PaperData.Cifar10.Test(run, 40, TensorShape.Vector(7));
        Assert.Equal((40, length, 10), (train.Examples, train.InputShape.Length, train.Classes));
        Assert.Equal(train.Inputs, PaperData.Cifar10.Train(run, 40, TensorShape.Vector(7)).Inputs);
        Assert.Empty(train.Inputs.Intersect(test.Inputs));
    }

    [Fact]
    public void MissingFilesAreNamedWithTheirSource()
    {
        Figure figure = FigureCatalog.Find("002/F9").Single();
        ArgumentException e = Assert.Throws<ArgumentException>(() => Reproducer.Run(
            [figure], OutputFolder.Open(Path.Combine(_folder.FullName, "out")), new() { DataFolder = _folder.FullName }));
        Assert.Contains("cifar-10-batches-bin/data_batch_5.bin (CIFAR-10", e.Message, StringComparison.Ordinal);
    }
}
