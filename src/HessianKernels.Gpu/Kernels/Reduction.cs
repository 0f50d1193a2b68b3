using ILGPU;

namespace HessianKernels.Gpu.Kernels;

/// <summary>Sums over the threads of a group, by halves in shared memory: the order, and so the bits, are the same every time.</summary>
internal static class Reduction
{
    /// <summary>Most threads of a group: a power of 2, as every group's size is.</summary>
    public const int MostThreads = 256;

    /// <summary>The sum of every thread's value, known to all of them.</summary>
    /// <param name="shared">Shared by the group, one number a thread.</param>
    /// <param name="value">The thread's own.</param>
    public static double Sum(ArrayView<double> shared, double value)
    {
        int me = Group.IdxX;
        shared[me] = value;
        Group.Barrier();
        for (int half = Group.DimX / 2; half > 0; half /= 2)
        {
            if (me < half) shared[me] += shared[me + half];
            Group.Barrier();
        }

        double sum = shared[0];
        Group.Barrier();
        return sum;
    }

    /// <summary>The same for the three parts of a sum of squares.</summary>
    public static SquareSum Sum(ArrayView<double> shared, SquareSum value)
        => new(Sum(shared, value.Small), Sum(shared, value.Medium), Sum(shared, value.Large));
}
