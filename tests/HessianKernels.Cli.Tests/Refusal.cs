using System.CommandLine;
using HessianKernels.Cli.Commands;
using Xunit;

namespace HessianKernels.Cli.Tests;

/// <summary>Bad input to a command run within the test's own process: how that ends as a process, BadInputTests shows.</summary>
internal static class Refusal
{
    /// <summary>The message that arguments are refused with.</summary>
    public static string Of(params string[] arguments)
    {
        ParseResult parsed = HkCommand.Create(CancellationToken.None).Parse(arguments);
        return parsed.Errors.Count > 0 ? string.Join(" ", parsed.Errors.Select(error => error.Message))
            : Assert.Throws<BadInputException>(() => parsed.Invoke(new() { EnableDefaultExceptionHandler = false })).Message;
    }
}
