using HessianKernels.Cli.Output;
using HessianKernels.Storage;

namespace HessianKernels.Cli.Input;

/// <summary>A .npy or .npz file that the user named; what goes wrong with it is told as bad input.</summary>
internal static class InputFile
{
    // Elements between two looks at the cancellation token.
    private const int StepElements = 1 << 20;

    /// <summary>Opens a file whose header can be read.</summary>
    public static NpyReader Open(string path, string? member)
    {
        BadInputException.Unless(!Directory.Exists(path), $"{path}: found a folder; expected a .npy or .npz file");
        BadInputException.Unless(File.Exists(path), $"{path}: found no such file; expected a .npy or .npz file");
        return Reading(path, () => NumericFile.Open(path, member));
    }

    /// <summary>A shape as Python writes it.</summary>
    public static string Shape(NpyHeader header) => $"({string.Join(", ", header.Shape)}{(header.Rank == 1 ? "," : "")})";

    /// <summary>Reads all elements in the order of the file.</summary>
    public static T[] ReadElements<T>(string path, NpyReader reader, ProgressBoard? board, CancellationToken cancellation)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
        => Reading(path, () =>
        {
            if (board is not null) board.Elements = reader.Header.Count;
            T[] values = GC.AllocateUninitializedArray<T>((int)reader.Header.Count);
            for (int done = 0; done < values.Length;)
            {
                cancellation.ThrowIfCancellationRequested();
                done += reader.ReadElements(values.AsSpan(done, Math.Min(StepElements, values.Length - done)));
                board?.Report((long)done);
            }

            return values;
        });

    /// <summary>Reads all elements in C order, whatever the file's.</summary>
    public static T[] ReadRows<T>(string path, string? member, NpyReader reader, ProgressBoard? board, CancellationToken cancellation)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
        => reader.Header.FortranOrder
            ? Reading(path, () => NumericFile.Read<T>(path, member, board, cancellation).Values)
            : ReadElements<T>(path, reader, board, cancellation);

    /// <summary>Does what reads a file, with what goes wrong there told as bad input.</summary>
    public static TResult Reading<TResult>(string path, Func<TResult> read)
    {
        try
        {
            return read();
        }
        catch (NpyFormatException e)
        {
            string field = e.Field == "member" ? "--member" : e.Field;
            throw new BadInputException(e.File.Length == 0 ? e.Message : $"{e.File}: {field}: found {e.Found}; expected {e.Expected}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new BadInputException(e.Message.Contains(path, StringComparison.Ordinal) ? e.Message : $"{path}: {e.Message}", e);
        }
    }
}
