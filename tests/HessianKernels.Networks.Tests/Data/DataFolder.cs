using System.Buffers.Binary;
using System.IO.Compression;
using HessianKernels.Networks.Data;
using HessianKernels.Networks.Tensors;
using Xunit;

namespace HessianKernels.Networks.Tests.Data;

/// <summary>A folder of its own for a test, with files in the forms of the benchmarks, removed after it.</summary>
public sealed class DataFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("networks-data-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public string Write(string name, byte[] bytes)
    {
        File.WriteAllBytes(this[name], bytes);
        return this[name];
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);

    /// <summary>An IDX file of bytes.</summary>
    public static byte[] Idx(byte[] data, params int[] shape)
    {
        byte[] bytes = new byte[4 + 4 * shape.Length + data.Length];
        (bytes[2], bytes[3]) = (8, (byte)shape.Length);
        for (int axis = 0; axis < shape.Length; axis++) BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4 + 4 * axis), shape[axis]);
        data.CopyTo(bytes, 4 + 4 * shape.Length);
        return bytes;
    }

    /// <summary>The bytes compressed.</summary>
    public static byte[] GZip(byte[] bytes)
    {
        using MemoryStream packed = new();
        using (GZipStream stream = new(packed, CompressionLevel.Optimal)) stream.Write(bytes);
        return packed.ToArray();
    }

    /// <summary>Bytes that look random and are the same every time.</summary>
    public static byte[] Noise(int count, int seed = 1)
    {
        byte[] bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Records of CIFAR: the given bytes of labels, then an image.</summary>
    public static byte[] Records(int seed, params byte[][] labels)
    {
        byte[] pixels = Noise(labels.Length * 3072, seed);
        return [.. labels.SelectMany((label, i) => label.Concat(pixels.Skip(i * 3072).Take(3072)))];
    }

    /// <summary>Fails unless reading is refused with a message that names the file and has all the parts.</summary>
    public static DataFormatException Refused(string file, Action read, params string[] parts)
    {
        DataFormatException e = Assert.Throws<DataFormatException>(read);
        Assert.StartsWith(file, e.File);
        foreach (string part in (string[])[file, "found", "expected", .. parts]) Assert.Contains(part, e.Message);
        return e;
    }

    /// <summary>A labelled set of small whole numbers.</summary>
    public static DataSet<double> Labelled(TensorShape shape, int classes, params int[] labels) => new()
    {
        Examples = labels.Length, InputShape = shape,
        Inputs = [.. Enumerable.Range(0, labels.Length * shape.Length).Select(i => (double)i)],
        Labels = labels, Classes = classes,
    };
}
