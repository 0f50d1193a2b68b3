namespace HessianKernels.Gpu;

/// <summary>
/// How vectors are cut into chunks, each the work of one group: by the length alone, so that an item's sums are added in the same order in
/// any batch.
/// </summary>
/// <param name="Batch">Items.</param>
/// <param name="Length">Elements of a vector.</param>
/// <param name="Stride">Elements from one vector to the next.</param>
internal readonly record struct ChunkGrid(int Batch, int Length, int Stride)
{
    // Few enough that one group adds up a vector's chunks, enough to fill a device with one vector; each a multiple of every width of load.
    private const int MostChunks = 1024, LeastElements = 2048, Multiple = 1024;

    /// <summary>Elements of a chunk.</summary>
    public int Chunk => Math.Max(LeastElements, (int)(((long)Length + (long)MostChunks * Multiple - 1) / ((long)MostChunks * Multiple) * Multiple));

    /// <summary>Chunks of a vector.</summary>
    public int Chunks => (int)(((long)Length + Chunk - 1) / Chunk);
}
