using HessianKernels.Storage;
using Xunit;
using static HessianKernels.Tests.Storage.StorageSamples;

namespace HessianKernels.Tests.Storage;

public class NpyWriterTests
{
    [Fact]
    public void Pieces_of_any_length_make_the_array()
    {
        using var folder = new TemporaryFolder();
        double[] values = Values<double>(12);
        using (var writer = NpyWriter<double>.Create(folder["a.npy"], [3, 4]))
        {
            writer.Write(values.AsSpan(0, 4));
            writer.Write(values.AsSpan(4, 1));
            writer.Write([]);
            writer.Write(values.AsSpan(5));
            Assert.Equal(12, writer.Position);
            Assert.False(File.Exists(folder["a.npy"]));
            writer.Complete();
            Assert.True(writer.IsComplete);
        }

        Assert.Equal(["a.npy"], folder.Files);
        Assert.Equal(values, Npy.Read<double>(folder["a.npy"]).Values);
    }

    [Fact]
    public void Too_few_elements_are_refused_and_leave_nothing()
    {
        using var folder = new TemporaryFolder();
        using (var writer = NpyWriter<float>.Create(folder["a.npy"], [3, 4]))
        {
            writer.Write(new float[11]);
            var e = Assert.Throws<InvalidOperationException>(writer.Complete);
            Assert.Contains("11 elements", e.Message);
            Assert.Contains("promised 12", e.Message);
        }

        Assert.Empty(folder.Files);
    }

    [Fact]
    public void Too_many_elements_are_refused_before_one_is_written()
    {
        using var stream = new MemoryStream();
        using var writer = new NpyWriter<float>(stream, [3], leaveOpen: true);
        writer.Write([1f, 2f]);
        long before = stream.Length;
        var e = Assert.Throws<ArgumentException>(() => writer.Write([3f, 4f]));
        Assert.Contains("2 elements are written and 2 more", e.Message);
        Assert.Contains("promised 3", e.Message);
        Assert.Equal(before, stream.Length);
        writer.Write([3f]);
        writer.Complete();
        Assert.Throws<InvalidOperationException>(writer.Complete);
        Assert.Throws<InvalidOperationException>(() => writer.Write([]));
    }

    [Fact]
    public void An_exception_midway_leaves_neither_output_nor_temporary()
    {
        using var folder = new TemporaryFolder();
        void Interrupted()
        {
            using var writer = NpyWriter<double>.Create(folder["a.npy"], [1000, 1000]);
            writer.Write(new double[100_000]);
            Assert.Single(folder.Files);
            throw new TimeoutException();
        }

        Assert.Throws<TimeoutException>(Interrupted);
        Assert.Empty(folder.Files);
    }

    [Fact]
    public void A_file_that_stands_is_kept_until_its_successor_is_whole()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("a.npy", [1, 2, 3]);
        var e = Assert.Throws<IOException>(() => Npy.Write<double>(path, [1.0], [1]));
        Assert.Contains(path, e.Message);
        Assert.Contains("exists", e.Message);

        using (var abandoned = NpyWriter<double>.Create(path, [2], overwrite: true))
            abandoned.Write([1.0]);
        Assert.Equal([1, 2, 3], File.ReadAllBytes(path));

        Npy.Write<double>(path, [4.0], [1], overwrite: true);
        Assert.Equal([4.0], Npy.Read<double>(path).Values);
        Assert.Equal(["a.npy"], folder.Files);
    }

    [Fact]
    public void A_file_that_appears_meanwhile_is_not_replaced_unasked()
    {
        using var folder = new TemporaryFolder();
        using (var writer = NpyWriter<double>.Create(folder["a.npy"], [0]))
        {
            folder.Write("a.npy", [1]);
            Assert.Contains("a.npy", Assert.Throws<IOException>(writer.Complete).Message);
        }

        Assert.Equal(["a.npy"], folder.Files);
        Assert.Equal([1], File.ReadAllBytes(folder["a.npy"]));
    }

    [Fact]
    public void A_folder_missing_or_in_the_way_is_named()
    {
        using var folder = new TemporaryFolder();
        string missing = Path.Combine(folder["none"], "a.npy");
        Assert.Contains(missing, Assert.Throws<DirectoryNotFoundException>(() => Npy.Write<double>(missing, [], [0])).Message);
        Directory.CreateDirectory(folder["folder"]);
        Assert.Contains(
            folder["folder"], Assert.Throws<IOException>(() => Npy.Write<double>(folder["folder"], [], [0], overwrite: true)).Message);
    }

    [Fact]
    public void An_impossible_shape_is_refused_before_a_file_is_opened()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<ArgumentException>(() => NpyWriter<double>.Create(folder["a.npy"], [-1]));
        Assert.Throws<NotSupportedException>(() => NpyWriter<Half>.Create(folder["a.npy"], [1]));
        Assert.Empty(folder.Files);
    }
}
