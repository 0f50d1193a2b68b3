using System.Numerics;

namespace HessianKernels.Kernels;

/// <summary>Classical Gram-Schmidt against a panel with the test of Kahan and Parlett (Parlett, The Symmetric Eigenvalue Problem, 6.9).</summary>
internal static unsafe class Orthogonalize
{
    /// <summary>A pass that leaves this share of the norm has left no more of the span than rounding does (LAPACK dorbdb6).</summary>
    public const double Enough = 0.83;

    /// <summary>What is left is noise, not direction, below this many units of rounding of what it was computed from.</summary>
    public const double NoiseUnits = 10;

    /// <summary>See <see cref="Spaces.IVectorSpace{TView}.Orthogonalize"/>; one batch item.</summary>
    /// <returns>The norm of y, 0 where it lay in the span.</returns>
    public static double Apply<T>(
        T* panel, nint stride, int count, double reference, T* y, int length, T* coefficients, nint coefficientStride, double epsilon,
        out bool secondPass, int threads = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        secondPass = false;
        double before = Norm.Of(y, length, threads);
        if (count == 0)
        {
            if (before > NoiseUnits * epsilon * reference || double.IsNaN(before)) return before;
            new Span<T>(y, length).Clear();
            return 0;
        }

        Panel.Project(panel, stride, count, y, length, coefficients, coefficientStride, threads);
        double once = Norm.FromSquare(Panel.Subtract(panel, stride, count, coefficients, coefficientStride, y, length, threads), y, length);
        double noise = NoiseUnits * epsilon * Math.Max(before, reference);
        if (once <= noise) return Zero(y, length);
        // A NaN fails every comparison: it is handed on as it is.
        if (once >= Enough * before || double.IsNaN(once)) return once;

        secondPass = true;
        double* stack = stackalloc double[Scratch.OnStack];
        using Scratch correction = new(stack, Scratch.OnStack, count);
        T* second = (T*)correction.Pointer;
        Panel.Project(panel, stride, count, y, length, second, 1, threads);
        double twice = Norm.FromSquare(Panel.Subtract(panel, stride, count, second, 1, y, length, threads), y, length);
        for (int j = 0; j < count; j++) coefficients[j * coefficientStride] += second[j];
        return twice >= Enough * once && twice > noise ? twice : double.IsNaN(twice) ? twice : Zero(y, length);
    }

    private static double Zero<T>(T* y, int length)
        where T : unmanaged
    {
        new Span<T>(y, length).Clear();
        return 0;
    }
}
