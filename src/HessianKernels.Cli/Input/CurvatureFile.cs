using HessianKernels.Cli.Output;
using HessianKernels.SecondMoment;
using HessianKernels.Storage;

namespace HessianKernels.Cli.Input;

/// <summary>What a file of curvatures holds.</summary>
internal enum CurvatureForm
{
    /// <summary>J, (n, d).</summary>
    Jacobian,

    /// <summary>F, (n, r, d).</summary>
    Factors,

    /// <summary>H, (n, d, d).</summary>
    Hessians,
}

/// <summary>A file of the curvatures of n examples, opened and its header found fit; its elements are read by <see cref="Read"/>.</summary>
internal sealed class CurvatureFile : IDisposable
{
    private readonly NpyReader _reader;
    private readonly string _path;
    private readonly string? _member;
    private readonly CurvatureForm _form;

    private CurvatureFile(NpyReader reader, string option, string path, string? member, CurvatureForm form)
    {
        (_reader, _path, _member, _form) = (reader, path, member, form);
        NpyHeader header = reader.Header;
        string shape = InputFile.Shape(header), expected = form switch
        {
            CurvatureForm.Jacobian => "(n, d)", CurvatureForm.Factors => "(n, r, d)", _ => "(n, d, d)",
        };
        BadInputException.Unless(
            header.Rank == (form == CurvatureForm.Jacobian ? 2 : 3),
            $"{option}: {path}: found {header.Rank} axes, shape {shape}; expected {expected}");
        BadInputException.Unless(header.Count > 0, $"{option}: {path}: found no elements, shape {shape}; expected every axis at least 1");
        BadInputException.Unless(
            form != CurvatureForm.Hessians || header.Shape[1] == header.Shape[2],
            $"{option}: {path}: found shape {shape}; expected square matrices, {expected}");
        long rows = header.Count / header.Shape[^1];
        BadInputException.Unless(
            rows <= Array.MaxLength, $"{option}: {path}: found {rows} rows, shape {shape}; expected at most {Array.MaxLength}");
        (Examples, Parameters) = ((int)header.Shape[0], header.Shape[^1]);
        Rows = form == CurvatureForm.Jacobian ? 1 : (int)header.Shape[1];
        // A column a parameter: with more of them than rows the Gram matrix is the smaller one, and all that is kept.
        IsStreamed = form != CurvatureForm.Hessians && reader.CanSeek && rows <= Parameters;
        BadInputException.Unless(
            IsStreamed || header.Count <= Array.MaxLength,
            $"{option}: {path}: found {header.Count} elements, shape {shape}; expected at most {Array.MaxLength}");
    }

    /// <summary>n.</summary>
    public int Examples { get; }

    /// <summary>r; d for Hessians, whose rank is known once they are read.</summary>
    public int Rows { get; }

    /// <summary>d.</summary>
    public long Parameters { get; }

    /// <summary>Whether only the Gram matrix is kept, the file passing by.</summary>
    public bool IsStreamed { get; }

    /// <summary>Bytes held once the file is read.</summary>
    public long HeldBytes
        => IsStreamed ? JacobianFile.RequiredBytes(Examples, Rows, 1) / 2
            : _form == CurvatureForm.Hessians ? sizeof(double) * _reader.Header.Count : _reader.Header.DataBytes;

    /// <summary>Bytes taken while it is read, what is held then among them.</summary>
    public long ReadingBytes
        => IsStreamed ? JacobianFile.RequiredBytes(Examples, Rows)
            : _reader.Header.DataBytes * (_reader.Header.FortranOrder ? 2 : 1) + (_form == CurvatureForm.Hessians ? 2 * HeldBytes : 0);

    public static CurvatureFile Open(string option, string path, string? member, CurvatureForm form)
    {
        NpyReader reader = InputFile.Open(path, member);
        try
        {
            return new(reader, option, path, member, form);
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>Reads the file, once.</summary>
    public CurvatureSet Read(ProgressBoard? board, int threads, CancellationToken cancellation)
    {
        try
        {
            if (IsStreamed) return InputFile.Reading(_path, () => Stream(board, threads, cancellation));
            return _reader.Header.ElementType == NpyElementType.Float32 ? Take<float>(board, threads, cancellation)
                : Take<double>(board, threads, cancellation);
        }
        catch (ArgumentException e)
        {
            throw BadInputException.From(_path, e);
        }
    }

    public void Dispose() => _reader.Dispose();

    private CurvatureSet Stream(ProgressBoard? board, int threads, CancellationToken cancellation)
    {
        if (board is not null) board.Elements = _reader.Header.Count;
        return JacobianFile.Read(
            _path, threads: threads, progress: board is null ? null : new Columns(board, (long)Examples * Rows),
            cancellation: cancellation);
    }

    private CurvatureSet Take<T>(ProgressBoard? board, int threads, CancellationToken cancellation)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        T[] values = InputFile.ReadRows<T>(_path, _member, _reader, board, cancellation);
        int d = (int)Parameters;
        return _form switch
        {
            CurvatureForm.Jacobian => CurvatureSet.FromJacobian<T>(values, Examples, d, threads),
            CurvatureForm.Factors => CurvatureSet.FromFactors<T>(values, Examples, Rows, d, threads),
            _ => CurvatureSet.FromHessians<T>(values, Examples, d, threads),
        };
    }

    /// <summary>Columns told as elements.</summary>
    private sealed class Columns(ProgressBoard board, long rows) : IProgress<long>
    {
        public void Report(long value) => board.Report(value * rows);
    }
}
