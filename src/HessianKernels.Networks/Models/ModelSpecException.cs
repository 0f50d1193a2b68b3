namespace HessianKernels.Networks.Models;

/// <summary>A model's text that cannot be read: where, what stands there, and what may stand there.</summary>
public sealed class ModelSpecException : FormatException
{
    /// <summary>An exception that says nothing.</summary>
    public ModelSpecException()
    {
    }

    /// <summary>An exception with a message.</summary>
    public ModelSpecException(string message)
        : base(message)
    {
    }

    /// <summary>An exception with a message and a cause.</summary>
    public ModelSpecException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal ModelSpecException(string text, int position, string found, string expected, Exception? cause = null)
        : base($"Model '{text}', character {position + 1}: found {(found.Length == 0 ? "nothing" : $"'{found}'")}; expected {expected}.",
            cause)
        => (Text, Position, Found, Expected) = (text, position, found, expected);

    /// <summary>The whole text.</summary>
    public string Text { get; } = "";

    /// <summary>Where it cannot be read on, counted from 0.</summary>
    public int Position { get; }

    /// <summary>What stands there.</summary>
    public string Found { get; } = "";

    /// <summary>What may stand there.</summary>
    public string Expected { get; } = "";
}
