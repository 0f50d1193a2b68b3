using System.Text;
using HessianKernels.Storage;
using Xunit;
using static HessianKernels.Tests.Storage.StorageSamples;

namespace HessianKernels.Tests.Storage;

/// <summary>Every malformed input is an <see cref="NpyFormatException"/> that names the file, what was found and what was
/// expected.</summary>
public class NpyMalformedTests
{
    [Fact]
    public void Empty_file() => Fails([], "0 bytes", "at least 10");

    [Fact]
    public void Wrong_magic() => Fails("PK\u0003\u0004 not numpy"u8.ToArray(), "magic", "504B03042", "934E554D5059");

    [Fact]
    public void Cut_within_the_magic() => Fails([0x93, (byte)'N', (byte)'U'], "3 bytes", "at least 10 bytes");

    [Theory]
    [InlineData(0, 0)]
    [InlineData(4, 0)]
    [InlineData(1, 1)]
    public void Unsupported_version(byte major, byte minor)
    {
        byte[] bytes = Framed(Dict("()"), 8);
        (bytes[6], bytes[7]) = (major, minor);
        Fails(bytes, $"version: found {major}.{minor}", "1.0, 2.0 or 3.0");
    }

    [Fact]
    public void Cut_within_the_header_length() => Fails(Framed(Dict("()"))[..9], "header length", "1 bytes", "2 bytes");

    [Fact]
    public void Header_length_beyond_the_file()
    {
        byte[] bytes = Framed(Dict("()"), 8, version: 2);
        bytes.AsSpan(8, 4).Fill(0xFF);
        Fails(bytes, "header length", "4294967295", $"{bytes.Length - 12} bytes");
    }

    [Fact]
    public void Header_length_over_the_limit() =>
        Fails(Framed(new string(' ', (1 << 20) + 1), version: 2), "1048577", "at most 1048576");

    [Theory]
    [InlineData("", "end of the header", "dict literal")]
    [InlineData("hello", "\"h\" at character 0", "dict literal")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (3,)", "end of the header", "'}'")]
    [InlineData("{'descr': '<f8' 'fortran_order': False}", "\"'\" at character 16", "','")]
    [InlineData("{'descr' '<f8'}", "\"'\" at character 9", "':'")]
    [InlineData("{'descr': '<f8}\n", "\\u000a", "end of a string")]
    [InlineData("{} trailing", "\"t\" at character 3", "nothing after")]
    [InlineData("{'a': -}", "\"}\" at character 7", "a digit")]
    [InlineData("{'a': 3.5}", "\".\"", "an integer")]
    [InlineData("[1, 2]", "a list of 2", "a dict")]
    [InlineData("(1)", "the integer \"1\"", "a dict")]
    [InlineData("{}", "no key 'descr'", "shape")]
    [InlineData("{'descr': '<f8', 'fortran_order': False}", "no key 'shape'", "shape")]
    [InlineData("{'descr': '<f8', 'shape': ()}", "no key 'fortran_order'", "shape")]
    [InlineData("{'descr': '<f8', 'descr': '<f4'}", "the key 'descr' twice", "once")]
    [InlineData("{'descr': '<f8', 'extra': 1}", "the key \"extra\"", "alone")]
    [InlineData("{7: '<f8'}", "the integer", "alone")]
    [InlineData("{'d\u00e9scr': '<f8'}", "\\u00e9", "alone")]
    [InlineData("\u00ff{}", "\\u00ff", "dict literal")]
    public void Header_that_is_no_such_dict(string header, string found, string expected) =>
        Fails(Framed(header), "header", found, expected);

    [Fact]
    public void Brackets_beyond_any_meaning()
    {
        string deep = new('(', 60_000);
        Fails(Framed(deep), "nested over 32 deep", "flat");
        Fails(Framed("{'descr': " + deep), "nested over 32 deep", "flat");
    }

    [Fact]
    public void Version_3_that_is_not_utf8()
    {
        byte[] header = Encoding.Latin1.GetBytes(Dict("()"));
        header[4] = 0xFF;
        Fails(Framed(header, 8, version: 3), "FF", "UTF-8");
    }

    [Theory]
    [InlineData("(2, -3)", "axis 1", "\"-3\"", "0 to 9223372036854775807")]
    [InlineData("(99999999999999999999,)", "axis 0", "\"99999999999999999999\"", "0 to")]
    [InlineData("(4294967296, 4294967296)", "shape", "(4294967296, 4294967296)", "9223372036854775807 bytes")]
    [InlineData("(0, 4294967296, 4294967296)", "shape", "(0, 4294967296, 4294967296)", "9223372036854775807 bytes")]
    [InlineData("(3)", "shape", "the integer \"3\"", "a tuple")]
    [InlineData("[3]", "shape", "a list of 1", "a tuple")]
    [InlineData("('3',)", "axis 0", "the string \"3\"", "an integer")]
    [InlineData("(True,)", "axis 0", "True", "an integer")]
    [InlineData("None", "shape", "None", "a tuple")]
    [InlineData("(1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1)", "shape", "33 axes", "at most 32")]
    public void Shape_that_is_none(string shape, string field, string found, string expected) =>
        Fails(Framed(Dict(shape), 8), field, found, expected);

    [Theory]
    [InlineData("'False'")]
    [InlineData("0")]
    [InlineData("None")]
    public void Order_that_is_no_bool(string order) =>
        Fails(Framed(Dict("()", order: order), 8), "fortran_order", "True or False");

    [Theory]
    [InlineData("'<i4'", "int32")]
    [InlineData("'|u1'", "uint8")]
    [InlineData("'|b1'", "bool")]
    [InlineData("'<f2'", "float16")]
    [InlineData("'<f16'", "float128")]
    [InlineData("'<c16'", "complex128")]
    [InlineData("'|O'", "object")]
    [InlineData("'<M8[ns]'", "datetime64")]
    [InlineData("'<f8\\u03bb'", "<f8\\\\u03bb")]
    [InlineData("'<<f8'", "<<f8")]
    [InlineData("''", "\"\"")]
    [InlineData("8", "the integer")]
    [InlineData("[('x', '<f4'), ('y', [('z', '<f8')])]", "structured dtype of 2 fields")]
    [InlineData("('<f8', (2,))", "subarray")]
    public void Type_that_is_not_read(string descr, string kind) =>
        Fails(Framed(Dict("()", descr), 16), "descr", kind.Replace("\\\\", "\\"), "float32", "float64");

    [Theory]
    [InlineData("(3, 4)", 95, "95 bytes", "96 bytes")]
    [InlineData("(3, 4)", 0, "0 bytes", "96 bytes")]
    [InlineData("(1152921504606846975,)", 8, "8 bytes", "9223372036854775800 bytes")]
    public void Truncated(string shape, int bytes, string found, string expected) =>
        Fails(Framed(Dict(shape), bytes), "data", found, expected);

    [Theory]
    [InlineData("(3, 4)", 97, "97 bytes", "96 bytes")]
    [InlineData("(0, 4)", 8, "8 bytes", "0 bytes")]
    [InlineData("()", 70_000, "70000 bytes", "8 bytes")]
    public void Longer_than_the_shape(string shape, int bytes, string found, string expected)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("a.npy", Framed(Dict(shape), bytes));
        var e = Assert.Throws<NpyFormatException>(() => Npy.Read<double>(path));
        Assert.Contains(found, e.Message);
        Assert.Contains(expected, e.Message);
        Assert.Contains(path, e.Message);

        // Of a stream of unknown length the rest is counted only so far.
        e = Assert.Throws<NpyFormatException>(() => Npy.Read<double>(new PipeStream(File.ReadAllBytes(path))));
        Assert.Contains(bytes > 65_536 ? "at least 65545 bytes" : found, e.Message);
        Assert.Contains(expected, e.Message);
    }

    [Fact]
    public void A_lying_header_takes_no_memory_on_its_word()
    {
        byte[] bytes = Framed(Dict("(2000000000,)"), 16);
        foreach (Stream stream in new Stream[] { new MemoryStream(bytes), new PipeStream(bytes) })
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Assert.Throws<NpyFormatException>(() => Npy.Read<double>(stream));
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
        }
    }

    [Fact]
    public void Too_many_elements_for_an_array_say_to_stream()
    {
        using var folder = new TemporaryFolder();
        byte[] header = Framed(Dict("(3000000000,)", "'<f4'"));
        string path = folder.Write("huge.npy", header);
        using (FileStream file = File.OpenWrite(path))
            file.SetLength(header.Length + 12_000_000_000);  // sparse: takes no room on the disk
        var e = Assert.Throws<NotSupportedException>(() => Npy.Read<float>(path));
        Assert.Contains("3000000000", e.Message);
        Assert.Contains("NpyReader", e.Message);

        using NpyReader reader = NpyReader.Open(path);
        reader.SeekRow(2_999_999_990);
        Assert.Equal(10, reader.ReadRows<float>(new float[100]));
        Assert.Equal(3_000_000_000, reader.Position);
        Assert.Equal(0, reader.ReadRows<float>(new float[100]));
    }

    [Fact]
    public void A_path_that_cannot_be_read_is_an_IOException_that_names_it()
    {
        var missing = Assert.Throws<FileNotFoundException>(() => Npy.Read<double>(Fixture("no-such.npy")));
        Assert.Contains("no-such.npy", missing.Message);
    }

    private static void Fails(byte[] bytes, params string[] parts)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("bad.npy", bytes);
        var e = Assert.Throws<NpyFormatException>(() => Npy.Read<double>(path));
        foreach (string part in parts.Append(path))
            Assert.Contains(part, e.Message);
        Assert.DoesNotContain('\n', e.Message);

        // A pipe fails too; its length being unknown, a shape beyond any array is refused before it is known to lie.
        Exception? ofPipe = Record.Exception(() => Npy.Read<double>(new PipeStream(bytes)));
        Assert.True(ofPipe is NpyFormatException or NotSupportedException, $"{ofPipe}");

        // The file is not held open.
        using FileStream alone = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
    }
}
