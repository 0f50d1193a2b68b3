using System.Numerics;
using System.Runtime.Intrinsics;

namespace HessianKernels.Kernels;

/// <summary>
/// Philox 4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw (SC 2011): the i-th block of a stream is a function of
/// (seed, stream, i), so any part of any vector can be made by any thread.
/// </summary>
internal static class Philox
{
    private const uint Multiplier0 = 0xD2511F53, Multiplier1 = 0xCD9E8D57, Weyl0 = 0x9E3779B9, Weyl1 = 0xBB67AE85;

    /// <summary>The four 32-bit words of one counter under one key.</summary>
    public static (uint, uint, uint, uint) Block(ulong seed, ulong stream, ulong index)
    {
        uint c0 = (uint)index, c1 = (uint)(index >> 32), c2 = (uint)stream, c3 = (uint)(stream >> 32);
        uint k0 = (uint)seed, k1 = (uint)(seed >> 32);
        for (int round = 0; round < 10; round++)
        {
            ulong product0 = (ulong)Multiplier0 * c0, product1 = (ulong)Multiplier1 * c2;
            (c0, c1, c2, c3) = ((uint)(product1 >> 32) ^ c1 ^ k0, (uint)product1, (uint)(product0 >> 32) ^ c3 ^ k1, (uint)product0);
            k0 += Weyl0;
            k1 += Weyl1;
        }

        return (c0, c1, c2, c3);
    }

    /// <summary>
    /// Eight blocks from <paramref name="index"/> on, as two words of 64 bits each: <paramref name="first"/> has a block's first word above
    /// its second, <paramref name="second"/> its third above its fourth.
    /// </summary>
    public static void EightBlocks(ulong seed, ulong stream, ulong index, out Vector512<ulong> first, out Vector512<ulong> second)
    {
        Vector512<ulong> low = Vector512.Create<ulong>(uint.MaxValue), at = Vector512.Create(index) + Vector512<ulong>.Indices;
        Vector512<ulong> multiplier0 = Vector512.Create<ulong>(Multiplier0), multiplier1 = Vector512.Create<ulong>(Multiplier1);
        Vector512<ulong> c0 = at & low, c1 = at >> 32, c2 = Vector512.Create(stream) & low, c3 = Vector512.Create(stream) >> 32;
        uint k0 = (uint)seed, k1 = (uint)(seed >> 32);
        for (int round = 0; round < 10; round++)
        {
            Vector512<ulong> product0 = Simd.MultiplyLow(multiplier0, c0), product1 = Simd.MultiplyLow(multiplier1, c2);
            (c0, c1) = ((product1 >> 32) ^ c1 ^ Vector512.Create<ulong>(k0), product1 & low);
            (c2, c3) = ((product0 >> 32) ^ c3 ^ Vector512.Create<ulong>(k1), product0 & low);
            k0 += Weyl0;
            k1 += Weyl1;
        }

        (first, second) = ((c0 << 32) | c1, (c2 << 32) | c3);
    }

    /// <summary>Two independent numbers, uniform on (-1, 1), of one block: the middles of 2^52 equal parts.</summary>
    public static (double, double) SymmetricPair(ulong seed, ulong stream, ulong index)
    {
        (uint a, uint b, uint c, uint d) = Block(seed, stream, index);
        return (Symmetric(a, b), Symmetric(c, d));

        static double Symmetric(uint high, uint low) => (2 * (((((ulong)high << 32) | low) >> 12) + 0.5) - (1L << 52)) * (1.0 / (1L << 52));
    }

    /// <summary>Two independent standard normal numbers, from one block by Box and Muller's transformation of 53-bit uniforms.</summary>
    public static (double, double) NormalPair(ulong seed, ulong stream, ulong index)
    {
        (uint a, uint b, uint c, uint d) = Block(seed, stream, index);
        // In (0, 1]: the logarithm of 0 is never asked for.
        double u = (((((ulong)a << 32) | b) >> 11) + 1) * (1.0 / (1L << 53));
        double v = ((((ulong)c << 32) | d) >> 11) * (1.0 / (1L << 53));
        double radius = Math.Sqrt(-2 * Math.Log(u));
        (double sine, double cosine) = Math.SinCos(2 * Math.PI * v);
        return (radius * cosine, radius * sine);
    }
}

/// <summary>Random vectors: element i depends on (seed, stream, i) alone.</summary>
internal static unsafe class RandomVector
{
    public static void Normal<T>(ulong seed, ulong stream, T* result, int length, int threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Job<T> job = new() { Seed = seed, Stream = stream, Result = result, Chunks = new(length) };
        ParallelLoop.Run(ref job, job.Chunks.Count, threads);
    }

    public static void Rademacher<T>(ulong seed, ulong stream, T* result, int length, int threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Job<T> job = new() { Seed = seed, Stream = stream, Result = result, Chunks = new(length), Signs = true };
        ParallelLoop.Run(ref job, job.Chunks.Count, threads);
    }

    private struct Job<T> : IChunkJob
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public ulong Seed, Stream;
        public T* Result;
        public Chunks Chunks;
        public bool Signs;

        public readonly void Run(int chunk, int lane)
        {
            // Chunks start at multiples of 64, so that no block of the generator is shared between two of them.
            int start = Chunks.Start(chunk), end = start + Chunks.LengthOf(chunk);
            if (Signs)
            {
                for (int i = start; i < end; i++)
                {
                    (uint word, _, _, _) = Philox.Block(Seed, Stream, (ulong)(i / 32));
                    int last = Math.Min(end, (i | 31) + 1);
                    for (; i < last; i++, word >>= 1) Result[i] = (word & 1) == 0 ? T.One : -T.One;
                    i--;
                }

                return;
            }

            for (int i = start; i < end; i += 2)
            {
                (double first, double second) = Philox.NormalPair(Seed, Stream, (ulong)(i / 2));
                Result[i] = T.CreateTruncating(first);
                if (i + 1 < end) Result[i + 1] = T.CreateTruncating(second);
            }
        }
    }
}
