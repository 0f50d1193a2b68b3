using System.Runtime.InteropServices;
using ILGPU;

namespace HessianKernels.Gpu.Kernels;

/// <summary>
/// The arithmetic of one load: a number, or as many as 16 bytes hold. A kernel is written once over it, and compiled for both.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
/// <typeparam name="TWide">What one load brings.</typeparam>
internal interface IWide<T, TWide>
    where T : unmanaged
    where TWide : unmanaged
{
    static abstract double Double(T x);

    static abstract T Rounded(double x);

    /// <summary>The sum of products, in double.</summary>
    static abstract double Dot(TWide x, TWide y);

    /// <summary><c>y - scale x</c>.</summary>
    static abstract TWide MinusScaled(TWide y, T scale, TWide x);

    /// <summary><c>x scale</c>, formed in double.</summary>
    static abstract TWide Times(TWide x, double scale);

    /// <summary><c>x / scale</c>, formed in double.</summary>
    static abstract TWide Over(TWide x, double scale);

    static abstract SquareSum Squares(SquareSum sum, TWide x);

    static abstract TWide Zero();

    /// <summary>As many of one value.</summary>
    static abstract TWide All(T x);

    /// <summary><c>x o y</c>.</summary>
    static abstract TWide Product(TWide x, TWide y);

    /// <summary><c>z + x o y</c>.</summary>
    static abstract TWide PlusProduct(TWide z, TWide x, TWide y);

    /// <summary>Numbers of one load.</summary>
    static abstract int Lanes();

    /// <summary>One of them.</summary>
    static abstract T Lane(TWide x, int lane);

    /// <summary>The same with one of them changed.</summary>
    static abstract TWide With(TWide x, int lane, T value);

    /// <summary>Those from an element on, brought one by one.</summary>
    static abstract TWide Gathered(ArrayView<T> x, long at);

    /// <summary>The same, written one by one.</summary>
    static abstract void Scatter(ArrayView<T> x, long at, TWide value);
}

/// <summary>Four floats of one load.</summary>
[StructLayout(LayoutKind.Sequential, Size = 16)]
internal readonly struct Quad(float x, float y, float z, float w)
{
    public readonly float X = x, Y = y, Z = z, W = w;
}

/// <summary>Two doubles of one load.</summary>
[StructLayout(LayoutKind.Sequential, Size = 16)]
internal readonly struct Pair(double x, double y)
{
    public readonly double X = x, Y = y;
}

internal readonly struct OneDouble : IWide<double, double>
{
    public static double Double(double x) => x;

    public static double Rounded(double x) => x;

    public static double Dot(double x, double y) => x * y;

    public static double MinusScaled(double y, double scale, double x) => y - scale * x;

    public static double Times(double x, double scale) => x * scale;

    public static double Over(double x, double scale) => x / scale;

    public static SquareSum Squares(SquareSum sum, double x) => sum.Plus(x);

    public static double Zero() => 0;

    public static double All(double x) => x;

    public static double Product(double x, double y) => x * y;

    public static double PlusProduct(double z, double x, double y) => z + x * y;

    public static int Lanes() => 1;

    public static double Lane(double x, int lane) => x;

    public static double With(double x, int lane, double value) => value;

    public static double Gathered(ArrayView<double> x, long at) => x[at];

    public static void Scatter(ArrayView<double> x, long at, double value) => x[at] = value;
}

internal readonly struct OneSingle : IWide<float, float>
{
    public static double Double(float x) => x;

    public static float Rounded(double x) => (float)x;

    public static double Dot(float x, float y) => (double)x * y;

    public static float MinusScaled(float y, float scale, float x) => y - scale * x;

    public static float Times(float x, double scale) => (float)(x * scale);

    public static float Over(float x, double scale) => (float)(x / scale);

    // A float's square neither overflows nor underflows in double.
    public static SquareSum Squares(SquareSum sum, float x) => sum.PlusPlain((double)x * x);

    public static float Zero() => 0;

    public static float All(float x) => x;

    public static float Product(float x, float y) => x * y;

    public static float PlusProduct(float z, float x, float y) => z + x * y;

    public static int Lanes() => 1;

    public static float Lane(float x, int lane) => x;

    public static float With(float x, int lane, float value) => value;

    public static float Gathered(ArrayView<float> x, long at) => x[at];

    public static void Scatter(ArrayView<float> x, long at, float value) => x[at] = value;
}

internal readonly struct PairOfDoubles : IWide<double, Pair>
{
    public static double Double(double x) => x;

    public static double Rounded(double x) => x;

    public static double Dot(Pair x, Pair y) => x.X * y.X + x.Y * y.Y;

    public static Pair MinusScaled(Pair y, double scale, Pair x) => new(y.X - scale * x.X, y.Y - scale * x.Y);

    public static Pair Times(Pair x, double scale) => new(x.X * scale, x.Y * scale);

    public static Pair Over(Pair x, double scale) => new(x.X / scale, x.Y / scale);

    public static SquareSum Squares(SquareSum sum, Pair x) => sum.Plus(x.X).Plus(x.Y);

    public static Pair Zero() => new(0, 0);

    public static Pair All(double x) => new(x, x);

    public static Pair Product(Pair x, Pair y) => new(x.X * y.X, x.Y * y.Y);

    public static Pair PlusProduct(Pair z, Pair x, Pair y) => new(z.X + x.X * y.X, z.Y + x.Y * y.Y);

    public static int Lanes() => 2;

    public static double Lane(Pair x, int lane) => lane == 0 ? x.X : x.Y;

    public static Pair With(Pair x, int lane, double value) => new(lane == 0 ? value : x.X, lane == 1 ? value : x.Y);

    public static Pair Gathered(ArrayView<double> x, long at) => new(x[at], x[at + 1]);

    public static void Scatter(ArrayView<double> x, long at, Pair value)
    {
        x[at] = value.X;
        x[at + 1] = value.Y;
    }
}

internal readonly struct QuadOfSingles : IWide<float, Quad>
{
    public static double Double(float x) => x;

    public static float Rounded(double x) => (float)x;

    public static double Dot(Quad x, Quad y) => ((double)x.X * y.X + (double)x.Y * y.Y) + ((double)x.Z * y.Z + (double)x.W * y.W);

    public static Quad MinusScaled(Quad y, float scale, Quad x)
        => new(y.X - scale * x.X, y.Y - scale * x.Y, y.Z - scale * x.Z, y.W - scale * x.W);

    public static Quad Times(Quad x, double scale) => new((float)(x.X * scale), (float)(x.Y * scale), (float)(x.Z * scale), (float)(x.W * scale));

    public static Quad Over(Quad x, double scale) => new((float)(x.X / scale), (float)(x.Y / scale), (float)(x.Z / scale), (float)(x.W / scale));

    public static SquareSum Squares(SquareSum sum, Quad x)
        => sum.PlusPlain(((double)x.X * x.X + (double)x.Y * x.Y) + ((double)x.Z * x.Z + (double)x.W * x.W));

    public static Quad Zero() => new(0, 0, 0, 0);

    public static Quad All(float x) => new(x, x, x, x);

    public static Quad Product(Quad x, Quad y) => new(x.X * y.X, x.Y * y.Y, x.Z * y.Z, x.W * y.W);

    public static Quad PlusProduct(Quad z, Quad x, Quad y) => new(z.X + x.X * y.X, z.Y + x.Y * y.Y, z.Z + x.Z * y.Z, z.W + x.W * y.W);

    public static int Lanes() => 4;

    public static float Lane(Quad x, int lane) => lane == 0 ? x.X : lane == 1 ? x.Y : lane == 2 ? x.Z : x.W;

    public static Quad With(Quad x, int lane, float value)
        => new(lane == 0 ? value : x.X, lane == 1 ? value : x.Y, lane == 2 ? value : x.Z, lane == 3 ? value : x.W);

    public static Quad Gathered(ArrayView<float> x, long at) => new(x[at], x[at + 1], x[at + 2], x[at + 3]);

    public static void Scatter(ArrayView<float> x, long at, Quad value)
    {
        x[at] = value.X;
        x[at + 1] = value.Y;
        x[at + 2] = value.Z;
        x[at + 3] = value.W;
    }
}
