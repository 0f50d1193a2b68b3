using System.Numerics;

namespace HessianKernels.Storage;

/// <summary>Element types as numpy's dtype strings and as this library's type arguments.</summary>
internal static partial class ElementEncoding
{
    private const string Floats = "float32 ('<f4', '>f4') or float64 ('<f8', '>f8')";
    private const string Numbers = Floats + ", or integers of 8 to 64 bits or bool";

    // In the order of the enumeration.
    private static readonly string[] s_descr = ["f4", "f8", "b1", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8"];

    public static int SizeOf(NpyElementType type) => DescrOf(type)[1] - '0';

    /// <summary>numpy's name of a type, such as <c>f8</c>.</summary>
    public static string DescrOf(NpyElementType type) => (uint)type < (uint)s_descr.Length
        ? s_descr[(int)type]
        : throw new ArgumentOutOfRangeException(nameof(type), type, "No such element type.");

    public static bool IsInteger(NpyElementType type) => type > NpyElementType.Float64;

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

    /// <summary>Reads numpy's dtype string; everything but float32, float64 and, where they are allowed, integers is refused by its
    /// name.</summary>
    public static (NpyElementType Type, bool LittleEndian) ParseDescr(PythonLiteral descr, string file, bool integers)
    {
        string supported = integers ? Numbers : Floats;
        if (descr is PythonLiteral.Sequence sequence)
        {
            string kind = sequence.IsTuple ? "a subarray dtype" : $"a structured dtype of {sequence.Items.Count} fields";
            throw new NpyFormatException(file, "descr", kind, supported);
        }

        if (descr is not PythonLiteral.Text { Value: var text })
            throw new NpyFormatException(file, "descr", descr.Describe(), supported);

        char order = text.Length > 0 && text[0] is '<' or '>' or '=' or '|' ? text[0] : '=';
        string type = text.TrimStart('<', '>', '=', '|');

        // '=' and '|' mean the machine's own order, as in numpy.
        bool littleEndian = order == '<' || (order != '>' && BitConverter.IsLittleEndian);
        int known = Array.IndexOf(s_descr, type == "?" ? "b1" : type);
        if (known < 0 || text.Length - type.Length > 1 || (IsInteger((NpyElementType)known) && !integers))
            throw new NpyFormatException(file, "descr", $"{NpyFormatException.Quote(text)}{NameOf(type)}", supported);
        return ((NpyElementType)known, littleEndian);
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
