namespace HessianKernels.Cli.Tests;

/// <summary>A folder for one test class, gone after it.</summary>
public sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hk-");

    public string this[string name] => Path.Combine(_folder.FullName, name);

    public IEnumerable<string> Names => Directory.EnumerateFileSystemEntries(_folder.FullName).Select(path => Path.GetFileName(path)!);

    public void Dispose() => _folder.Delete(recursive: true);
}
