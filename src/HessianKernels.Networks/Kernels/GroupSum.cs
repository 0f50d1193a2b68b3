using System.Numerics;
using System.Runtime.Intrinsics;
using HessianKernels.Kernels;

namespace HessianKernels.Networks.Kernels;

/// <summary>
/// Sums of groups, in double whatever T is:
/// <code>for (o, i) result[o, i] = (accumulate ? result[o, i] : 0) + scale * sum_c x[o, c, i] * (y is null ? 1 : y[o, c, i]);</code>
/// </summary>
/// <remarks>
/// Cut into pieces along Count by the sizes alone; a piece's sums stand in double in the cache, and the pieces are added in order. x and y are read once.
/// </remarks>
internal static unsafe class GroupSum
{
    // Elements of a piece at the least, and how many pieces there are at the most.
    private const int Smallest = 16384, MostPieces = 64;

    public static void Run<T>(int outer, int count, int inner, double scale, T* x, T* y, bool accumulate, T* result, int threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (outer == 0 || inner == 0) return;
        Groups groups = new(outer, count, inner, Vector512<T>.Count);
        Job<T> job = new() { Groups = groups, Scale = scale, X = x, Y = y, Accumulate = accumulate, Result = result };
        // Either several slabs a chunk, or several chunks a slab.
        long chunks = Math.Clamp(groups.Length / Smallest, 1, MostPieces);
        job.Pieces = (int)Math.Clamp(Math.Min(chunks / outer, count / Math.Max(1, groups.Fold)), 1, MostPieces);
        job.Slabs = job.Pieces > 1 ? 1 : (int)((outer + chunks - 1) / chunks);
        if (groups.Length < 2 * Smallest) threads = 1;
        int units = (outer + job.Slabs - 1) / job.Slabs;
        double* stack = stackalloc double[Scratch.OnStack];
        using Scratch scratch = new(stack, Scratch.OnStack, job.Pieces > 1 ? (long)outer * job.Pieces * inner : 0);
        job.Partial = job.Pieces > 1 ? scratch.Pointer : null;
        ParallelLoop.Run(ref job, units * job.Pieces, threads);
        if (job.Pieces == 1) return;
        for (int o = 0; o < outer; o++)
        {
            double* sums = scratch.Pointer + (nint)o * job.Pieces * inner;
            for (int piece = 1; piece < job.Pieces; piece++)
                for (int i = 0; i < inner; i++) sums[i] += sums[(nint)piece * inner + i];
            job.Finish(o, sums);
        }
    }

    private struct Job<T> : IChunkJob
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public Groups Groups;
        public double Scale;
        public T* X, Y, Result;
        public double* Partial;
        public bool Accumulate;

        /// <summary>Pieces of a slab; slabs of a chunk: one of the two is 1.</summary>
        public int Pieces, Slabs;

        public readonly void Run(int chunk, int lane)
        {
            int inner = Groups.Inner;
            double* stack = stackalloc double[Scratch.OnStack];
            using Scratch scratch = new(stack, Scratch.OnStack, inner == 1 ? 1 : Groups.Wide);
            if (Pieces > 1)
            {
                int o = chunk / Pieces, piece = chunk % Pieces, begin = Start(piece), end = Start(piece + 1);
                Sum(o * Groups.Slab + (nint)begin * inner, end - begin, scratch.Pointer);
                new Span<double>(scratch.Pointer, inner).CopyTo(new(Partial + (nint)chunk * inner, inner));
                return;
            }

            for (int o = chunk * Slabs; o < Math.Min(Groups.Outer, (chunk + 1) * Slabs); o++)
            {
                Sum(o * Groups.Slab, Groups.Count, scratch.Pointer);
                Finish(o, scratch.Pointer);
            }
        }

        /// <summary>Where a piece of a slab begins: at whole wide rows.</summary>
        private readonly int Start(int piece)
            => piece == Pieces ? Groups.Count : (int)((long)(Groups.Count / Groups.Fold) * piece / Pieces) * Groups.Fold;

        public readonly void Finish(int o, double* sums)
        {
            T* result = Result + (nint)o * Groups.Inner;
            for (int i = 0; i < Groups.Inner; i++)
                result[i] = T.CreateTruncating((Accumulate ? double.CreateTruncating(result[i]) : 0) + Scale * sums[i]);
        }

        /// <summary>The sums of so many rows from element <paramref name="at"/> on.</summary>
        private readonly void Sum(nint at, int rows, double* sums)
        {
            T* x = X + at, y = Y is null ? null : Y + at;
            if (Groups.Inner == 1)
            {
                // A row of a matrix: short ones are many.
                *sums = y is not null ? Dot.Sequential(x, y, rows) : Total(x, rows);
                return;
            }

            int wide = Groups.Wide, inner = Groups.Inner;
            new Span<double>(sums, wide).Clear();
            int fold = Groups.Fold, r = 0;
            for (; r <= rows - fold; r += fold, x += wide, y = y is null ? null : y + wide) AddRow(x, y, wide, sums);
            AddRow(x, y, (rows - r) * inner, sums);
            for (int part = 1; part < fold; part++)
                for (int i = 0; i < inner; i++) sums[i] += sums[part * inner + i];
        }

        private static double Total(T* x, int length)
        {
            Vector512<double> low = default, high = default;
            int i = 0;
            for (; i <= length - Vector512<T>.Count; i += Vector512<T>.Count)
                Simd.AccumulateProduct(Vector512.Load(x + i), Vector512<T>.One, ref low, ref high);
            double sum = Simd.Sum(typeof(T) == typeof(float) ? low + high : low);
            for (; i < length; i++) sum += double.CreateTruncating(x[i]);
            return sum;
        }

        private static void AddRow(T* x, T* y, int length, double* sums)
        {
            int i = 0, width = Vector512<T>.Count;
            for (; i <= length - width; i += width)
            {
                Vector512<double> low = Vector512.Load(sums + i), high = typeof(T) == typeof(float) ? Vector512.Load(sums + i + 8) : default;
                Simd.AccumulateProduct(Vector512.Load(x + i), y is null ? Vector512<T>.One : Vector512.Load(y + i), ref low, ref high);
                low.Store(sums + i);
                if (typeof(T) == typeof(float)) high.Store(sums + i + 8);
            }

            for (; i < length; i++)
                sums[i] = Math.FusedMultiplyAdd(double.CreateTruncating(x[i]), y is null ? 1 : double.CreateTruncating(y[i]), sums[i]);
        }
    }
}
