using System.Numerics;

namespace HessianKernels.Kernels;

/// <summary>The two element types the kernels are written for.</summary>
internal static class ElementType
{
    /// <summary>Distance from 1 to the next number of type T.</summary>
    public static double Epsilon<T>() => typeof(T) == typeof(float) ? 1.1920928955078125e-7 : 2.220446049250313e-16;

    public static void ThrowIfUnsupported<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) != typeof(float) && typeof(T) != typeof(double))
            throw new NotSupportedException($"The element type is {typeof(T).Name}; float and double are supported.");
    }
}
