using System.Numerics;
using ILGPU;

namespace HessianKernels.Gpu.Kernels;

/// <summary>A function of one variable on every element; grid <c>(chunks)</c>.</summary>
internal static class ActivationKernels<T, TFunction>
    where T : unmanaged, INumber<T>
    where TFunction : struct, IJet<T>
{
    /// <summary><c>y = f(z)</c>, and its first derivatives, <c>derivatives[j, i] = f^(j + 1)(z[i])</c>. y may be z.</summary>
    public static void Evaluate(ArrayView<T> z, ArrayView<T> y, ArrayView<T> derivatives, long length, int order, T slope)
    {
        for (long i = Stride.First(); i < length; i += Stride.Step())
        {
            Jet<T> at = TFunction.At(z[i], slope);
            y[i] = at.Value;
            if (order > 0) derivatives[i] = at.First;
            if (order > 1) derivatives[length + i] = at.Second;
            if (order > 2) derivatives[2 * length + i] = at.Third;
        }
    }
}
