using System.CommandLine;
using HessianKernels.Cli.Output;
using HessianKernels.Storage;

namespace HessianKernels.Cli.Commands;

/// <summary>hk sample: files to try the other commands on.</summary>
internal static class SampleCommand
{
    public static Command Create() => new("sample", "Write files to try the other commands on.")
    {
        Spiked(), Jacobian(), SampleDatasetCommand.Create(),
    };

    private static Command Spiked()
    {
        Argument<string> output = new("OUT.npy") { Description = "The file to write: (n, n), or (batch, n, n) where --batch is given." };
        Option<int> order = Options.Number("--n", "N", "Order of the matrix.", 400);
        Option<int> spikes = Options.Number("--spikes", "K", "Number of eigenvalues outside the bulk, 0 to n.", 5);
        Option<int?> batch = Options.Number<int>("--batch", "B", "Write a stack of so many matrices.");
        Option<ulong> seed = Options.Number<ulong>("--seed", "S", "Names the random numbers: same seed, same bits.", 1);
        Option<bool> force = new("--force") { Description = "Replace an output file that exists." };
        Command command = new(
            "spiked", "A bulk of eigenvalues between -2 and 2 (Wigner's semicircle) and spikes near 4, 6, 8, ... above it.")
        {
            output, order, spikes, batch, seed, force,
        };
        command.SetAction(parsed =>
        {
            int n = parsed.GetValue(order), k = parsed.GetValue(spikes);
            int? count = parsed.GetValue(batch);
            BadInputException.Unless(
                n >= 1 && (long)n * n <= Array.MaxLength, $"--n: found {n}; expected 1 <= N and N * N <= {Array.MaxLength}");
            BadInputException.Unless(k >= 0 && k <= n, $"--spikes: found {k}; expected 0 <= K <= n = {n}");
            BadInputException.Unless(count is null or >= 1, $"--batch: found {count}; expected at least 1");
            long needed = 8L * n * (n + k), available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
            BadInputException.Unless(
                needed <= available,
                $"--n: found a need of {needed >> 20} MiB; expected at most the {available >> 20} MiB of memory available");
            SpikedMatrix matrix = new(n, k, parsed.GetValue(seed));
            OutputFile file = OutputFile.Check("OUT.npy", parsed.GetRequiredValue(output), parsed.GetValue(force), input: null, ".npy")!;
            file.Write((path, overwrite) =>
            {
                using NpyWriter<double> writer = NpyWriter<double>.Create(path, count is { } items ? [items, n, n] : [n, n], overwrite);
                for (int item = 0; item < (count ?? 1); item++) writer.Write(matrix.Generate(item));
                writer.Complete();
            });
            return ExitCode.Converged;
        });
        return command;
    }

    private static Command Jacobian()
    {
        Argument<string> output = new("OUT.npy") { Description = "The file to write, (n, d)." };
        Option<int> examples = Options.Number("--n", "N", "Number of examples.", 64);
        Option<int> parameters = Options.Number("--d", "D", "Number of parameters.", 256);
        Option<int> spikes = Options.Number("--spikes", "K", "Number of directions that all examples share.", 3);
        Option<ulong> seed = Options.Number<ulong>("--seed", "S", "Names the random numbers: same seed, same bits.", 1);
        Option<bool> force = new("--force") { Description = "Replace an output file that exists." };
        Command command = new(
            "jacobian", "A Jacobian of a few directions that all examples share, some of them more than others, and noise: for hk edge.")
        {
            output, examples, parameters, spikes, seed, force,
        };
        command.SetAction(parsed =>
        {
            int n = parsed.GetValue(examples), d = parsed.GetValue(parameters), k = parsed.GetValue(spikes);
            BadInputException.Unless(n >= 1, $"--n: found {n}; expected at least 1");
            BadInputException.Unless(d >= 1, $"--d: found {d}; expected at least 1");
            BadInputException.Unless(k >= 0, $"--spikes: found {k}; expected 0 or more");
            OutputFile file = OutputFile.Check("OUT.npy", parsed.GetRequiredValue(output), parsed.GetValue(force), input: null, ".npy")!;
            SpikedJacobian jacobian = new(n, d, k, parsed.GetValue(seed));
            file.Write((path, overwrite) =>
            {
                using NpyWriter<double> writer = NpyWriter<double>.Create(path, [n, d], overwrite);
                double[] row = new double[d];
                for (int i = 0; i < n; i++)
                {
                    jacobian.Row(i, row);
                    writer.Write(row);
                }

                writer.Complete();
            });
            return ExitCode.Converged;
        });
        return command;
    }
}
