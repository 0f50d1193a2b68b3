using System.CommandLine;
using System.Numerics;
using HessianKernels.Cli.Input;
using HessianKernels.Networks.Models;

namespace HessianKernels.Cli.Commands;

/// <summary>Which model, and at which parameters.</summary>
internal sealed class ModelOptions
{
    private readonly Option<string> _model = new("--model")
    {
        Description = "The model, such as mlp:784-256-256-1:erf or cnn5:3x32x32-10:relu.", HelpName = "SPEC", Required = true,
    };

    private readonly Option<string?> _parameters = new("--parameters")
    {
        Description = "Its parameters: arrays in the order of its layers, weight then bias, of PyTorch's shapes; computed in their type.",
        HelpName = "P.npz",
    };

    private readonly Option<string?> _initialization = new("--init")
    {
        Description = "In place of parameters, random ones that --seed names: pytorch, he, lecun or scaled:FACTOR.", HelpName = "NAME",
    };

    private readonly Option<bool> _float = new("--float") { Description = "With --init: compute in float32; by default in float64." };

    public void AddTo(Command command)
    {
        foreach (Option option in (ReadOnlySpan<Option>)[_model, _parameters, _initialization, _float]) command.Add(option);
    }

    /// <summary>The model, and where its parameters come from, found fit; no number of them is read yet.</summary>
    public ModelSource Open(ParseResult parsed, ulong seed)
    {
        Model model;
        try
        {
            model = ModelSpec.Parse(parsed.GetRequiredValue(_model));
        }
        catch (ModelSpecException e)
        {
            throw new BadInputException(
                $"--model: '{e.Text}', character {e.Position + 1}: found {(e.Found.Length == 0 ? "nothing" : $"'{e.Found}'")}; expected {e.Expected}", e);
        }

        (string? path, string? name) = (parsed.GetValue(_parameters), parsed.GetValue(_initialization));
        string both = path is null ? "neither" : "both";
        BadInputException.Unless(path is null != name is null, $"--parameters, --init: found {both}; expected one of them");
        if (path is null)
        {
            try
            {
                return new(model, null, Initialization.Parse(name!), seed, !parsed.GetValue(_float));
            }
            catch (FormatException e)
            {
                throw new BadInputException($"--init: {e.Message}", e);
            }
        }

        BadInputException.Unless(!parsed.GetValue(_float), "--float: found with --parameters, whose type is computed in; expected --init");
        BadInputException.Unless(!Directory.Exists(path), $"{path}: found a folder; expected a .npz file");
        BadInputException.Unless(File.Exists(path), $"{path}: found no such file; expected a .npz file");
        ParameterFile file = InputFile.Reading(path, () => ParameterFile.Open(path, model));
        return new(model, file, null, seed, file.IsDouble) { Path = path };
    }
}

/// <summary>A model, and where its parameters come from.</summary>
/// <param name="Model">The model.</param>
/// <param name="File">A file of them, or null.</param>
/// <param name="Start">How they are drawn where there is no file.</param>
/// <param name="Seed">Names those.</param>
/// <param name="IsDouble">Whether to compute in double.</param>
internal sealed record ModelSource(Model Model, ParameterFile? File, Initialization? Start, ulong Seed, bool IsDouble)
{
    /// <summary>The file's path.</summary>
    public string? Path { get; init; }

    public T[] Read<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => File is null ? Start!.Parameters<T>(Model, Seed) : InputFile.Reading(Path!, File.Read<T>);
}
