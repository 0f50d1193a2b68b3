using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using HessianKernels.Kernels;
using static HessianKernels.Networks.Kernels.Constant;

namespace HessianKernels.Networks.Kernels;

/// <summary>The two polynomials that the error function is made of, each the best of its degree in the relative error (Remez).</summary>
internal static class ErrorFunction
{
    /// <summary><c>exp(a^2) erfc(a)</c> for a at least 0, which falls from 1 to <c>1 / (sqrt(pi) a)</c>.</summary>
    /// <remarks>
    /// Times <c>a + k</c> it is a polynomial in <c>t = (a - k) / (a + k)</c>, which takes all of [0, infinity) to [-1, 1): k = 4 and degree 21 in double
    /// (2.0e-17 up to 28, where erfc ends), k = 3 and degree 9 in float (3.1e-9 up to 11). One division serves both.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Scaled<T>(Vector512<T> a)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector512<T> k = Of<T>(typeof(T) == typeof(float) ? 3 : 4), inverse = Vector512<T>.One / (a + k);
        return inverse * Numerator((a - k) * inverse);
    }

    /// <summary><c>erf(z) / z</c> from <c>u = z^2</c> at most 1: 7.4e-18 in double, 1.3e-9 in float.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Series<T>(Vector512<T> u)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector512<T> p;
        if (typeof(T) == typeof(float))
        {
            p = Simd.MultiplyAdd(Of<T>(0.000078538483988615505141), u, Of<T>(-0.00080101895993389530617));
            p = Simd.MultiplyAdd(p, u, Of<T>(0.0051883272106578823817));
            p = Simd.MultiplyAdd(p, u, Of<T>(-0.026853811673379136917));
            p = Simd.MultiplyAdd(p, u, Of<T>(0.11283585142055534625));
            p = Simd.MultiplyAdd(p, u, Of<T>(-0.37612625823683729671));
            return Simd.MultiplyAdd(p, u, Of<T>(1.1283791657268291587));
        }

        p = Simd.MultiplyAdd(Of<T>(-7.7794729484268154071e-10), u, Of<T>(1.3710982748678366599e-8));
        p = Simd.MultiplyAdd(p, u, Of<T>(-1.6206314289113782329e-7));
        p = Simd.MultiplyAdd(p, u, Of<T>(1.6447131638251597496e-6));
        p = Simd.MultiplyAdd(p, u, Of<T>(-0.000014924712307185836806));
        p = Simd.MultiplyAdd(p, u, Of<T>(0.00012055293577152761939));
        p = Simd.MultiplyAdd(p, u, Of<T>(-0.00085483259293221707276));
        p = Simd.MultiplyAdd(p, u, Of<T>(0.0052239776061186138528));
        p = Simd.MultiplyAdd(p, u, Of<T>(-0.026866170643111481407));
        p = Simd.MultiplyAdd(p, u, Of<T>(0.11283791670944184793));
        p = Simd.MultiplyAdd(p, u, Of<T>(-0.37612638903183519541));
        return Simd.MultiplyAdd(p, u, Of<T>(1.1283791670955125657));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Numerator<T>(Vector512<T> t)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector512<T> p;
        if (typeof(T) == typeof(float))
        {
            p = Simd.MultiplyAdd(Of<T>(-0.00032051069031872237066), t, Of<T>(-0.00047402566640449000901));
            p = Simd.MultiplyAdd(p, t, Of<T>(0.003081947460103118949));
            p = Simd.MultiplyAdd(p, t, Of<T>(-0.0012314770427210294348));
            p = Simd.MultiplyAdd(p, t, Of<T>(-0.026841596826679564368));
            p = Simd.MultiplyAdd(p, t, Of<T>(0.11952997773592733413));
            p = Simd.MultiplyAdd(p, t, Of<T>(-0.31046570976327892939));
            p = Simd.MultiplyAdd(p, t, Of<T>(0.59022824045547164383));
            p = Simd.MultiplyAdd(p, t, Of<T>(-0.88339449725052799692));
            return Simd.MultiplyAdd(p, t, Of<T>(1.0740069084254168909));
        }

        p = Simd.MultiplyAdd(Of<T>(-2.6911805109490067234e-9), t, Of<T>(-1.3640880319107341087e-8));
        p = Simd.MultiplyAdd(p, t, Of<T>(9.5742723324762359234e-9));
        p = Simd.MultiplyAdd(p, t, Of<T>(1.2385650332061354022e-7));
        p = Simd.MultiplyAdd(p, t, Of<T>(-8.7063894100379467707e-8));
        p = Simd.MultiplyAdd(p, t, Of<T>(-8.4801929415016829435e-7));
        p = Simd.MultiplyAdd(p, t, Of<T>(1.4328098161531791521e-6));
        p = Simd.MultiplyAdd(p, t, Of<T>(4.6964617832953862294e-6));
        p = Simd.MultiplyAdd(p, t, Of<T>(-0.000018864880014427275253));
        p = Simd.MultiplyAdd(p, t, Of<T>(-3.6362281703768920588e-6));
        p = Simd.MultiplyAdd(p, t, Of<T>(0.0001768140065009587238));
        p = Simd.MultiplyAdd(p, t, Of<T>(-0.0004550523776183434949));
        p = Simd.MultiplyAdd(p, t, Of<T>(-0.00028095909155514596882));
        p = Simd.MultiplyAdd(p, t, Of<T>(0.0061120556044282532789));
        p = Simd.MultiplyAdd(p, t, Of<T>(-0.02637005331388010311));
        p = Simd.MultiplyAdd(p, t, Of<T>(0.076381514914046082401));
        p = Simd.MultiplyAdd(p, t, Of<T>(-0.1740109372416734091));
        p = Simd.MultiplyAdd(p, t, Of<T>(0.33085158787779801356));
        p = Simd.MultiplyAdd(p, t, Of<T>(-0.54085383131318161869));
        p = Simd.MultiplyAdd(p, t, Of<T>(0.77320870226524067934));
        p = Simd.MultiplyAdd(p, t, Of<T>(-0.97654872908088248549));
        return Simd.MultiplyAdd(p, t, Of<T>(1.0959956610004911098));
    }
}
