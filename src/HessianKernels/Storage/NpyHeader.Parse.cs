using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace HessianKernels.Storage;

public sealed partial record NpyHeader
{
    /// <summary>Longest header read. That of a float array of 32 axes is below 1 KiB; more is a fault or an attack.</summary>
    internal const int MaxHeaderBytes = 1 << 20;

    /// <summary>Reads magic, version, length and dictionary, and leaves the stream at the first byte of data.</summary>
    /// <param name="stream">A stream that stands at the magic.</param>
    /// <param name="file">The name for messages.</param>
    /// <param name="available">Bytes from here to the end of the stream, where known.</param>
    /// <param name="headerBytes">Bytes read.</param>
    /// <param name="integers">Whether integers are allowed.</param>
    internal static NpyHeader Parse(Stream stream, string file, long? available, out long headerBytes, bool integers = false)
    {
        Span<byte> prefix = stackalloc byte[12];
        int got = stream.ReadAtLeast(prefix[..8], 8, throwOnEndOfStream: false);
        if (got == 0)
            throw new NpyFormatException(file, "file", "0 bytes", "a .npy header of at least 10 bytes");
        int magicBytes = Math.Min(got, Magic.Length);
        if (!prefix[..magicBytes].SequenceEqual(Magic[..magicBytes]))
        {
            throw new NpyFormatException(
                file, "magic", Convert.ToHexString(prefix[..magicBytes]), $"{Convert.ToHexString(Magic)} (\\x93NUMPY)");
        }

        if (got < 8)
            throw new NpyFormatException(file, "header", $"a file of {got} bytes", "at least 10 bytes");
        (byte major, byte minor) = (prefix[6], prefix[7]);
        if (major is < 1 or > 3 || minor != 0)
            throw new NpyFormatException(file, "version", $"{major}.{minor}", "1.0, 2.0 or 3.0");

        Span<byte> field = prefix.Slice(8, major == 1 ? 2 : 4);
        got = stream.ReadAtLeast(field, field.Length, throwOnEndOfStream: false);
        if (got < field.Length)
            throw new NpyFormatException(file, "header length", $"{got} bytes", $"{field.Length} bytes");
        uint length = major == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(field) : BinaryPrimitives.ReadUInt32LittleEndian(field);
        long before = 8 + field.Length;
        if (available - before < length)
            throw new NpyFormatException(file, "header length", $"{length}", $"at most the {available - before} bytes that follow it");
        if (length > MaxHeaderBytes)
            throw new NpyFormatException(file, "header length", $"{length}", $"at most {MaxHeaderBytes}");

        var text = new byte[length];
        got = stream.ReadAtLeast(text, text.Length, throwOnEndOfStream: false);
        if (got < text.Length)
            throw new NpyFormatException(file, "header length", $"{length}", $"at most the {got} bytes that follow it");
        headerBytes = before + length;
        return Interpret(Decode(text, major, file), file, pythonTwo: major < 3, integers);
    }

    private static string Decode(byte[] text, int version, string file)
    {
        if (version < 3)
            return Encoding.Latin1.GetString(text);
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(text);
        }
        catch (DecoderFallbackException e)
        {
            string found = $"bytes {Convert.ToHexString(e.BytesUnknown ?? [])} near byte {e.Index}";
            throw new NpyFormatException(file, "header", found, "UTF-8, as version 3.0 says", e);
        }
    }

    private static NpyHeader Interpret(string text, string file, bool pythonTwo, bool integers)
    {
        PythonLiteral literal = PythonLiteral.Parse(text, file, pythonTwo);
        if (literal is not PythonLiteral.Dictionary dictionary)
            throw new NpyFormatException(file, "header", literal.Describe(), "a dict with the keys descr, fortran_order and shape");

        PythonLiteral? descr = null, order = null, shape = null;
        foreach ((PythonLiteral key, PythonLiteral value) in dictionary.Items)
        {
            string name = (key as PythonLiteral.Text)?.Value ?? key.Describe();
            PythonLiteral? before = name switch
            {
                "descr" => descr,
                "fortran_order" => order,
                "shape" => shape,
                _ => throw new NpyFormatException(
                    file, "header", $"the key {NpyFormatException.Quote(name)}", "the keys descr, fortran_order and shape alone"),
            };
            if (before is not null)
                throw new NpyFormatException(file, "header", $"the key '{name}' twice", "each key once");
            if (name == "descr")
                descr = value;
            else if (name == "shape")
                shape = value;
            else
                order = value;
        }

        (NpyElementType type, bool little) = ElementEncoding.ParseDescr(Require(descr, "descr", file), file, integers);
        PythonLiteral fortran = Require(order, "fortran_order", file);
        if (fortran is not PythonLiteral.Boolean { Value: var isFortran })
            throw new NpyFormatException(file, "fortran_order", fortran.Describe(), "True or False");
        ImmutableArray<long> axes = ParseShape(Require(shape, "shape", file), ElementEncoding.SizeOf(type), file);
        return new NpyHeader(type, axes.AsSpan(), isFortran, little);
    }

    private static PythonLiteral Require(PythonLiteral? value, string key, string file) =>
        value ?? throw new NpyFormatException(file, "header", $"no key '{key}'", "the keys descr, fortran_order and shape");

    private static ImmutableArray<long> ParseShape(PythonLiteral value, int elementSize, string file)
    {
        if (value is not PythonLiteral.Sequence { IsTuple: true } tuple)
            throw new NpyFormatException(file, "shape", value.Describe(), "a tuple of integers, such as (3, 4) or (5,)");
        if (tuple.Items.Count > MaxRank)
            throw new NpyFormatException(file, "shape", $"{tuple.Items.Count} axes", $"at most {MaxRank} axes");

        var axes = new long[tuple.Items.Count];
        for (int axis = 0; axis < axes.Length; axis++)
        {
            string field = $"shape, axis {axis}";
            if (tuple.Items[axis] is not PythonLiteral.Integer { Digits: var digits })
                throw new NpyFormatException(file, field, tuple.Items[axis].Describe(), "an integer");
            if (!long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out axes[axis]) || axes[axis] < 0)
                throw new NpyFormatException(file, field, NpyFormatException.Quote(digits), $"0 to {long.MaxValue}");
        }

        return TryCount(axes, elementSize, out _, out string requirement)
            ? [.. axes]
            : throw new NpyFormatException(file, "shape", ShapeText(axes), requirement);
    }
}
