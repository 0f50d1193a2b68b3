using ILGPU;
using ILGPU.Runtime;

namespace HessianKernels.Gpu.Kernels;

/// <summary>
/// How as many numbers as 16 bytes hold come from memory and go there. A kernel is written once over it and compiled for each: its arithmetic, and
/// so its bits, are the same whichever it is.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
/// <typeparam name="TWide">What one load brings.</typeparam>
internal interface IAccess<T, TWide>
    where T : unmanaged
    where TWide : unmanaged
{
    /// <summary>The numbers from an element on.</summary>
    static abstract TWide Load(ArrayView<T> x, long at);

    /// <summary>The same, written.</summary>
    static abstract void Store(ArrayView<T> x, long at, TWide value);
}

/// <summary>All at once: for vectors that begin at a multiple of 16 bytes.</summary>
internal readonly struct AtOnce<T, TWide, TOps> : IAccess<T, TWide>
    where T : unmanaged
    where TWide : unmanaged
    where TOps : struct, IWide<T, TWide>
{
    public static TWide Load(ArrayView<T> x, long at) => x.SubView(at, TOps.Lanes()).AsAligned(16).Cast<TWide>()[0];

    public static void Store(ArrayView<T> x, long at, TWide value) => x.SubView(at, TOps.Lanes()).AsAligned(16).Cast<TWide>()[0] = value;
}

/// <summary>One after another: for vectors that begin anywhere.</summary>
internal readonly struct OneByOne<T, TWide, TOps> : IAccess<T, TWide>
    where T : unmanaged
    where TWide : unmanaged
    where TOps : struct, IWide<T, TWide>
{
    public static TWide Load(ArrayView<T> x, long at) => TOps.Gathered(x, at);

    public static void Store(ArrayView<T> x, long at, TWide value) => TOps.Scatter(x, at, value);
}

/// <summary>One number, and zeros beside it: for the few beyond a vector's last whole load.</summary>
internal readonly struct Alone<T, TWide, TOps> : IAccess<T, TWide>
    where T : unmanaged
    where TWide : unmanaged
    where TOps : struct, IWide<T, TWide>
{
    public static TWide Load(ArrayView<T> x, long at) => TOps.With(TOps.Zero(), 0, x[at]);

    public static void Store(ArrayView<T> x, long at, TWide value) => x[at] = TOps.Lane(value, 0);
}
