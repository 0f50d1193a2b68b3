using System.Globalization;

namespace HessianKernels.Networks.Models;

/// <summary>A place in a model's text, and what can be read from there.</summary>
internal sealed class SpecCursor(string text)
{
    /// <summary>Next character to be read.</summary>
    public int Position { get; private set; }

    /// <summary>Whether the part between two colons, or the text, ends here.</summary>
    public bool PartEnds => Position == text.Length || text[Position] == ':';

    /// <summary>The word before the first colon, one of those known; leaves the place after the colon.</summary>
    public string Family(IReadOnlyList<string> known)
    {
        string found = Rest();
        if (!known.Contains(found)) throw Unexpected($"one of {string.Join(", ", known)}");
        Position += found.Length;
        Take(':', "':' and the sizes");
        return found;
    }

    /// <summary>A whole number of at least 1.</summary>
    public int Number(string what)
    {
        int end = Position;
        while (end < text.Length && char.IsAsciiDigit(text[end])) end++;
        if (!int.TryParse(text.AsSpan(Position, end - Position), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            || number < 1)
            throw Unexpected($"{what}, a whole number from 1 to {int.MaxValue}");
        Position = end;
        return number;
    }

    /// <summary>A decimal number where one stands here, else nothing.</summary>
    public bool TryDecimal(out double number)
    {
        string found = Rest();
        if (!double.TryParse(found, NumberStyles.Float, CultureInfo.InvariantCulture, out number) || !double.IsFinite(number)) return false;
        Position += found.Length;
        return true;
    }

    /// <summary>Letters and hyphens.</summary>
    public string Name()
    {
        int end = Position;
        while (end < text.Length && (char.IsAsciiLetterLower(text[end]) || text[end] == '-')) end++;
        string name = text[Position..end];
        Position = end;
        return name;
    }

    /// <summary>Reads one character if it stands here.</summary>
    public bool TryTake(char character)
    {
        if (Position == text.Length || text[Position] != character) return false;
        Position++;
        return true;
    }

    /// <summary>Reads one character, which must stand here.</summary>
    public void Take(char character, string what)
    {
        if (!TryTake(character)) throw Unexpected(what);
    }

    /// <summary>Whether the text ends here.</summary>
    public bool Ends => Position == text.Length;

    /// <summary>Goes back to a place read before.</summary>
    public void Return(int position) => Position = position;

    /// <summary>What is to be said where something else was expected.</summary>
    public ModelSpecException Unexpected(string expected) => new(text, Position, Rest(), expected);

    /// <summary>The text up to the next colon.</summary>
    private string Rest() => text.IndexOf(':', Position) is >= 0 and int end ? text[Position..end] : text[Position..];
}
