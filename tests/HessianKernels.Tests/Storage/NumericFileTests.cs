using HessianKernels.Storage;
using Xunit;
using static HessianKernels.Tests.Storage.StorageSamples;

namespace HessianKernels.Tests.Storage;

public class NumericFileTests
{
    [Fact]
    public void Content_decides_not_the_name()
    {
        using var folder = new TemporaryFolder();
        File.Copy(Fixture("single.npz"), folder["a.npy"]);
        File.Copy(Fixture("le_f4_c.npy"), folder["b.npz"]);
        Assert.Equal(Values<double>(4), NumericFile.Read<double>(folder["a.npy"]).Values);
        Assert.Equal(Values<double>(15), NumericFile.Read<double>(folder["b.npz"]).Values);
        Assert.Equal(new[] { "only" }, NumericFile.Names(folder["a.npy"]));
        Assert.Empty(NumericFile.Names(folder["b.npz"]));
    }

    [Fact]
    public void Rows_of_a_member_are_read_and_the_archive_is_closed_after()
    {
        using var folder = new TemporaryFolder();
        File.Copy(Fixture("stored.npz"), folder["a.npz"]);
        using (NpyReader reader = NumericFile.Open(folder["a.npz"], "a"))
        {
            Assert.Equal(new[] { 3L, 5L }, reader.Header.Shape);
            Assert.Equal(3, reader.ReadRows<double>(new double[15]));
        }

        using FileStream alone = new(folder["a.npz"], FileMode.Open, FileAccess.ReadWrite, FileShare.None);
    }

    [Fact]
    public void Several_members_must_be_told_apart()
    {
        var e = Assert.Throws<NpyFormatException>(() => NumericFile.Open(Fixture("stored.npz")));
        Assert.Contains("\"a\", \"b\"", e.Message);
        e = Assert.Throws<NpyFormatException>(() => NumericFile.Open(Fixture("stored.npz"), "c"));
        Assert.Contains("\"a\", \"b\"", e.Message);
        e = Assert.Throws<NpyFormatException>(() => NumericFile.Open(Fixture("vector.npy"), "c"));
        Assert.Contains("\"c\"", e.Message);
    }

    [Theory]
    [InlineData(new byte[0], "0 bytes")]
    [InlineData(new byte[] { 1, 2 }, "0102")]
    [InlineData(new byte[] { 80, 75, 7, 8, 9 }, "504B0708")]
    public void Neither_is_refused(byte[] bytes, string found)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("a.npy", bytes);
        var e = Assert.Throws<NpyFormatException>(() => NumericFile.Open(path));
        Assert.Contains(path, e.Message);
        Assert.Contains(found, e.Message);
        Assert.Throws<FileNotFoundException>(() => NumericFile.Open(folder["none"]));
    }
}
