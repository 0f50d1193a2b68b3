namespace HessianKernels.Storage;

/// <summary>
/// A file that appears at its path whole or not at all: written under a temporary name in the same folder, so that the move into place
/// is a rename within one file system. A symbolic link at the path is replaced, not followed.
/// </summary>
internal sealed class AtomicFile : IDisposable
{
    private readonly string _path;
    private readonly string _temporary;
    private readonly bool _overwrite;
    private bool _committed;

    /// <exception cref="IOException">Something stands at the path and is not to be replaced, or is a folder, or its folder is
    /// missing.</exception>
    public AtomicFile(string path, bool overwrite)
    {
        (_path, _overwrite) = (Path.GetFullPath(path), overwrite);
        string folder = Path.GetDirectoryName(_path) ?? throw Refusal("is a folder");
        if (Directory.Exists(_path))
            throw Refusal("is a folder");
        if (!overwrite && File.Exists(_path))
            throw Refusal("exists already, and overwriting it was not asked for");
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"'{_path}' cannot be written: the folder '{folder}' does not exist.");

        _temporary = Path.Combine(folder, $".{Guid.NewGuid():N}.tmp");
        Stream = new FileStream(_temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1 << 16);
    }

    /// <summary>What is written to before <see cref="Commit"/>.</summary>
    public FileStream Stream { get; }

    /// <summary>Closes the file and moves it into place.</summary>
    public void Commit()
    {
        // Without this a power cut could leave the new name on blocks that never reached the disk.
        Stream.Flush(flushToDisk: true);
        Stream.Dispose();
        File.Move(_temporary, _path, _overwrite);
        _committed = true;
    }

    /// <summary>Closes the file and, where it was not committed, removes it.</summary>
    public void Dispose()
    {
        if (_committed)
            return;
        try
        {
            Stream.Dispose();
        }
        catch (IOException)
        {
            // A full disk fails to flush the rest of a file that is about to be removed.
        }

        File.Delete(_temporary);
    }

    private IOException Refusal(string reason) => new($"'{_path}' {reason}.");
}
