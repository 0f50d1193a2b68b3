namespace HessianKernels.Storage;

/// <summary>
/// The content of a .npy or .npz file is malformed, contradicts itself, or is of a kind that is not read. The message names the
/// file, the field, what was found and what was expected. A file that cannot be opened at all is an <see cref="IOException"/>.
/// </summary>
public sealed class NpyFormatException : FormatException
{
    /// <summary>An exception with an empty account of the fault.</summary>
    public NpyFormatException()
    {
    }

    /// <summary>An exception with the given message.</summary>
    public NpyFormatException(string message)
        : base(message)
    {
    }

    /// <summary>An exception with the given message and cause.</summary>
    public NpyFormatException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal NpyFormatException(string file, string field, string found, string expected, Exception? cause = null)
        : base($"{file}: {field}: found {found}; expected {expected}.", cause)
    {
        (File, Field, Found, Expected) = (file, field, found, expected);
    }

    /// <summary>The file, and for an archive the member, at fault.</summary>
    public string File { get; } = "";

    /// <summary>The part of the file at fault, such as <c>shape</c> or <c>data</c>.</summary>
    public string Field { get; } = "";

    /// <summary>What stands there.</summary>
    public string Found { get; } = "";

    /// <summary>What should stand there.</summary>
    public string Expected { get; } = "";

    /// <summary>Text from an untrusted file, made fit for a message: one line, printable ASCII, at most 100 characters.</summary>
    internal static string Quote(ReadOnlySpan<char> text)
    {
        const int longest = 100;
        var quoted = new System.Text.StringBuilder("\"");
        foreach (char c in text[..Math.Min(text.Length, longest)])
        {
            if (c is >= ' ' and <= '~')
                quoted.Append(c);
            else
                quoted.Append($"\\u{(int)c:x4}");
        }

        return quoted.Append(text.Length > longest ? "...\"" : "\"").ToString();
    }
}
