using System.Numerics;
using System.Runtime.CompilerServices;

namespace HessianKernels;

/// <summary>The one array that an algorithm on the CPU lays its vectors out in.</summary>
internal static class Workspace
{
    public static T[] Allocate<T>(long elements)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => elements <= Array.MaxLength
            ? new T[elements]
            : throw new ArgumentOutOfRangeException(
                nameof(elements), elements, $"The options ask for a workspace of {elements} elements; one array holds {Array.MaxLength}.");

    public static long Bytes<T>(long elements, long hostDoubles)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => elements * Unsafe.SizeOf<T>() + hostDoubles * sizeof(double);
}
