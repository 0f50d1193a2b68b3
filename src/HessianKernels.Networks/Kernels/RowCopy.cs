using System.Numerics;
using HessianKernels.Kernels;

namespace HessianKernels.Networks.Kernels;

/// <summary>
/// <code>for (r &lt; rows) for (c &lt; columns) destination[r * destinationStride + c] = source[(index is null ? r : index[r]) * sourceStride + c];</code>
/// </summary>
internal static unsafe class RowCopy
{
    private const int Smallest = 16384, MostChunks = 64;

    public static void Run<T>(int rows, int columns, int* index, T* source, nint sourceStride, T* destination, nint destinationStride, int threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        long length = (long)rows * columns;
        if (length == 0) return;
        long chunks = Math.Clamp(length / Smallest, 1, Math.Min(MostChunks, rows));
        Job<T> job = new()
        {
            Rows = rows, Columns = columns, RowsOfChunk = (int)((rows + chunks - 1) / chunks), Index = index, Source = source, SourceStride = sourceStride,
            Destination = destination, DestinationStride = destinationStride,
        };
        ParallelLoop.Run(ref job, (rows + job.RowsOfChunk - 1) / job.RowsOfChunk, length < Elementwise.WorthThreads ? 1 : threads);
    }

    private struct Job<T> : IChunkJob
        where T : unmanaged
    {
        public int Rows, Columns, RowsOfChunk;
        public int* Index;
        public T* Source, Destination;
        public nint SourceStride, DestinationStride;

        public readonly void Run(int chunk, int lane)
        {
            long bytes = (long)Columns * sizeof(T);
            for (int r = chunk * RowsOfChunk; r < Math.Min(Rows, (chunk + 1) * RowsOfChunk); r++)
                Buffer.MemoryCopy(Source + (Index is null ? r : Index[r]) * SourceStride, Destination + r * DestinationStride, bytes, bytes);
        }
    }
}
