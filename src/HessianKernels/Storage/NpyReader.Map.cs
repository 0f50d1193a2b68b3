using System.IO.MemoryMappedFiles;
using System.Numerics;

namespace HessianKernels.Storage;

public sealed partial class NpyReader
{
    /// <summary>Whether the first axis runs fastest: in Fortran order, where that makes a difference.</summary>
    internal bool RunsByColumns => Header.FortranOrder && !Header.OrderIsImmaterial;

    /// <summary>Where the first element lies in a file.</summary>
    internal long DataStart => _dataStart;

    /// <summary>The file as mapped memory; null where its numbers do not lie as T does in the processor, or it is no file that the system can map.</summary>
    internal MemoryMappedFile? TryMap<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        bool asTheyLie = ElementEncoding.TypeOf<T>() == Header.ElementType && Header.LittleEndian == BitConverter.IsLittleEndian;
        if (!asTheyLie || _stream is not FileStream { CanSeek: true } file) return null;
        try
        {
            return MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>Throws where a file is shorter than it was when it was opened.</summary>
    internal void RequireWhole()
    {
        long bytes = _stream.Length - _dataStart;
        if (bytes < Header.DataBytes) throw WrongSize($"{bytes}");
    }
}
