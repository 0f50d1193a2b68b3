using System.Numerics;
using HessianKernels.Conformance;
using HessianKernels.Kernels;

namespace HessianKernels.Tests.Kernels;

/// <summary>Sizes and runs that the tests of kernels share.</summary>
internal static class KernelCase
{
    /// <summary>Every tail of every unrolled loop; then the edges of chunks and blocks.</summary>
    public static IEnumerable<int> Lengths => Enumerable.Range(0, 258).Concat([2047, 2048, 2049, 8191, 8192, 8193, 16384, 16391, 70000]);

    public static readonly int[] Threads = [1, 2, 3, 7];

    /// <summary>Units of eps that a sum of this many terms may be out, relative to the sum of their magnitudes.</summary>
    public static double Units(int terms) => 4 + (2 * Math.Sqrt(terms));

    /// <summary>Runs a kernel with several numbers of threads; the results must have the same bits. Returns one.</summary>
    public static Guarded<T> SameForAllThreads<T>(Func<Guarded<T>> start, Action<Guarded<T>, int> kernel, string what)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Guarded<T>? first = null;
        foreach (int threads in Threads)
        {
            Guarded<T> result = start();
            kernel(result, threads);
            result.AssertGuards(what);
            if (first is not null) Tolerance.SameBits<T>(first.Span, result.Span, $"{what}, {threads} threads");
            first ??= result;
        }

        return first!;
    }

    public static double Eps<T>() => ElementType.Epsilon<T>();
}
