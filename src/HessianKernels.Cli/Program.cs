using System.CommandLine;
using System.Runtime.InteropServices;
using HessianKernels.Cli.Commands;

namespace HessianKernels.Cli;

/// <summary>Parses, runs, and makes every failure one line on the standard error and an exit code.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        using CancellationTokenSource cancellation = new();

        // The first signal asks for the partial result; a second one ends the process as it would have without us.
        void Cancel(PosixSignalContext signal)
        {
            signal.Cancel = !cancellation.IsCancellationRequested;
            cancellation.Cancel();
        }

        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
        try
        {
            // No response files: a path may begin with @.
            ParseResult parsed = HkCommand.Create(cancellation.Token).Parse(arguments, new() { ResponseFileTokenReplacer = null });
            if (parsed.Errors.Count == 0) return parsed.Invoke(new() { EnableDefaultExceptionHandler = false });
            string errors = string.Join(" ", parsed.Errors.Select(error => error.Message.ReplaceLineEndings(" ")).Distinct());
            Console.Error.WriteLine($"hk: {errors} (see hk --help)");
            return ExitCode.BadInput;
        }
        catch (BadInputException e)
        {
            return Fail(e, e.Message, ExitCode.BadInput);
        }
        catch (OperationCanceledException e)
        {
            return Fail(e, "cancelled before there was a result", ExitCode.Cancelled);
        }
        catch (OutOfMemoryException e)
        {
            return Fail(e, "not enough memory", ExitCode.BadInput);
        }
        catch (IOException e)
        {
            // Files tell of themselves where they are read and written; what is left is the standard output.
            return Fail(e, $"the output cannot be written: {e.Message}", ExitCode.BadInput);
        }
        catch (Exception e)
        {
            string where = Debugging ? "" : "; HK_DEBUG=1 shows where";
            return Fail(e, $"{e.GetType().Name}: {e.Message.ReplaceLineEndings(" ")} (this is a bug{where})", ExitCode.Bug);
        }
    }

    private static bool Debugging => Environment.GetEnvironmentVariable("HK_DEBUG") == "1";

    private static int Fail(Exception exception, string message, int exitCode)
    {
        Console.Error.WriteLine($"hk: {message}");
        if (Debugging) Console.Error.WriteLine(exception);
        return exitCode;
    }
}
