namespace HessianKernels.Storage;

/// <summary>
/// The part of Python's literals that a .npy header may hold: dict, tuple, list, string, integer, True, False and None.
/// </summary>
internal abstract record PythonLiteral
{
    /// <summary>The value in words for a message; of a sequence its length alone.</summary>
    public abstract string Describe();

    /// <summary>Parses all of <paramref name="text"/>; white space may stand around it.</summary>
    /// <exception cref="NpyFormatException">It is not such a literal; names the character and its place.</exception>
    public static PythonLiteral Parse(string text, string file, bool allowLongSuffix) =>
        new PythonLiteralParser(text, file, allowLongSuffix).ParseAll();

    public sealed record Text(string Value) : PythonLiteral
    {
        public override string Describe() => $"the string {NpyFormatException.Quote(Value)}";
    }

    /// <summary>Kept as digits with a sign: it may be longer than any integer type.</summary>
    public sealed record Integer(string Digits) : PythonLiteral
    {
        public override string Describe() => $"the integer {NpyFormatException.Quote(Digits)}";
    }

    public sealed record Boolean(bool Value) : PythonLiteral
    {
        public override string Describe() => Value.ToString();
    }

    public sealed record None : PythonLiteral
    {
        public override string Describe() => "None";
    }

    public sealed record Sequence(IReadOnlyList<PythonLiteral> Items, bool IsTuple) : PythonLiteral
    {
        public override string Describe() => $"a {(IsTuple ? "tuple" : "list")} of {Items.Count}";
    }

    public sealed record Dictionary(IReadOnlyList<(PythonLiteral Key, PythonLiteral Value)> Items) : PythonLiteral
    {
        public override string Describe() => $"a dict of {Items.Count}";
    }
}
