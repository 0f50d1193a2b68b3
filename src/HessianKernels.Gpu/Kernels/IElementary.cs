namespace HessianKernels.Gpu.Kernels;

/// <summary>The functions that activations are made of, in one precision.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal interface IElementary<T>
    where T : unmanaged
{
    /// <summary>A constant.</summary>
    static abstract T Of(double x);

    static abstract T Exp(T x);

    /// <summary>e^x - 1 for x in -40 .. 0.</summary>
    static abstract T ExpMinusOne(T x);

    static abstract T Erf(T x);

    /// <summary>The normal distribution.</summary>
    static abstract T NormalCumulative(T x);

    /// <summary>exp(-x^2) for x from 0 to <see cref="ErfLimit"/>.</summary>
    static abstract T ExpOfMinusSquare(T x);

    /// <summary>exp(-x^2 / 2) for x from 0 to <see cref="NormalLimit"/>.</summary>
    static abstract T ExpOfMinusHalfSquare(T x);

    /// <summary>From here on exp(-x^2) is 0.</summary>
    static abstract T ErfLimit();

    /// <summary>From here on exp(-x^2 / 2) is 0.</summary>
    static abstract T NormalLimit();

    /// <summary>From here on exp(-x) is 0.</summary>
    static abstract T ExpLimit();
}

internal static partial class DeviceMath
{
    /// <summary>In double.</summary>
    public readonly struct InDouble : IElementary<double>
    {
        public static double Of(double x) => x;

        public static double Exp(double x) => DeviceMath.Exp(x);

        public static double ExpMinusOne(double x) => DeviceMath.ExpMinusOne(x);

        public static double Erf(double x) => DeviceMath.Erf(x);

        public static double NormalCumulative(double x) => DeviceMath.NormalCumulative(x);

        public static double ExpOfMinusSquare(double x) => DeviceMath.ExpOfMinusSquare(x);

        public static double ExpOfMinusHalfSquare(double x) => DeviceMath.ExpOfMinusHalfSquare(x);

        public static double ErfLimit() => 28;

        public static double NormalLimit() => 40;

        public static double ExpLimit() => 750;
    }

    /// <summary>In single precision.</summary>
    public readonly struct InSingle : IElementary<float>
    {
        public static float Of(double x) => (float)x;

        public static float Exp(float x) => DeviceMath.Exp(x);

        public static float ExpMinusOne(float x) => DeviceMath.ExpMinusOne(x);

        public static float Erf(float x) => DeviceMath.Erf(x);

        public static float NormalCumulative(float x) => DeviceMath.NormalCumulative(x);

        public static float ExpOfMinusSquare(float x)
        {
            float high = High(x);
            return DeviceMath.Exp(-high * high) * DeviceMath.Exp(-(x - high) * (x + high));
        }

        public static float ExpOfMinusHalfSquare(float x) => DeviceMath.ExpOfMinusHalfSquare(x);

        public static float ErfLimit() => 11;

        public static float NormalLimit() => 15;

        public static float ExpLimit() => 105;
    }

    /// <summary>x^y by logarithm and exponential; of a negative x NaN, of 0 and infinity the limits.</summary>
    public static double Power(double x, double y)
    {
        double limit = x == 0 == y > 0 ? 0 : double.PositiveInfinity;
        if (x == 0 | x == double.PositiveInfinity) return limit;
        // Below the normal numbers a logarithm is taken of 2^54 x.
        bool small = x < 2.2250738585072014e-308;
        double value = Exp(y * (Log(small ? x * 18014398509481984 : x) - (small ? 37.429947750237048 : 0)));
        return x > 0 ? value : double.NaN;
    }
}
