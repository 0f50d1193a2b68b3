using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace HessianKernels.Kernels;

/// <summary>
/// How far a row-major n x n matrix is from symmetric, in one pass over it:
/// <code>
/// for (i &lt; n) for (j &lt;= i) { difference = max(difference, |a[i, j] - a[j, i]|);  largest = max(largest, |a[i, j]|); }
/// </code>
///  Tile by tile, a tile under the diagonal against its mirror image above, so that both are in the cache
/// while one of them is read across its rows. A maximum has no order: the same answer for any number of threads.
/// </summary>
internal static unsafe class Asymmetry
{
    // Tiles of 256 rows and 64 columns, 128 KiB of doubles: with its mirror image at home in the second-level cache, and the 64 pages of memory that the image's
    // rows lie in known to the processor for as long as it takes; a square tile would have them looked up four times as often.
    private const int Band = 256, Tile = 64;

    /// <summary>What a matrix is found to be. The two maxima say nothing where a difference is not finite.</summary>
    public readonly record struct Finding(bool Finite, double Difference, double Largest);

    /// <summary>Measures one matrix; allocates nothing.</summary>
    public static Finding Of<T>(T* a, int n, int threads = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int bands = (n + Band - 1) / Band;
        double* stack = stackalloc double[Scratch.OnStack];
        using Scratch found = new(stack, Scratch.OnStack, 3L * bands);
        TileJob<T> job = new() { A = a, N = n, Bands = bands, Found = found.Pointer };
        ParallelLoop.Run(ref job, bands, threads);
        double poison = 0, difference = 0, largest = 0;
        for (int i = 0; i < bands; i++)
        {
            poison += found.Pointer[3 * i];
            difference = Math.Max(difference, found.Pointer[3 * i + 1]);
            largest = Math.Max(largest, found.Pointer[3 * i + 2]);
        }

        return new(poison == 0, difference, largest);
    }

    /// <summary>
    /// What has been seen so far. Poison is a sum of 0 * difference: 0 until a NaN or an infinity comes by, and NaN from then on.
    /// </summary>
    private struct Seen<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public T Poison, Difference, Largest;

        public void Add(T x, T y)
        {
            T difference = x - y;
            Difference = T.MaxNative(Difference, T.Abs(difference));
            Largest = T.MaxNative(Largest, T.Abs(x));
            Poison += difference * T.Zero;
        }

        public void Add(Vector256<T> poison, Vector256<T> difference, Vector256<T> largest)
        {
            for (int i = 0; i < Vector256<T>.Count; i++)
            {
                Poison += poison[i];
                Difference = T.MaxNative(Difference, difference[i]);
                Largest = T.MaxNative(Largest, largest[i]);
            }
        }
    }

    private struct TileJob<T> : IChunkJob
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public T* A;
        public int N, Bands;
        public double* Found;

        public readonly void Run(int chunk, int lane)
        {
            // The longest band first: the short ones fill the gap at the end.
            int band = Bands - 1 - chunk, top = band * Band, end = Math.Min(N, top + Band);
            Seen<T> seen = default;
            for (int left = 0; left < end; left += Tile)
            {
                int first = Math.Max(top, left + Tile), whole = Whole(end - first);
                if (whole > 0) Blocks(first, whole, left, Tile, true, ref seen);
                for (int i = first + whole; i < end; i++)
                    for (int j = left; j < left + Tile; j++)
                        seen.Add(A[(nint)i * N + j], A[(nint)j * N + i]);
                if (left >= top) Diagonal(left, Math.Min(left + Tile, end), ref seen);
            }

            Found[3 * band] = double.CreateTruncating(seen.Poison);
            Found[3 * band + 1] = double.CreateTruncating(seen.Difference);
            Found[3 * band + 2] = double.CreateTruncating(seen.Largest);
        }

        /// <summary>The rows of so many that blocks can take.</summary>
        private static int Whole(int rows) => Avx.IsSupported && rows > 0 ? rows - rows % (2 * Vector256<T>.Count) : 0;

        /// <summary>A tile on the diagonal, strip by strip: what lies left of the strip's square, and the square against itself.</summary>
        private readonly void Diagonal(int first, int end, ref Seen<T> seen)
        {
            int strip = 2 * Vector256<T>.Count, i = first, whole = first + Whole(end - first);
            for (; i < whole; i += strip) Blocks(i, strip, first, i + strip - first, false, ref seen);
            for (; i < end; i++)
                for (int j = first; j <= i; j++)
                    seen.Add(A[(nint)i * N + j], A[(nint)j * N + i]);
        }

        /// <summary>Rows and columns against their mirror image, in blocks transposed in registers.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Blocks(int top, int rows, int left, int columns, bool more, ref Seen<T> seen)
        {
            nint n = N;
            int width = Vector256<T>.Count;
            Vector256<T> poison = default, difference = default, largest = default;
            for (int i = top; i < top + rows; i += 2 * width)
            {
                for (int j = left; j < left + columns; j += width)
                {
                    // Two blocks one under the other: their mirror images are side by side, and use their lines of the cache whole.
                    T* across = A + i * n + j, down = A + j * n + i;
                    // The hardware foresees a run along a row, not the jump to the same columns of the next tile's rows.
                    for (int k = 0; more && k < width; k++)
                    {
                        Sse.Prefetch1(down + (Tile + k) * n);
                        Sse.Prefetch1(across + Tile + ((j / width & 1) * width + k) * n);
                    }

                    Block(across, down, n, ref poison, ref difference, ref largest);
                    Block(across + width * n, down + width, n, ref poison, ref difference, ref largest);
                }
            }

            seen.Add(poison, difference, largest);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Block(
            T* a, T* b, nint n, ref Vector256<T> poison, ref Vector256<T> difference, ref Vector256<T> largest)
        {
            if (typeof(T) == typeof(double))
            {
                Vector256<double> b0 = Load((double*)b), b1 = Load((double*)b + n), b2 = Load((double*)b + 2 * n), b3 = Load((double*)b + 3 * n);
                Vector256<double> even01 = Avx.UnpackLow(b0, b1), odd01 = Avx.UnpackHigh(b0, b1);
                Vector256<double> even23 = Avx.UnpackLow(b2, b3), odd23 = Avx.UnpackHigh(b2, b3);
                Compare(
                    a, n, Avx.Permute2x128(even01, even23, 0x20).As<double, T>(), Avx.Permute2x128(odd01, odd23, 0x20).As<double, T>(),
                    Avx.Permute2x128(even01, even23, 0x31).As<double, T>(), Avx.Permute2x128(odd01, odd23, 0x31).As<double, T>(),
                    ref poison, ref difference, ref largest);
                return;
            }

            for (int half = 0; half < 8; half += 4, a += 4 * n)
            {
                // Rows j and j + 4 side by side, so that what remains is a 4 x 4 transposition in each half.
                float* f = (float*)b + half;
                Vector256<float> r0 = Halves(f, f + 4 * n), r1 = Halves(f + n, f + 5 * n);
                Vector256<float> r2 = Halves(f + 2 * n, f + 6 * n), r3 = Halves(f + 3 * n, f + 7 * n);
                Vector256<float> low01 = Avx.UnpackLow(r0, r1), high01 = Avx.UnpackHigh(r0, r1);
                Vector256<float> low23 = Avx.UnpackLow(r2, r3), high23 = Avx.UnpackHigh(r2, r3);
                Compare(
                    a, n, Avx.Shuffle(low01, low23, 0x44).As<float, T>(), Avx.Shuffle(low01, low23, 0xEE).As<float, T>(),
                    Avx.Shuffle(high01, high23, 0x44).As<float, T>(), Avx.Shuffle(high01, high23, 0xEE).As<float, T>(),
                    ref poison, ref difference, ref largest);
            }
        }

        /// <summary>Four lines of rows of a against four of transposed columns.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Compare(
            T* a, nint n, Vector256<T> y0, Vector256<T> y1, Vector256<T> y2, Vector256<T> y3,
            ref Vector256<T> poison, ref Vector256<T> difference, ref Vector256<T> largest)
        {
            Vector256<T> x0 = Vector256.Load(a), x1 = Vector256.Load(a + n), x2 = Vector256.Load(a + 2 * n), x3 = Vector256.Load(a + 3 * n);
            // Folded before they join what is carried along: one step of latency for four lines. Without Native the maximum would heed
            // NaN at several times the price; NaN is the poison's business.
            largest = Vector256.MaxNative(
                largest, Vector256.MaxNative(
                    Vector256.MaxNative(Vector256.Abs(x0), Vector256.Abs(x1)), Vector256.MaxNative(Vector256.Abs(x2), Vector256.Abs(x3))));
            x0 = Vector256.Abs(x0 - y0);
            x1 = Vector256.Abs(x1 - y1);
            x2 = Vector256.Abs(x2 - y2);
            x3 = Vector256.Abs(x3 - y3);
            difference = Vector256.MaxNative(difference, Vector256.MaxNative(Vector256.MaxNative(x0, x1), Vector256.MaxNative(x2, x3)));
            poison += ((x0 + x1) + (x2 + x3)) * Vector256<T>.Zero;
        }

        private static Vector256<double> Load(double* source) => Vector256.Load(source);

        private static Vector256<float> Halves(float* low, float* high) => Vector256.Create(Vector128.Load(low), Vector128.Load(high));
    }
}
