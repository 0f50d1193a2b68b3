using System.Numerics;
using HessianKernels.Kernels;

namespace HessianKernels.Networks.Kernels;

/// <summary>
/// Many products of one shape:
/// <code>for (g) c_g = alpha op(a_g) op(b_g) + beta c_g;</code>
/// Products that are not worth threads alone share them, some in a run a chunk; each has the bits it has alone.
/// </summary>
internal unsafe struct GemmBatch<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Multiplications, or elements written, of a chunk at the least; and of one product that has threads to itself.
    private const double WorkOfChunk = 1e5, WorthThreads = 1.5e6;
    private const int MostChunks = 256;

    public bool TransposeA, TransposeB;
    public int M, N, K, Batch;
    public T Alpha, Beta;
    public T* A, B, C;
    public nint StrideA, StrideB, StrideC;

    public readonly void Run(int threads)
    {
        double work = (double)M * N * Math.Max(K, 8);
        // Into one c they go one after the other.
        bool together = Batch > 1 && StrideC != 0 && work < WorthThreads;
        int chunks = together ? (int)Math.Clamp(work * Batch / WorkOfChunk, 1, Math.Min(Batch, MostChunks)) : 1;
        Job job = new() { Batch = this, Chunks = chunks, Threads = threads };
        ParallelLoop.Run(ref job, chunks, threads);
    }

    private struct Job : IChunkJob
    {
        public GemmBatch<T> Batch;
        public int Chunks, Threads;

        public readonly void Run(int chunk, int lane)
        {
            GemmBatch<T> b = Batch;
            int first = (int)((long)b.Batch * chunk / Chunks), end = (int)((long)b.Batch * (chunk + 1) / Chunks);
            int lda = b.TransposeA ? b.M : b.K, ldb = b.TransposeB ? b.K : b.N, threads = Chunks > 1 ? 1 : Threads;
            // A column's transpose is a row, that of a stored transpose in place: whole vectors of c at a time.
            bool asRow = b.N == 1 && b.TransposeA;
            for (int g = first; g < end; g++)
            {
                if (asRow)
                {
                    Gemm.Multiply(
                        false, false, 1, b.M, b.K, b.Alpha, b.B + g * b.StrideB, b.K, b.A + g * b.StrideA, lda, b.Beta, b.C + g * b.StrideC, b.M, threads);
                    continue;
                }

                Gemm.Multiply(
                    b.TransposeA, b.TransposeB, b.M, b.N, b.K, b.Alpha, b.A + g * b.StrideA, lda, b.B + g * b.StrideB, ldb,
                    b.Beta, b.C + g * b.StrideC, b.N, threads);
            }
        }
    }
}
