using System.Numerics;
using System.Runtime.CompilerServices;
using HessianKernels.Kernels;
using HessianKernels.Krylov;

namespace HessianKernels;

public static unsafe partial class Lanczos
{
    // A result's five arrays have headers, and it one of its own.
    private const int Objects = 200;

    /// <summary>What a run with these sizes and options will allocate; itself allocates nothing. The operator's own memory is not in it.</summary>
    /// <param name="n">Order of the operators.</param>
    /// <param name="k">Number of pairs of each.</param>
    /// <param name="batch">Number of operators.</param>
    /// <param name="options">The options of the run.</param>
    /// <param name="matrix">True for dense matrices, false for operators given by their products.</param>
    /// <param name="inStep">True for a batch that is solved in step because its operator is not separable.</param>
    /// <exception cref="ArgumentException">A size or option is out of its range, as the run itself would say.</exception>
    public static LanczosMemory EstimateMemory<T>(
        int n, int k, int batch = 1, LanczosOptions? options = null, bool matrix = true, bool inStep = false)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        LanczosSettings settings = LanczosSettings.From(options, n, inStep ? batch : 1, k, ElementType.Epsilon<T>(), storeProducts: matrix);
        LanczosLayout layout = new(settings);
        long lanes = inStep ? 1 : Lanes(options ?? LanczosOptions.Default, batch);
        long lane = layout.Elements * sizeof(T) + layout.HostDoubles * sizeof(double) + layout.HostIntegers * sizeof(int)
            + (long)settings.Batch * Unsafe.SizeOf<LanczosItem>();
        long result = (long)batch * (k * ((long)n * sizeof(T) + 3 * sizeof(double) + sizeof(bool)) + Unsafe.SizeOf<LanczosEvidence>() + Objects);
        return new(lanes * lane + (long)n * sizeof(T), result);
    }
}
