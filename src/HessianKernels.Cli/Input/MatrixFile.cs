using System.Numerics;
using HessianKernels.Cli.Output;
using HessianKernels.Operators;
using HessianKernels.Storage;

namespace HessianKernels.Cli.Input;

/// <summary>A file of symmetric matrices, opened and its header found fit; its elements are read by <see cref="Read{T}"/>.</summary>
internal sealed class MatrixFile : IDisposable
{
    private readonly NpyReader _reader;
    private readonly string _path;
    private readonly string? _member;

    private MatrixFile(NpyReader reader, string path, string? member, NpyElementType? asked)
    {
        (_reader, _path, _member) = (reader, path, member);
        NpyHeader header = reader.Header;
        Type = asked ?? header.ElementType;
        string shape = InputFile.Shape(header);
        BadInputException.Unless(
            header.Rank is 2 or 3, $"{path}: found {header.Rank} axes, shape {shape}; expected (n, n) or (batch, n, n)");
        IsStack = header.Rank == 3;
        long rows = header.Shape[^2], columns = header.Shape[^1], batch = IsStack ? header.Shape[0] : 1;
        BadInputException.Unless(header.Count > 0, $"{path}: found no elements, shape {shape}; expected every axis at least 1");
        BadInputException.Unless(
            rows == columns, $"{path}: found {rows} rows and {columns} columns, shape {shape}; expected a square matrix");
        BadInputException.Unless(
            header.Count <= Array.MaxLength, $"{path}: found {header.Count} elements, shape {shape}; expected at most {Array.MaxLength}");
        (Order, Batch) = ((int)rows, (int)batch);
    }

    /// <summary>Order n of each matrix.</summary>
    public int Order { get; }

    /// <summary>Number of matrices, 1 where the file is no stack.</summary>
    public int Batch { get; }

    /// <summary>True where the file has three axes.</summary>
    public bool IsStack { get; }

    /// <summary>What is computed in.</summary>
    public NpyElementType Type { get; }

    private long Elements => _reader.Header.Count;

    // A file in Fortran order is reordered by the library, which for a moment has it twice.
    private bool ReadElsewhere => _reader.Header.FortranOrder;

    /// <summary>Opens a file and checks what its header says.</summary>
    public static MatrixFile Open(string path, string? member, NpyElementType? asked)
    {
        NpyReader reader = InputFile.Open(path, member);
        try
        {
            return new MatrixFile(reader, path, member, asked);
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>Throws where the matrices and a computation's own memory are more than there is.</summary>
    public void RequireMemory(long computation)
    {
        long matrices = Elements * (Type == NpyElementType.Float32 ? sizeof(float) : sizeof(double)) * (ReadElsewhere ? 2 : 1);
        long available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        BadInputException.Unless(
            matrices + computation <= available,
            $"{_path}: found a need of {MiB(matrices)} MiB for the matrices and {MiB(computation)} MiB for the " +
            $"computation, {MiB(matrices + computation)} MiB; expected at most the {available >> 20} MiB of memory available");

        static long MiB(long bytes) => (bytes + (1 << 20) - 1) >> 20;
    }

    /// <summary>Reads the matrices, once, and checks that they are finite and symmetric.</summary>
    public MatrixStack<T> Read<T>(ProgressBoard? board, int threads, CancellationToken cancellation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T[] values = InputFile.ReadRows<T>(_path, _member, _reader, board, cancellation);
        BadInputException.Unless(
            values.LongLength == Elements, $"{_path}: found {values.Length} elements; expected the {Elements} it had when it was opened");
        try
        {
            DenseSymmetric.Validate(values, Order, argument: "", threads: threads);
        }
        catch (ArgumentException e)
        {
            throw BadInputException.From(_path, e);
        }

        return new(values, Order, Batch, IsStack);
    }

    public void Dispose() => _reader.Dispose();
}
