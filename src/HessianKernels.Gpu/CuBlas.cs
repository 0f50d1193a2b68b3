using System.Runtime.InteropServices;
using HessianKernels.Gpu.Kernels;
using ILGPU.Runtime.Cuda;

namespace HessianKernels.Gpu;

/// <summary>
/// NVIDIA's cuBLAS 10 to 13, by its own entry points and without a wrapper: where the machine has it, it multiplies; where not, our tiled
/// kernels do. Column-major, as all BLAS.
/// </summary>
/// <remarks>Written to NVIDIA's documented interface and not yet run on a device: docs/gpu.md.</remarks>
internal sealed unsafe class CuBlas : IDisposable
{
    private const int Host = 0, Plain = 0, Upper = 1, MajorVersion = 0, LeastVersion = 10, MostVersion = 13;

    private static readonly string[] s_entries =
    [
        "cublasCreate_v2", "cublasDestroy_v2", "cublasSetStream_v2", "cublasSetPointerMode_v2", "cublasGetProperty", "cublasDgemmStridedBatched", "cublasSgemmStridedBatched",
        "cublasDsyrkx", "cublasSsyrkx", "cublasDsymv_v2",
    ];

    private readonly nint _library, _handle;
    private readonly delegate* unmanaged<nint, int, int, int, int, int, void*, void*, int, long, void*, int, long, void*, void*, int, long, int, int>
        _doubleGemm, _singleGemm;
    private readonly delegate* unmanaged<nint, int, int, int, int, void*, void*, int, void*, int, void*, void*, int, int> _doubleSyrkx, _singleSyrkx;
    private readonly delegate* unmanaged<nint, int, int, void*, void*, int, void*, int, void*, void*, int, int> _doubleSymv;
    private readonly delegate* unmanaged<nint, int> _destroy;

    private CuBlas(nint library, string name, nint handle)
    {
        (_library, Name, _handle) = (library, name, handle);
        _destroy = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, "cublasDestroy_v2");
        _doubleGemm = (delegate* unmanaged<nint, int, int, int, int, int, void*, void*, int, long, void*, int, long, void*, void*, int, long, int, int>)
            NativeLibrary.GetExport(library, "cublasDgemmStridedBatched");
        _singleGemm = (delegate* unmanaged<nint, int, int, int, int, int, void*, void*, int, long, void*, int, long, void*, void*, int, long, int, int>)
            NativeLibrary.GetExport(library, "cublasSgemmStridedBatched");
        _doubleSyrkx = (delegate* unmanaged<nint, int, int, int, int, void*, void*, int, void*, int, void*, void*, int, int>)NativeLibrary.GetExport(library, "cublasDsyrkx");
        _singleSyrkx = (delegate* unmanaged<nint, int, int, int, int, void*, void*, int, void*, int, void*, void*, int, int>)NativeLibrary.GetExport(library, "cublasSsyrkx");
        _doubleSymv = (delegate* unmanaged<nint, int, int, void*, void*, int, void*, int, void*, void*, int, int>)NativeLibrary.GetExport(library, "cublasDsymv_v2");
    }

    /// <summary>The library it was found in.</summary>
    public string Name { get; }

    /// <summary>Loads it for the stream of the context that is current.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="why">What was found in its place; null where it is there.</param>
    public static CuBlas? TryLoad(CudaStream stream, out string? why)
    {
        nint library = DriverLibraries.LoadBlas(out string? name);
        if (library == 0)
        {
            why = $"no cuBLAS was found ({DriverLibraries.BlasNames})";
            return null;
        }

        nint handle = 0;
        why = Fault(library, stream, &handle);
        if (why is null) return new(library, name!, handle);
        why = $"{name} {why}";
        NativeLibrary.Free(library);
        return null;
    }

    /// <summary>What keeps a library from serving; null, and a handle, where it does.</summary>
    private static string? Fault(nint library, CudaStream stream, nint* handle)
    {
        if (s_entries.FirstOrDefault(entry => !NativeLibrary.TryGetExport(library, entry, out _)) is { } missing) return $"has no {missing}";
        int version = 0;
        int status = ((delegate* unmanaged<int, int*, int>)NativeLibrary.GetExport(library, "cublasGetProperty"))(MajorVersion, &version);
        if (status != 0 || version is < LeastVersion or > MostVersion) return $"is of version {version}, status {status}; {LeastVersion} to {MostVersion} are known";
        status = ((delegate* unmanaged<nint*, int>)NativeLibrary.GetExport(library, "cublasCreate_v2"))(handle);
        if (status != 0) return $"reported status {status} when it was asked for a handle";
        status = ((delegate* unmanaged<nint, nint, int>)NativeLibrary.GetExport(library, "cublasSetStream_v2"))(*handle, stream.StreamPtr);
        if (status == 0) status = ((delegate* unmanaged<nint, int, int>)NativeLibrary.GetExport(library, "cublasSetPointerMode_v2"))(*handle, Host);
        return status == 0 ? null : $"reported status {status} when it was given a stream";
    }

    /// <summary>
    /// <c>C = alpha op(A) op(B) + beta C</c> for a batch of row-major matrices: column-major, the same memory is <c>C^T = op(B)^T op(A)^T</c>.
    /// </summary>
    /// <exception cref="GpuUnavailableException">cuBLAS reported a fault.</exception>
    public void Multiply(bool single, in GemmShape shape, nint a, nint b, nint c, int batch)
    {
        (double alpha, double beta) = (shape.Alpha, shape.Beta);
        (float alphaSingle, float betaSingle) = ((float)alpha, (float)beta);
        int status = (single ? _singleGemm : _doubleGemm)(
            _handle, shape.TransposeB, shape.TransposeA, shape.Columns, shape.Rows, shape.Inner, single ? &alphaSingle : &alpha, (void*)b,
            shape.LeadingB, shape.StrideB, (void*)a, shape.LeadingA, shape.StrideA, single ? &betaSingle : &beta, (void*)c, shape.LeadingC,
            shape.StrideC, batch);
        ThrowIfFault(status, shape, batch);
    }

    /// <summary>
    /// The lower triangle of <c>alpha A^T B + beta C</c>, known to be symmetric, at half the work; other shapes whole. Row-major lower is
    /// column-major upper.
    /// </summary>
    /// <exception cref="GpuUnavailableException">cuBLAS reported a fault.</exception>
    public void MultiplyLower(bool single, in GemmShape shape, nint a, nint b, nint c)
    {
        if (shape.TransposeA == 0 || shape.TransposeB != 0)
        {
            Multiply(single, shape, a, b, c, 1);
            return;
        }

        (double alpha, double beta) = (shape.Alpha, shape.Beta);
        (float alphaSingle, float betaSingle) = ((float)alpha, (float)beta);
        int status = (single ? _singleSyrkx : _doubleSyrkx)(
            _handle, Upper, Plain, shape.Rows, shape.Inner, single ? &alphaSingle : &alpha, (void*)a, shape.LeadingA, (void*)b, shape.LeadingB,
            single ? &betaSingle : &beta, (void*)c, shape.LeadingC);
        ThrowIfFault(status, shape, 1);
    }

    /// <summary><c>y = A x</c> in double precision, A symmetric of order n with its lower triangle, row-major, read: in a fixed order, since its
    /// mode of atomic sums is off unless asked for.</summary>
    /// <exception cref="GpuUnavailableException">cuBLAS reported a fault.</exception>
    public void MultiplySymmetric(int n, int leading, nint a, nint x, nint y)
    {
        double one = 1, zero = 0;
        ThrowIfFault(_doubleSymv(_handle, Upper, n, &one, (void*)a, leading, (void*)x, 1, &zero, (void*)y, 1), $"a symmetric product of order {n}");
    }

    private void ThrowIfFault(int status, in GemmShape shape, int batch)
        => ThrowIfFault(status, status == 0 ? "" : $"a product of {shape.Rows} x {shape.Inner} x {shape.Columns}, batch {batch}");

    private void ThrowIfFault(int status, string product)
    {
        if (status != 0) throw new GpuUnavailableException($"{Name} reported status {status} for {product}.");
    }

    public void Dispose()
    {
        _destroy(_handle);
        NativeLibrary.Free(_library);
    }
}
