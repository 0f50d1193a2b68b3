using System.Numerics;

namespace HessianKernels.Storage;

/// <summary>Element types as numpy's dtype strings and as this library's type arguments.</summary>
internal static partial class ElementEncoding
{
    private const string Supported = "float32 ('<f4', '>f4') or float64 ('<f8', '>f8')";

    public static int SizeOf(NpyElementType type) => type switch
    {
        NpyElementType.Float32 => sizeof(float),
        NpyElementType.Float64 => sizeof(double),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "An element is Float32 or Float64."),
    };

    /// <summary>The element type that <typeparamref name="T"/> is.</summary>
    /// <exception cref="NotSupportedException">It is neither float nor double.</exception>
    public static NpyElementType TypeOf<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
            return NpyElementType.Float32;
        return typeof(T) == typeof(double)
            ? NpyElementType.Float64
            : throw new NotSupportedException($"Arrays of {typeof(T).Name} are not read or written: use float or double.");
    }

    /// <summary>Reads numpy's dtype string; everything but float32 and float64 is refused by its name.</summary>
    public static (NpyElementType Type, bool LittleEndian) ParseDescr(PythonLiteral descr, string file)
    {
        if (descr is PythonLiteral.Sequence sequence)
        {
            string kind = sequence.IsTuple ? "a subarray dtype" : $"a structured dtype of {sequence.Items.Count} fields";
            throw new NpyFormatException(file, "descr", kind, Supported);
        }

        if (descr is not PythonLiteral.Text { Value: var text })
            throw new NpyFormatException(file, "descr", descr.Describe(), Supported);

        char order = text.Length > 0 && text[0] is '<' or '>' or '=' or '|' ? text[0] : '=';
        string type = text.TrimStart('<', '>', '=', '|');

        // '=' and '|' mean the machine's own order, as in numpy.
        bool littleEndian = order == '<' || (order != '>' && BitConverter.IsLittleEndian);
        return (text.Length - type.Length, type) switch
        {
            ( <= 1, "f4") => (NpyElementType.Float32, littleEndian),
            ( <= 1, "f8") => (NpyElementType.Float64, littleEndian),
            _ => throw new NpyFormatException(file, "descr", $"{NpyFormatException.Quote(text)}{NameOf(type)}", Supported),
        };
    }

    private static string NameOf(string type)
    {
        if (type.Length == 0)
            return "";
        string bits = int.TryParse(type.AsSpan(1), out int bytes) && bytes is > 0 and <= 32 ? $"{8 * bytes}" : "";
        return type[0] switch
        {
            '?' or 'b' when type is "?" or "b1" => " (bool)",
            'i' => $" (int{bits})",
            'u' => $" (uint{bits})",
            'f' => $" (float{bits})",
            'c' => $" (complex{bits})",
            'O' => " (object: Python objects)",
            'S' or 'a' => " (bytes)",
            'U' => " (unicode text)",
            'V' => " (void: raw bytes)",
            'M' => " (datetime64)",
            'm' => " (timedelta64)",
            _ => "",
        };
    }
}
