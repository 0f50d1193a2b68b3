using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace HessianKernels.Cli.Commands;

/// <summary>The usual help, and what the exit codes mean after it.</summary>
internal sealed class HelpWithExitCodes(HelpAction help) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        int exitCode = help.Invoke(parseResult);
        parseResult.InvocationConfiguration.Output.WriteLine(ExitCode.Help);
        return exitCode;
    }
}
