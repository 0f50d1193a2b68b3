namespace HessianKernels.Cli;

/// <summary>The user's input is at fault: the message, one line, names what, what was found and what was expected.</summary>
internal sealed class BadInputException(string message, Exception? cause = null) : Exception(message.ReplaceLineEndings(" "), cause)
{
    /// <summary>The message of a library's exception without the lines that the runtime adds: the parameter's name, the value.</summary>
    public static BadInputException From(string what, ArgumentException e)
    {
        string message = e.Message;
        foreach (string added in (ReadOnlySpan<string>)[" (Parameter '", "\n", "\r"])
            if (message.IndexOf(added, StringComparison.Ordinal) is >= 0 and var end) message = message[..end];
        return new($"{what}: {message}", e);
    }

    /// <summary>Throws unless a condition on the input holds.</summary>
    public static void Unless(bool holds, string message)
    {
        if (!holds) throw new BadInputException(message);
    }
}
