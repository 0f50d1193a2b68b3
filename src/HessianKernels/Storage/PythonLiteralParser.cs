using System.Text;

namespace HessianKernels.Storage;

/// <summary>A recursive-descent parser of <see cref="PythonLiteral"/>, one pass over the text.</summary>
internal sealed class PythonLiteralParser(string text, string file, bool allowLongSuffix)
{
    // The depth of a nested structured dtype that somebody meant; an attack of 60000 brackets must not overflow the stack.
    private const int MaxDepth = 32;

    private int _at;
    private int _depth;

    public PythonLiteral ParseAll()
    {
        PythonLiteral value = ParseValue();
        SkipSpace();
        return _at == text.Length ? value : throw Unexpected("nothing after the literal");
    }

    private PythonLiteral ParseValue()
    {
        SkipSpace();
        char next = Peek();
        if (next is '{' or '(' or '[')
        {
            if (++_depth > MaxDepth)
                throw new NpyFormatException(file, "header", $"brackets nested over {MaxDepth} deep", "a flat dict");
            _at++;
            PythonLiteral nested = next == '{' ? ParseDictionary() : ParseSequence(isTuple: next == '(');
            _depth--;
            return nested;
        }

        if (next is '\'' or '"')
            return ParseText(next);
        if (char.IsAsciiDigit(next) || next is '-' or '+')
            return ParseInteger();
        if (TryWord("True"))
            return new PythonLiteral.Boolean(true);
        if (TryWord("False"))
            return new PythonLiteral.Boolean(false);
        return TryWord("None") ? new PythonLiteral.None() : throw Unexpected("a Python dict literal");
    }

    private PythonLiteral.Dictionary ParseDictionary()
    {
        var items = new List<(PythonLiteral, PythonLiteral)>();
        while (!TrySkip('}'))
        {
            PythonLiteral key = ParseValue();
            Skip(':', "':' after a key");
            items.Add((key, ParseValue()));
            if (!TrySkip(','))
            {
                Skip('}', "',' or '}'");
                break;
            }
        }

        return new PythonLiteral.Dictionary(items);
    }

    private PythonLiteral ParseSequence(bool isTuple)
    {
        char close = isTuple ? ')' : ']';
        var items = new List<PythonLiteral>();
        bool comma = false;
        while (!TrySkip(close))
        {
            items.Add(ParseValue());
            comma = TrySkip(',');
            if (!comma)
            {
                Skip(close, $"',' or '{close}'");
                break;
            }
        }

        // In Python (3) is the number 3; (3,) is the tuple.
        return isTuple && items.Count == 1 && !comma ? items[0] : new PythonLiteral.Sequence(items, isTuple);
    }

    private PythonLiteral.Text ParseText(char quote)
    {
        var value = new StringBuilder();
        for (_at++; Peek() != quote; _at++)
        {
            if (Peek() is '\0' or '\n' or '\r')
                throw Unexpected("the end of a string");
            if (Peek() == '\\' && _at + 1 < text.Length && text[_at + 1] is '\\' or '\'' or '"')
                _at++;
            value.Append(text[_at]);
        }

        _at++;
        return new PythonLiteral.Text(value.ToString());
    }

    private PythonLiteral.Integer ParseInteger()
    {
        int start = _at;
        if (Peek() is '-' or '+')
            _at++;
        int digits = _at;
        while (char.IsAsciiDigit(Peek()))
            _at++;
        if (_at == digits)
            throw Unexpected("a digit");
        string value = text[start.._at];

        // Python 2 wrote long integers as 3L.
        if (allowLongSuffix && Peek() == 'L')
            _at++;
        return Peek() is '.' or '_' || char.IsAsciiLetter(Peek()) ? throw Unexpected("an integer") : new PythonLiteral.Integer(value);
    }

    private bool TryWord(string word)
    {
        if (!text.AsSpan(_at).StartsWith(word))
            return false;
        _at += word.Length;
        return true;
    }

    private void SkipSpace()
    {
        while (Peek() is ' ' or '\n' or '\r' or '\t')
            _at++;
    }

    private bool TrySkip(char c)
    {
        SkipSpace();
        if (Peek() != c)
            return false;
        _at++;
        return true;
    }

    private void Skip(char c, string expected)
    {
        if (!TrySkip(c))
            throw Unexpected(expected);
    }

    private char Peek() => _at < text.Length ? text[_at] : '\0';

    private NpyFormatException Unexpected(string expected)
    {
        string found = _at < text.Length ? $"{NpyFormatException.Quote(text.AsSpan(_at, 1))} at character {_at}" : "the end of the header";
        return new NpyFormatException(file, "header", $"{found} of {NpyFormatException.Quote(text)}", expected);
    }
}
