namespace HessianKernels.Cli;

/// <summary>What the process says when it ends.</summary>
internal static class ExitCode
{
    public const int Converged = 0, Bug = 1, BadInput = 2, NotConverged = 3, Cancelled = 130;

    /// <summary>The same, for --help.</summary>
    public const string Help =
        """
        Exit codes:
          0    converged, or complete where nothing is to converge
          2    bad input, or an output that cannot be written
          3    not converged, for a stack any of its matrices; what was found is printed
          130  cancelled by SIGINT or SIGTERM; what was found is printed
          1    a bug in hk; HK_DEBUG=1 shows where

        """;
}
