using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace HessianKernels.Benchmarks.Comparison;

/// <summary>
/// OpenBLAS within this process, by its C interface: a small product takes less time than Python takes to call one. The library is the
/// one that NumPy uses.
/// </summary>
internal sealed unsafe class OpenBlas
{
    // The C interface's names for rows, plain, transposed and lower.
    private const int RowMajor = 101, Plain = 111, Transposed = 112, Lower = 122;

    private readonly delegate* unmanaged<int, void> _setThreads;
    private readonly delegate* unmanaged<int, int, int, int, int, int, double, double*, int, double*, int, double, double*, int, void> _dgemm;
    private readonly delegate* unmanaged<int, int, int, int, int, int, float, float*, int, float*, int, float, float*, int, void> _sgemm;
    private readonly delegate* unmanaged<int, int, int, int, int, double, double*, int, double, double*, int, void> _dsyrk;
    private readonly delegate* unmanaged<int, int, int, int, int, float, float*, int, float, float*, int, void> _ssyrk;

    public OpenBlas()
    {
        // As for the peers: an OpenBLAS older than the processor is told what the processor has, unless the caller told it.
        string kernels = Avx512F.IsSupported ? "SkylakeX" : Avx2.IsSupported ? "Haswell" : "";
        if (kernels.Length > 0) SetEnvironment("OPENBLAS_CORETYPE", kernels, 0);
        if (!NativeLibrary.TryLoad("libopenblas.so.0", out nint library))
            throw new InvalidOperationException("libopenblas.so.0 is not there: apt-get install libopenblas0-pthread");
        _setThreads = (delegate* unmanaged<int, void>)NativeLibrary.GetExport(library, "openblas_set_num_threads");
        _dgemm = (delegate* unmanaged<int, int, int, int, int, int, double, double*, int, double*, int, double, double*, int, void>)
            NativeLibrary.GetExport(library, "cblas_dgemm");
        _sgemm = (delegate* unmanaged<int, int, int, int, int, int, float, float*, int, float*, int, float, float*, int, void>)
            NativeLibrary.GetExport(library, "cblas_sgemm");
        _dsyrk = (delegate* unmanaged<int, int, int, int, int, double, double*, int, double, double*, int, void>)NativeLibrary.GetExport(library, "cblas_dsyrk");
        _ssyrk = (delegate* unmanaged<int, int, int, int, int, float, float*, int, float, float*, int, void>)NativeLibrary.GetExport(library, "cblas_ssyrk");
        var coreName = (delegate* unmanaged<byte*>)NativeLibrary.GetExport(library, "openblas_get_corename");
        CoreName = Marshal.PtrToStringUTF8((nint)coreName())!;
    }

    /// <summary>Of the kernels in use.</summary>
    public string CoreName { get; }

    public int Threads
    {
        set => _setThreads(value);
    }

    /// <summary><c>c = op(a) op(b)</c>, row-major.</summary>
    public void Multiply<T>(bool transposeA, bool transposeB, int m, int n, int k, T* a, T* b, T* c)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (int ta, int tb, int lda, int ldb) = (transposeA ? Transposed : Plain, transposeB ? Transposed : Plain, transposeA ? m : k, transposeB ? k : n);
        if (typeof(T) == typeof(double)) _dgemm(RowMajor, ta, tb, m, n, k, 1, (double*)a, lda, (double*)b, ldb, 0, (double*)c, n);
        else _sgemm(RowMajor, ta, tb, m, n, k, 1, (float*)a, lda, (float*)b, ldb, 0, (float*)c, n);
    }

    /// <summary>The lower triangle of <c>c = op(a) op(a)^T</c>, row-major.</summary>
    public void MultiplyByItself<T>(bool transpose, int n, int k, T* a, T* c)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (int ta, int lda) = transpose ? (Transposed, n) : (Plain, k);
        if (typeof(T) == typeof(double)) _dsyrk(RowMajor, Lower, ta, n, k, 1, (double*)a, lda, 0, (double*)c, n);
        else _ssyrk(RowMajor, Lower, ta, n, k, 1, (float*)a, lda, 0, (float*)c, n);
    }

    // What .NET sets, native code does not see.
    [DllImport("libc", EntryPoint = "setenv", CharSet = CharSet.Ansi)]
    private static extern int SetEnvironment(string name, string value, int overwrite);
}
