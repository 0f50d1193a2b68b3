using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace HessianKernels.Networks.Kernels;

/// <summary>A number in every place of a vector.</summary>
internal static class Constant
{
    /// <summary>The number, rounded to T.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Of<T>(double value)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => typeof(T) == typeof(float) ? Vector512.Create((float)value).As<float, T>() : Vector512.Create(value).As<double, T>();

    /// <summary>The elements, those below -limit and above limit replaced by these. NaN stays.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Within<T>(double limit, Vector512<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        x = NotBelow(-limit, x);
        Vector512<T> most = Of<T>(limit);
        return Vector512.ConditionalSelect(Vector512.GreaterThan(x, most), most, x);
    }

    /// <summary>The elements, those below least replaced by it. NaN stays.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> NotBelow<T>(double least, Vector512<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector512<T> bound = Of<T>(least);
        return Vector512.ConditionalSelect(Vector512.LessThan(x, bound), bound, x);
    }
}
