using System.Runtime.InteropServices;
using ILGPU.Runtime.Cuda;

namespace HessianKernels.Gpu;

/// <summary>
/// NVIDIA's cuBLAS 10 to 13, by its own entry points and without a wrapper: where the machine has it, it multiplies; where not, our tiled
/// kernels do. Column-major, as all BLAS.
/// </summary>
/// <remarks>Written to NVIDIA's documented interface and not yet run on a device: docs/gpu.md.</remarks>
internal sealed unsafe class CuBlas : IDisposable
{
    private const int Host = 0, Transposed = 1, Plain = 0;

    private readonly nint _library, _handle;
    private readonly delegate* unmanaged<nint, int, int, int, int, int, void*, void*, int, long, void*, int, long, void*, void*, int, long, int, int>
        _doubleGemm, _singleGemm;
    private readonly delegate* unmanaged<nint, int> _destroy;

    private CuBlas(nint library, string name, nint handle)
    {
        (_library, Name, _handle) = (library, name, handle);
        _destroy = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, "cublasDestroy_v2");
        _doubleGemm = (delegate* unmanaged<nint, int, int, int, int, int, void*, void*, int, long, void*, int, long, void*, void*, int, long, int, int>)
            NativeLibrary.GetExport(library, "cublasDgemmStridedBatched");
        _singleGemm = (delegate* unmanaged<nint, int, int, int, int, int, void*, void*, int, long, void*, int, long, void*, void*, int, long, int, int>)
            NativeLibrary.GetExport(library, "cublasSgemmStridedBatched");
    }

    /// <summary>The library it was found in.</summary>
    public string Name { get; }

    /// <summary>Loads it for the stream of the context that is current; null where there is none, or one without these entry points.</summary>
    public static CuBlas? TryLoad(CudaStream stream)
    {
        nint library = DriverLibraries.LoadBlas(out string? name);
        if (library == 0) return null;
        if (NativeLibrary.TryGetExport(library, "cublasCreate_v2", out nint create)
            && NativeLibrary.TryGetExport(library, "cublasSetStream_v2", out nint setStream)
            && NativeLibrary.TryGetExport(library, "cublasSetPointerMode_v2", out nint setMode)
            && NativeLibrary.TryGetExport(library, "cublasDestroy_v2", out _)
            && NativeLibrary.TryGetExport(library, "cublasDgemmStridedBatched", out _)
            && NativeLibrary.TryGetExport(library, "cublasSgemmStridedBatched", out _))
        {
            nint handle = 0;
            if (((delegate* unmanaged<nint*, int>)create)(&handle) == 0
                && ((delegate* unmanaged<nint, nint, int>)setStream)(handle, stream.StreamPtr) == 0
                && ((delegate* unmanaged<nint, int, int>)setMode)(handle, Host) == 0)
                return new(library, name!, handle);
        }

        NativeLibrary.Free(library);
        return null;
    }

    /// <summary>
    /// <c>C = alpha op(A) op(B) + beta C</c> for a batch of row-major matrices: column-major, the same memory is <c>C^T = op(B)^T op(A)^T</c>.
    /// </summary>
    /// <exception cref="GpuUnavailableException">cuBLAS reported a fault.</exception>
    public void Multiply(
        bool single, bool transposeA, bool transposeB, int rows, int columns, int inner, double alpha, nint a, int lda, long strideA, nint b, int ldb,
        long strideB, double beta, nint c, int ldc, long strideC, int batch)
    {
        float alphaSingle = (float)alpha, betaSingle = (float)beta;
        int status = single
            ? _singleGemm(
                _handle, transposeB ? Transposed : Plain, transposeA ? Transposed : Plain, columns, rows, inner, &alphaSingle, (void*)b, ldb, strideB,
                (void*)a, lda, strideA, &betaSingle, (void*)c, ldc, strideC, batch)
            : _doubleGemm(
                _handle, transposeB ? Transposed : Plain, transposeA ? Transposed : Plain, columns, rows, inner, &alpha, (void*)b, ldb, strideB,
                (void*)a, lda, strideA, &beta, (void*)c, ldc, strideC, batch);
        if (status != 0) throw new GpuUnavailableException($"{Name} reported status {status} for a product of {rows} x {inner} x {columns}, batch {batch}.");
    }

    public void Dispose()
    {
        _destroy(_handle);
        NativeLibrary.Free(_library);
    }
}
