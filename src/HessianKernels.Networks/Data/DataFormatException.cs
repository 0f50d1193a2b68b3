namespace HessianKernels.Networks.Data;

/// <summary>
/// A file of examples is damaged, cut short, of another kind than its name says, or holds what cannot be learned from. The message names
/// the file, the part at fault, what was found and what was expected. What is wrong with a .npy array itself is a
/// <see cref="Storage.NpyFormatException"/>; a file that cannot be opened at all an <see cref="IOException"/>.
/// </summary>
public sealed class DataFormatException : FormatException
{
    /// <summary>An exception with an empty account of the fault.</summary>
    public DataFormatException()
    {
    }

    /// <summary>An exception with the given message.</summary>
    public DataFormatException(string message)
        : base(message)
    {
    }

    /// <summary>An exception with the given message and cause.</summary>
    public DataFormatException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal DataFormatException(string file, string field, string found, string expected, Exception? cause = null)
        : base($"{file}: {field}: found {found}; expected {expected}.", cause)
        => (File, Field, Found, Expected) = (file, field, found, expected);

    /// <summary>The file, and for an archive the member, at fault.</summary>
    public string File { get; } = "";

    /// <summary>The part of the file at fault, such as <c>magic</c> or <c>label</c>.</summary>
    public string Field { get; } = "";

    /// <summary>What stands there.</summary>
    public string Found { get; } = "";

    /// <summary>What should stand there.</summary>
    public string Expected { get; } = "";
}
