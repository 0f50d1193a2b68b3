using System.CommandLine;
using System.Numerics;
using HessianKernels.Cli.Input;
using HessianKernels.Cli.Output;
using HessianKernels.Networks.Data;
using HessianKernels.Networks.Tensors;

namespace HessianKernels.Cli.Commands;

/// <summary>hk sample dataset: examples to train on where no benchmark's files are at hand.</summary>
internal sealed class SampleDatasetCommand
{
    private const string Mixture = "mixture", Answers = "teacher", Classes = "teacher-classes";

    private readonly Argument<string> _output = new("OUT.npz") { Description = "The file to write: X and Y, as hk train and hk curvature read them." };

    private readonly Option<string> _kind = Options.Choice(
        "--kind", "KIND",
        "mixture: images around a picture a class, in noise; teacher: a random network's answers; teacher-classes: its largest answer.",
        Mixture, Answers, Classes);

    private readonly Option<int> _examples = Options.Number("--n", "N", "Number of examples.", 1000);
    private readonly Option<long> _first = Options.Number(
        "--first", "I", "The first example's number: with the same seed and I = N, examples to test on.", 0L);

    private readonly Option<string> _shape = new("--shape")
    {
        Description = "Of an input: D, HxW or CxHxW; a teacher takes vectors.", HelpName = "SHAPE", DefaultValueFactory = _ => "64",
    };

    private readonly Option<int> _outputs = Options.Number(
        "--outputs", "C", "Classes of a mixture; a teacher's answers to an input, from 1 for two classes.", 10);

    private readonly Option<double> _separation = Options.Number(
        "--separation", "S", "Norm of a mixture's pictures; the noise has deviation 1 in every direction.", 4.0);

    private readonly Option<int> _components = Options.Number("--components", "M", "Pictures of a class.", 1);
    private readonly Option<int> _hidden = Options.Number("--hidden", "H", "Hidden units of the teacher.", 16);
    private readonly Option<double> _noise = Options.Number(
        "--noise", "E", "Share of labels drawn anew in a mixture, 0 to 1; deviation of what is added to a teacher's answers.", 0.0);

    private readonly Option<bool> _float = new("--float") { Description = "Write float32; by default float64." };
    private readonly Option<ulong> _seed = Options.Number<ulong>("--seed", "S", "Names the random numbers: same seed, same bits.", 1);
    private readonly Option<bool> _force = new("--force") { Description = "Replace an output file that exists." };

    public static Command Create()
    {
        SampleDatasetCommand sample = new();
        Command command = new("dataset", "Examples for hk train and hk curvature, from a seed alone.")
        {
            sample._output, sample._kind, sample._examples, sample._first, sample._shape, sample._outputs, sample._separation,
            sample._components, sample._hidden, sample._noise, sample._float, sample._seed, sample._force,
        };
        command.SetAction(parsed => parsed.GetValue(sample._float) ? sample.Run<float>(parsed) : sample.Run<double>(parsed));
        return command;
    }

    private int Run<T>(ParseResult parsed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int n = AtLeast(parsed, _examples, 1), outputs = AtLeast(parsed, _outputs, 1);
        int hidden = AtLeast(parsed, _hidden, 1), components = AtLeast(parsed, _components, 1);
        long first = parsed.GetValue(_first);
        BadInputException.Unless(first >= 0, $"--first: found {first}; expected 0 or more");
        TensorShape shape = ShapeText.Parse("--shape", parsed.GetRequiredValue(_shape));
        string kind = parsed.GetRequiredValue(_kind);
        BadInputException.Unless(kind != Mixture || outputs >= 2, $"--outputs: found {outputs}; expected at least 2 classes of a mixture");
        BadInputException.Unless(
            kind == Mixture || shape.IsVector, $"--shape: found {parsed.GetValue(_shape)}; expected D, as a teacher takes vectors");
        double noise = parsed.GetValue(_noise), separation = parsed.GetValue(_separation);
        BadInputException.Unless(
            kind == Mixture ? noise is >= 0 and <= 1 : noise >= 0 && double.IsFinite(noise),
            FormattableString.Invariant($"--noise: found {noise}; expected {(kind == Mixture ? "0 to 1" : "a finite number of at least 0")}"));
        BadInputException.Unless(
            separation >= 0 && double.IsFinite(separation),
            FormattableString.Invariant($"--separation: found {separation}; expected a finite number of at least 0"));
        RequireMemory<T>(n, shape, kind == Mixture ? (long)outputs * components : hidden);
        OutputFile file = OutputFile.Check("OUT.npz", parsed.GetRequiredValue(_output), parsed.GetValue(_force), input: null, ".npz")!;

        ulong seed = parsed.GetValue(_seed);
        DataSet<T> data = kind == Mixture
            ? new GaussianMixture(shape, outputs, separation, components, noise, seed: seed).Draw<T>(n, first)
            : kind == Answers ? new Teacher(shape.Length, outputs, hidden, noise, seed: seed).Draw<T>(n, first)
            : new Teacher(shape.Length, outputs, hidden, noise, seed: seed).DrawClasses<T>(n, first);
        file.Write((path, overwrite) => DataFile.Write(data, path, overwrite));
        return ExitCode.Converged;
    }

    private static unsafe void RequireMemory<T>(int n, TensorShape shape, long pictures)
        where T : unmanaged
    {
        BadInputException.Unless(
            (long)n * shape.Length <= Array.MaxLength && pictures * shape.Length <= Array.MaxLength,
            $"--n: found {n} examples of {shape.Length} numbers; expected at most {Array.MaxLength} numbers");
        long needed = (long)n * shape.Length * sizeof(T) + 2 * sizeof(double) * pictures * shape.Length;
        long available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        BadInputException.Unless(
            needed <= available,
            $"--n: found a need of {needed >> 20} MiB; expected at most the {available >> 20} MiB of memory available");
    }

    private static int AtLeast(ParseResult parsed, Option<int> option, int least)
    {
        int value = parsed.GetValue(option);
        BadInputException.Unless(value >= least, $"{option.Name}: found {value}; expected at least {least}");
        return value;
    }
}
