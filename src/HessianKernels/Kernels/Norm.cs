using System.Numerics;
using System.Runtime.Intrinsics;

namespace HessianKernels.Kernels;

/// <summary>
/// The Euclidean norm. Squares are summed in double; where their sum leaves the range in which it is exact to rounding, the vector is read
/// once more, scaled by its largest element, so that 1e+-150 (1e+-30 in float) and far beyond neither overflow nor underflow.
/// A NaN or infinite element gives NaN or infinity.
/// </summary>
internal static unsafe class Norm
{
    // Below, squares of elements 2^-50 times the norm would be subnormal; above, the sum of squares would near infinity.
    private const double SmallestSafeSquare = 1e-270, LargestSafeSquare = 1e300;

    public static double Of<T>(T* x, int length, int threads = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => FromSquare(Dot.Of(x, x, length, threads), x, length);

    /// <summary>The norm of x, given the sum of its squares as plain arithmetic found it.</summary>
    public static double FromSquare<T>(double square, T* x, int length)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => square is > SmallestSafeSquare and < LargestSafeSquare ? Math.Sqrt(square) : Scaled(x, length);

    /// <summary><c>x /= norm</c>; a zero norm leaves x as it is.</summary>
    public static void Divide<T>(T* x, double norm, int length, int threads = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (norm == 0) return;
        // The reciprocal of a number this small overflows; there and only there is a division an element worth its cost.
        T scale = T.CreateTruncating(1 / norm);
        bool divide = !T.IsNormal(scale);
        DivideJob<T> job = new() { X = x, Scale = divide ? T.CreateTruncating(norm) : scale, Exact = divide, Chunks = new(length) };
        ParallelLoop.Run(ref job, job.Chunks.Count, threads);
    }

    private static double Scaled<T>(T* x, int length)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double largest = 0;
        for (int i = 0; i < length; i++)
        {
            double magnitude = Math.Abs(double.CreateTruncating(x[i]));
            if (double.IsNaN(magnitude)) return double.NaN;
            largest = Math.Max(largest, magnitude);
        }

        if (largest == 0 || double.IsInfinity(largest)) return largest;
        double sum = 0;
        for (int i = 0; i < length; i++)
        {
            double scaled = double.CreateTruncating(x[i]) / largest;
            sum += scaled * scaled;
        }

        return largest * Math.Sqrt(sum);
    }

    private struct DivideJob<T> : IChunkJob
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public T* X;
        public T Scale;
        public bool Exact;
        public Chunks Chunks;

        public readonly void Run(int chunk, int lane)
        {
            T* x = X + Chunks.Start(chunk);
            int length = Chunks.LengthOf(chunk), i = 0, width = Vector512<T>.Count;
            Vector512<T> scale = Vector512.Create(Scale);
            if (Exact)
            {
                for (; i < length; i++) x[i] /= Scale;
                return;
            }

            for (; i <= length - width; i += width) (Vector512.Load(x + i) * scale).Store(x + i);
            for (; i < length; i++) x[i] *= Scale;
        }
    }
}
