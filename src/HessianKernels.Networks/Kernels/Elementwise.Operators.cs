using System.Numerics;
using System.Runtime.Intrinsics;
using HessianKernels.Kernels;

namespace HessianKernels.Networks.Kernels;

/// <summary><c>scale a</c>.</summary>
internal readonly struct Scaling<T>(T scale) : IElementwise<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static int Operands => 1;

    public Vector512<T> Apply(Vector512<T> a, Vector512<T> b, Vector512<T> c, Vector512<T> d) => Vector512.Create(scale) * a;

    public T Apply(T a, T b, T c, T d) => scale * a;
}

/// <summary><c>b + scale a</c>, rounded once.</summary>
internal readonly struct ScaledSum<T>(T scale) : IElementwise<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static int Operands => 2;

    public Vector512<T> Apply(Vector512<T> a, Vector512<T> b, Vector512<T> c, Vector512<T> d) => Simd.MultiplyAdd(Vector512.Create(scale), a, b);

    public T Apply(T a, T b, T c, T d) => T.FusedMultiplyAdd(scale, a, b);
}

/// <summary><c>scale a b</c>.</summary>
internal readonly struct ScaledProduct<T>(T scale) : IElementwise<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static int Operands => 2;

    public Vector512<T> Apply(Vector512<T> a, Vector512<T> b, Vector512<T> c, Vector512<T> d) => Vector512.Create(scale) * a * b;

    public T Apply(T a, T b, T c, T d) => scale * a * b;
}

/// <summary><c>c + scale a b</c>.</summary>
internal readonly struct AddedProduct<T>(T scale) : IElementwise<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static int Operands => 3;

    public Vector512<T> Apply(Vector512<T> a, Vector512<T> b, Vector512<T> c, Vector512<T> d) => Simd.MultiplyAdd(Vector512.Create(scale) * a, b, c);

    public T Apply(T a, T b, T c, T d) => T.FusedMultiplyAdd(scale * a, b, c);
}

/// <summary><c>a b + c d</c>.</summary>
internal readonly struct ProductSum<T> : IElementwise<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static int Operands => 4;

    public Vector512<T> Apply(Vector512<T> a, Vector512<T> b, Vector512<T> c, Vector512<T> d) => Simd.MultiplyAdd(a, b, c * d);

    public T Apply(T a, T b, T c, T d) => T.FusedMultiplyAdd(a, b, c * d);
}
