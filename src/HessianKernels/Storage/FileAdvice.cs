using System.Runtime.InteropServices;

namespace HessianKernels.Storage;

/// <summary>What the system is told of mapped files.</summary>
internal static unsafe class FileAdvice
{
    // POSIX_MADV_WILLNEED.
    private const int AdviceWillNeed = 3;

    /// <summary>Has the system read what of these bytes is not in memory, while the caller goes on. A hint, and only where there is POSIX.</summary>
    public static void WillNeed(void* start, nint bytes)
    {
        if (OperatingSystem.IsWindows()) return;
        nint first = (nint)start & -Environment.SystemPageSize;
        _ = Advise((void*)first, (nint)start + bytes - first, AdviceWillNeed);
    }

    [DllImport("libc", EntryPoint = "posix_madvise")]
    private static extern int Advise(void* address, nint bytes, int advice);
}
