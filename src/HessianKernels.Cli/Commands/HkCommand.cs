using System.CommandLine;
using System.CommandLine.Help;

namespace HessianKernels.Cli.Commands;

/// <summary>hk itself.</summary>
internal static class HkCommand
{
    public static RootCommand Create(CancellationToken cancellation)
    {
        RootCommand root = new("Eigenpairs with proof, spectral density and trace of symmetric matrices, and SGD's edge of stability, from .npy and .npz files; and of networks.")
        {
            TopKCommand.Create(cancellation),
            DensityCommand.Create(cancellation),
            TraceCommand.Create(cancellation),
            EdgeCommand.Create(cancellation),
            BatchCommand.Create(cancellation),
            TrainCommand.Create(cancellation),
            CurvatureCommand.Create(cancellation),
            ExportJacobianCommand.Create(cancellation),
            SampleCommand.Create(),
            ReproduceCommand.Create(cancellation),
            PlotCommand.Create(),
            DevicesCommand.Create(),
        };
        HelpOption help = root.Options.OfType<HelpOption>().First();
        help.Action = new HelpWithExitCodes((HelpAction)help.Action!);
        return root;
    }
}
