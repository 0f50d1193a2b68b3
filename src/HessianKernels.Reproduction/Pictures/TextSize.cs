namespace HessianKernels.Reproduction.Pictures;

/// <summary>How wide a text is at most, in the fonts that a reader of SVG is likely to have.</summary>
internal static class TextSize
{
    /// <param name="text">One line.</param>
    /// <param name="size">Of the font, in pixels.</param>
    /// <param name="bold">Whether it is set in bold.</param>
    public static double Width(string text, double size, bool bold = false)
    {
        double width = 0;
        foreach (char c in text) width += Share(c);
        return width * size * (bold ? 1.12 : 1);
    }

    /// <summary>Lines no wider than a width, broken at spaces.</summary>
    public static List<string> Wrap(string text, double width, double size, bool bold = false)
    {
        List<string> lines = [];
        string line = "";
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string longer = line.Length == 0 ? word : $"{line} {word}";
            if (line.Length > 0 && Width(longer, size, bold) > width)
            {
                lines.Add(line);
                line = word;
            }
            else
            {
                line = longer;
            }
        }

        lines.Add(line);
        return lines;
    }

    // Of the wider of the usual sans-serif fonts.
    private static double Share(char c) => c switch
    {
        'i' or 'l' or 'j' or '.' or ',' or ':' or ';' or '\'' or '|' or '!' or 'I' => 0.33,
        'f' or 't' or 'r' or ' ' or '(' or ')' or '[' or ']' or '/' => 0.41,
        'm' or 'w' or 'M' or 'W' or '%' or '@' => 0.98,
        >= 'A' and <= 'Z' => 0.72,
        '=' or '<' or '>' or '+' or '−' or '×' or '~' => 0.84,
        _ => 0.635,
    };
}
