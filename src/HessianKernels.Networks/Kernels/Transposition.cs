using System.Numerics;
using HessianKernels.Kernels;

namespace HessianKernels.Networks.Kernels;

/// <summary>
/// <code>for (b, r, c) destination[b, c, r] = source[b, r, c];</code>
/// in squares of 16 by 16, whose lines of both stay in the first cache.
/// </summary>
internal static unsafe class Transposition
{
    private const int Side = 16, Smallest = 16384, MostChunks = 64;

    public static void Run<T>(int batch, int rows, int columns, T* source, T* destination, int threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        long length = (long)batch * rows * columns;
        if (length == 0) return;
        int bands = (rows + Side - 1) / Side;
        long units = (long)batch * bands, chunks = Math.Clamp(length / Smallest, 1, Math.Min(MostChunks, units));
        Job<T> job = new()
        {
            Rows = rows, Columns = columns, Bands = bands, Units = units, UnitsOfChunk = (units + chunks - 1) / chunks, Source = source,
            Destination = destination,
        };
        ParallelLoop.Run(ref job, (int)((units + job.UnitsOfChunk - 1) / job.UnitsOfChunk), length < Elementwise.WorthThreads ? 1 : threads);
    }

    private struct Job<T> : IChunkJob
        where T : unmanaged
    {
        public int Rows, Columns, Bands;
        public long Units, UnitsOfChunk;
        public T* Source, Destination;

        public readonly void Run(int chunk, int lane)
        {
            long end = Math.Min(Units, (chunk + 1) * UnitsOfChunk);
            for (long unit = chunk * UnitsOfChunk; unit < end; unit++)
            {
                nint start = (nint)(unit / Bands) * Rows * Columns;
                int r = (int)(unit % Bands) * Side, endRow = Math.Min(Rows, r + Side);
                for (int c = 0; c < Columns; c += Side) Square(Source + start, Destination + start, r, endRow, c, Math.Min(Columns, c + Side));
            }
        }

        private readonly void Square(T* source, T* destination, int row, int endRow, int column, int endColumn)
        {
            nint rows = Rows, columns = Columns;
            for (int c = column; c < endColumn; c++)
            {
                T* from = source + row * columns + c, to = destination + c * rows;
                for (int r = row; r < endRow; r++, from += columns) to[r] = *from;
            }
        }
    }
}
