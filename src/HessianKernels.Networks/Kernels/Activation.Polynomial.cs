using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static HessianKernels.Networks.Kernels.Constant;

namespace HessianKernels.Networks.Kernels;

/// <summary><c>z</c>.</summary>
internal readonly struct Identity<T> : IActivation<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Evaluate(Vector512<T> z, out Vector512<T> y, out Vector512<T> first, out Vector512<T> second, out Vector512<T> third)
        => (y, first, second, third) = (z, Vector512<T>.One, default, default);
}

/// <summary><c>z</c> where z is positive, else <c>slope z</c>, or 0 where the slope is 0. NaN stays; its derivative is the slope.</summary>
internal readonly struct Rectifier<T>(T slope) : IActivation<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Evaluate(Vector512<T> z, out Vector512<T> y, out Vector512<T> first, out Vector512<T> second, out Vector512<T> third)
    {
        Vector512<T> positive = Vector512.GreaterThan(z, default);
        // Not slope z, which at -infinity would be NaN.
        Vector512<T> below = slope == T.Zero
            ? Vector512.ConditionalSelect(Vector512.LessThanOrEqual(z, default), default, z)
            : Vector512.Create(slope) * z;
        y = Vector512.ConditionalSelect(positive, z, below);
        first = Vector512.ConditionalSelect(positive, Vector512<T>.One, Vector512.Create(slope));
        second = third = default;
    }
}

/// <summary><c>z^2</c>.</summary>
internal readonly struct Square<T> : IActivation<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Evaluate(Vector512<T> z, out Vector512<T> y, out Vector512<T> first, out Vector512<T> second, out Vector512<T> third)
        => (y, first, second, third) = (z * z, z + z, Of<T>(2), default);
}
