using System.CommandLine;
using System.CommandLine.Help;

namespace HessianKernels.Cli.Commands;

/// <summary>hk itself.</summary>
internal static class HkCommand
{
    public static RootCommand Create(CancellationToken cancellation)
    {
        RootCommand root = new("Eigenpairs with proof, spectral density and trace of symmetric matrices, and SGD's edge of stability, from .npy and .npz files.")
        {
            TopKCommand.Create(cancellation),
            DensityCommand.Create(cancellation),
            TraceCommand.Create(cancellation),
            EdgeCommand.Create(cancellation),
            BatchCommand.Create(cancellation),
            SampleCommand.Create(),
            DevicesCommand.Create(),
        };
        HelpOption help = root.Options.OfType<HelpOption>().First();
        help.Action = new HelpWithExitCodes((HelpAction)help.Action!);
        return root;
    }
}
