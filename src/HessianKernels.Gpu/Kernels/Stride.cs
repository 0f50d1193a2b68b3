using ILGPU;

namespace HessianKernels.Gpu.Kernels;

/// <summary>A thread's own elements, where a grid of one dimension goes over as many as there are.</summary>
internal static class Stride
{
    public static long First() => (long)Grid.IdxX * Group.DimX + Group.IdxX;

    public static long Step() => (long)Grid.DimX * Group.DimX;

    /// <summary>The quotient, an integer: a division of 32 bits, a fraction of one of 64, wherever it will do.</summary>
    public static int Quotient(long a, int b) => a <= int.MaxValue ? (int)a / b : (int)(a / b);
}
