namespace HessianKernels.Gpu.Kernels;

/// <summary>
/// A sum of squares that neither overflows nor underflows, in one pass: numbers so small or so large that their squares are not safe are
/// scaled by a power of 2 and summed apart (Blue, ACM TOMS 4(1), 1978).
/// </summary>
internal readonly struct SquareSum(double small, double medium, double large)
{
    // 2^-500, 2^480, 2^600 and its inverse: squares of the medium numbers lie in 2^-1000 .. 2^960, and 2^64 of them may be added.
    private const double LeastMedium = 3.0549363634996047e-151, MostMedium = 3.1217485503159922e+144;
    private const double Up = 4.149515568880993e+180, Down = 1 / Up;

    public readonly double Small = small, Medium = medium, Large = large;

    /// <summary>With the square of x. A NaN is counted as medium and stays one.</summary>
    public SquareSum Plus(double x)
    {
        double size = Math.Abs(x);
        bool large = size > MostMedium, small = size < LeastMedium;
        double scaled = large ? x * Down : small ? x * Up : x, square = scaled * scaled;
        return new(small ? Small + square : Small, large | small ? Medium : Medium + square, large ? Large + square : Large);
    }

    /// <summary>With a square that is known to be safe.</summary>
    public SquareSum PlusPlain(double square) => new(Small, Medium + square, Large);

    /// <summary>The root of the sum.</summary>
    public double Root()
    {
        // Over Up the second time, and not times Down: ILGPU would make one constant of two, Down^2, which is 0.
        return Large > 0 ? Math.Sqrt(Large + Medium * Down / Up) * Up : Medium == 0 ? Math.Sqrt(Small) * Down : Math.Sqrt(Medium + Small * Down / Up);
    }
}
