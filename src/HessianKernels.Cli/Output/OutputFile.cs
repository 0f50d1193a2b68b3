using HessianKernels.Storage;

namespace HessianKernels.Cli.Output;

/// <summary>A file that is to be written once the work is done; found fit before it begins.</summary>
internal sealed class OutputFile
{
    private readonly string _option;
    private readonly bool _force;

    private OutputFile(string option, string path, bool force)
    {
        (_option, Path, _force) = (option, path, force);
    }

    public string Path { get; }

    /// <summary>Throws where the file exists and may not be replaced, is the input, or cannot be made; null where none is asked for.</summary>
    public static OutputFile? Check(string option, string? path, bool force, string? input, string extension)
    {
        if (path is null) return null;
        BadInputException.Unless(path.EndsWith(extension, StringComparison.Ordinal), $"{option}: found {path}; expected a name that ends in {extension}");
        BadInputException.Unless(!Directory.Exists(path), $"{option}: found a folder at {path}; expected the name of a file");
        string whole = System.IO.Path.GetFullPath(path), folder = System.IO.Path.GetDirectoryName(whole) ?? whole;
        BadInputException.Unless(Directory.Exists(folder), $"{option}: found no folder {folder}; expected one to write {path} in");
        BadInputException.Unless(input is null || whole != System.IO.Path.GetFullPath(input), $"{option}: found {path}, which is the input; expected another file");
        BadInputException.Unless(force || !File.Exists(path), $"{option}: found {path}, which exists; expected a new file, or --force to replace it");
        OutputFile file = new(option, path, force);
        // Begun and given up: leaves nothing, and fails where the real one would.
        file.Writing(() => NpyWriter<double>.Create(path, [0], force).Dispose());
        return file;
    }

    /// <summary>Writes, with what goes wrong told as bad input. The writer is told the path and whether to replace what stands there.</summary>
    public void Write(Action<string, bool> write) => Writing(() => write(Path, _force));

    /// <summary>Writes to a file, if one is asked for, and prints; what was found is printed though it cannot be written.</summary>
    public static void WriteAndPrint(OutputFile? file, Action<string, bool> write, Action print)
    {
        try
        {
            file?.Write(write);
        }
        catch (BadInputException)
        {
            print();
            throw;
        }

        print();
    }

    private void Writing(Action write)
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
}
