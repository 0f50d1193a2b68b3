namespace HessianKernels.Cli.Output;

/// <summary>The folder of a training run: found fit before the run begins, and written to as it goes.</summary>
internal sealed class RunFolder
{
    private readonly string _option;

    private RunFolder(string option, string path) => (_option, Path) = (option, path);

    public string Path { get; }

    public string Curve => File("curve.csv");

    public string Report => File("report.html");

    public string CurveArrays => File("curve.npz");

    public string Parameters => File("parameters.npz");

    public string Checkpoint => File("checkpoint.npz");

    /// <summary>Makes the folder; throws where it holds something and neither goes on from there nor may replace it.</summary>
    public static RunFolder Open(string option, string path, bool resume, bool force)
    {
        RunFolder folder = new(option, path);
        BadInputException.Unless(!System.IO.File.Exists(path), $"{option}: found a file at {path}; expected the name of a folder");
        bool started = System.IO.File.Exists(folder.Checkpoint);
        BadInputException.Unless(!resume || started, $"--resume: found no checkpoint.npz in {path}; expected one that hk train left");
        bool empty = !Directory.Exists(path) || !Directory.EnumerateFileSystemEntries(path).Any();
        BadInputException.Unless(
            resume || empty || (force && started),
            started ? $"{option}: found a run in {path}; expected a new folder, --resume to go on or --force to replace it"
                : $"{option}: found other files in {path}; expected a new or empty folder");
        folder.Writing(() => Directory.CreateDirectory(path));
        return folder;
    }

    /// <summary>Writes, with what goes wrong told as bad input.</summary>
    public void Writing(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"{_option}: {Path}: {e.Message}", e);
        }
    }

    private string File(string name) => System.IO.Path.Combine(Path, name);
}
