using System.Runtime.Intrinsics;

namespace HessianKernels.Kernels;

/// <summary>
/// Between a lower triangle packed row by row, <c>[m (m + 1) / 2]</c>, and the lower triangle of a row-major m x m matrix, with weights on the way:
/// <code>
///  a        at 0          row 0
///  b c      at 1          row 1, the diagonal last
///  d e f    at 3          row 2
/// </code>
/// </summary>
internal static unsafe class PackedTriangle
{
    // Bands of rows of about equal area: the cut does not depend on the threads, and no bit on the cut.
    private const int MostBands = 16, SmallestBand = 32;

    /// <summary>
    /// <code>for (a) for (b &lt;= a) { matrix[a, b] = w[at] * x[at] * (b &lt; a ? factor : 1);  at++; }</code>
    /// </summary>
    /// <param name="x">Packed.</param>
    /// <param name="w">Packed; one where null.</param>
    /// <param name="m">The order.</param>
    /// <param name="factor">Of what is off the diagonal.</param>
    /// <param name="matrix"><c>[m, m]</c>; only the lower triangle is written.</param>
    /// <param name="threads">Most threads.</param>
    public static void Unpack(double* x, double* w, int m, double factor, double* matrix, int threads)
    {
        UnpackJob job = new() { X = x, W = w, Matrix = matrix, Factor = factor, Bands = new(m) };
        ParallelLoop.Run(ref job, job.Bands.Count, threads);
    }

    /// <summary>
    /// <code>for (a) for (b &lt;= a) { y[at] = d[at] * x[at] + (b &lt; a ? factor : 1) * matrix[a, b] * w[at];  at++; }</code>
    /// </summary>
    /// <param name="matrix"><c>[m, m]</c>; only the lower triangle is read.</param>
    /// <param name="w">Packed; one where null.</param>
    /// <param name="d">Packed; zero where null.</param>
    /// <param name="x">Packed; not read where d is null.</param>
    /// <param name="m">The order.</param>
    /// <param name="factor">Of what is off the diagonal.</param>
    /// <param name="y">Packed.</param>
    /// <param name="threads">Most threads.</param>
    public static void Pack(double* matrix, double* w, double* d, double* x, int m, double factor, double* y, int threads)
    {
        PackJob job = new() { Matrix = matrix, W = w, D = d, X = x, Y = y, Factor = factor, Bands = new(m) };
        ParallelLoop.Run(ref job, job.Bands.Count, threads);
    }

    /// <summary><code>for (a) for (b &lt;= a) matrix[a, b] *= w[at++];</code></summary>
    public static void Multiply(double* matrix, double* w, int m, int threads)
    {
        MultiplyJob job = new() { Matrix = matrix, W = w, Bands = new(m) };
        ParallelLoop.Run(ref job, job.Bands.Count, threads);
    }

    private readonly struct RowBands(int m)
    {
        public int Order => m;

        public int Count { get; } = Math.Clamp(m / SmallestBand, 1, MostBands);

        public int Edge(int band) => band == Count ? m : (int)(m * Math.Sqrt(band / (double)Count));
    }

    private struct UnpackJob : IChunkJob
    {
        public double* X, W, Matrix;
        public double Factor;
        public RowBands Bands;

        public readonly void Run(int chunk, int lane)
        {
            int width = Vector512<double>.Count, end = Bands.Edge(chunk + 1);
            Vector512<double> factor = Vector512.Create(Factor);
            for (int a = Bands.Edge(chunk); a < end; a++)
            {
                nint first = (nint)a * (a + 1) / 2;
                double* x = X + first, w = W is null ? null : W + first, row = Matrix + (nint)a * Bands.Order;
                int b = 0;
                if (w is null)
                {
                    for (; b <= a - width; b += width) (Vector512.Load(x + b) * factor).Store(row + b);
                    for (; b < a; b++) row[b] = x[b] * Factor;
                    row[a] = x[a];
                }
                else
                {
                    for (; b <= a - width; b += width) (Vector512.Load(w + b) * Vector512.Load(x + b) * factor).Store(row + b);
                    for (; b < a; b++) row[b] = w[b] * x[b] * Factor;
                    row[a] = w[a] * x[a];
                }
            }
        }
    }

    private struct PackJob : IChunkJob
    {
        public double* Matrix, W, D, X, Y;
        public double Factor;
        public RowBands Bands;

        public readonly void Run(int chunk, int lane)
        {
            int width = Vector512<double>.Count, end = Bands.Edge(chunk + 1);
            Vector512<double> factor = Vector512.Create(Factor);
            for (int a = Bands.Edge(chunk); a < end; a++)
            {
                nint first = (nint)a * (a + 1) / 2;
                double* row = Matrix + (nint)a * Bands.Order, y = Y + first, x = X + first;
                double* w = W is null ? null : W + first, d = D is null ? null : D + first;
                int b = 0;
                for (; b <= a - width; b += width)
                {
                    Vector512<double> value = factor * Vector512.Load(row + b);
                    if (w is not null) value *= Vector512.Load(w + b);
                    if (d is not null) value += Vector512.Load(d + b) * Vector512.Load(x + b);
                    value.Store(y + b);
                }

                for (; b <= a; b++)
                {
                    double value = b < a ? Factor * row[b] : row[b];
                    if (w is not null) value *= w[b];
                    if (d is not null) value += d[b] * x[b];
                    y[b] = value;
                }
            }
        }
    }

    private struct MultiplyJob : IChunkJob
    {
        public double* Matrix, W;
        public RowBands Bands;

        public readonly void Run(int chunk, int lane)
        {
            int width = Vector512<double>.Count, end = Bands.Edge(chunk + 1);
            for (int a = Bands.Edge(chunk); a < end; a++)
            {
                double* w = W + (nint)a * (a + 1) / 2, row = Matrix + (nint)a * Bands.Order;
                int b = 0;
                for (; b <= a + 1 - width; b += width) (Vector512.Load(row + b) * Vector512.Load(w + b)).Store(row + b);
                for (; b <= a; b++) row[b] *= w[b];
            }
        }
    }
}
