using System.Numerics;

namespace HessianKernels.Tests.Krylov;

/// <summary>An eigenpair of a tridiagonal matrix in numbers of 3000 binary places, rounded to double at the end.</summary>
internal static class PreciseEigenvector
{
    private const int Places = 3000;

    /// <summary>The pair nearest to <paramref name="value"/>, which must be an isolated eigenvalue to rounding; the vector has unit length.</summary>
    public static (double Value, double[] Vector) At(Tridiagonal t, double value)
    {
        int n = t.Order;
        BigInteger[] a = Array.ConvertAll(t.Diagonal, Fixed), b = Array.ConvertAll(t.OffDiagonal, Fixed);
        BigInteger x = Fixed(value);
        // Newton on the characteristic polynomial: every step doubles the digits.
        for (int step = 0; step < 10; step++)
        {
            BigInteger before = 0, p = One, slopeBefore = 0, slope = 0;
            for (int i = 0; i < n; i++)
            {
                BigInteger square = i == 0 ? 0 : Times(b[i - 1], b[i - 1]);
                (before, p, slopeBefore, slope) =
                    (p, Times(x - a[i], p) - Times(square, before), slope, p + Times(x - a[i], slope) - Times(square, slopeBefore));
            }

            x -= Over(p, slope);
        }

        // The recurrence is unstable, and has digits enough to be so.
        BigInteger[] v = new BigInteger[n];
        v[0] = One;
        for (int i = 0; i + 1 < n; i++)
            v[i + 1] = Over(Times(x - a[i], v[i]) - (i == 0 ? 0 : Times(b[i - 1], v[i - 1])), b[i]);
        BigInteger largest = v.MaxBy(BigInteger.Abs);
        double[] vector = Array.ConvertAll(v, component => ToDouble(Over(component, largest)));
        double norm = Math.Sqrt(vector.Sum(component => component * component));
        return (ToDouble(x), [.. vector.Select(component => component / norm)]);
    }

    private static BigInteger One => BigInteger.One << Places;

    private static BigInteger Fixed(double value)
    {
        if (value == 0) return 0;
        int exponent = Math.ILogB(value) - 52;
        return new BigInteger(Math.ScaleB(value, -exponent)) << (Places + exponent);
    }

    private static double ToDouble(BigInteger value) => Math.ScaleB((double)(value >> (Places - 900)), -900);

    private static BigInteger Times(BigInteger x, BigInteger y) => (x * y) >> Places;

    private static BigInteger Over(BigInteger x, BigInteger y) => (x << Places) / y;
}
