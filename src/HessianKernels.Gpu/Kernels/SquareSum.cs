namespace HessianKernels.Gpu.Kernels;

/// <summary>
/// A sum of squares that neither overflows nor underflows, in one pass: numbers so small or so large that their squares are not safe are
/// scaled by a power of 2 and summed apart (Blue, ACM TOMS 4(1), 1978).
/// </summary>
internal readonly struct SquareSum(double small, double medium, double large)
{
    // 2^-500, 2^480, 2^600 and its inverse: squares of the medium numbers lie in 2^-1000 .. 2^960, and 2^64 of them may be added.
    private const double LeastMedium = 3.0549363634996047e-151, MostMedium = 3.1217485503159922e+144;
    private const double Up = 4.149515568880993e+180, Down = 2.4099198651028841e-181;

    public readonly double Small = small, Medium = medium, Large = large;

    /// <summary>With the square of x. A NaN is counted as medium and stays one.</summary>
    public SquareSum Plus(double x)
    {
        double size = Math.Abs(x);
        if (size > MostMedium) return new(Small, Medium, Large + (x * Down) * (x * Down));
        if (size < LeastMedium) return new(Small + (x * Up) * (x * Up), Medium, Large);
        return new(Small, Medium + x * x, Large);
    }

    /// <summary>With a square that is known to be safe.</summary>
    public SquareSum PlusPlain(double square) => new(Small, Medium + square, Large);

    /// <summary>The root of the sum.</summary>
    public double Root()
    {
        if (Large > 0) return Math.Sqrt(Large + (Medium * Down) * Down) * Up;
        if (Medium == 0) return Math.Sqrt(Small) * Down;
        return Math.Sqrt(Medium + (Small * Down) * Down);
    }
}
