using System.Diagnostics;
using HessianKernels.Conformance;
using HessianKernels.Kernels;
using Xunit;

namespace HessianKernels.Tests.Kernels;

public sealed class ParallelLoopTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(16)]
    [InlineData(1000)]
    public void EveryChunkRunsOnceInALaneOfItsOwn(int chunks)
    {
        foreach (int threads in (int[])[1, 2, 3, 7, 64])
        {
            CountJob job = new() { Runs = new int[chunks], Busy = new int[64], Threads = Math.Max(1, Math.Min(threads, chunks)) };
            ParallelLoop.Run(ref job, chunks, threads);
            Assert.All(job.Runs, runs => Assert.Equal(1, runs));
            Assert.All(job.Busy, busy => Assert.Equal(0, busy));
        }
    }

    [Fact]
    public void ThousandsOfLoopsLoseNothing()
    {
        CountJob job = new() { Runs = new int[9], Busy = new int[9] };
        for (int i = 1; i <= 5000; i++)
        {
            // A wide loop leaves threads queued that come late, into a narrow one whose lanes are taken.
            job.Threads = i % 2 == 0 ? 2 : 9;
            ParallelLoop.Run(ref job, 9, job.Threads);
            foreach (int runs in job.Runs) Assert.Equal(i, runs);
        }
    }

    [Fact]
    public void LateThreadsFindTheLanesTaken()
    {
        for (int i = 0; i < 20; i++)
        {
            CountJob wide = new() { Runs = new int[9], Busy = new int[9], Threads = 9 };
            ParallelLoop.Run(ref wide, 9, 9);
            CountJob narrow = new() { Runs = new int[4], Busy = new int[9], Threads = 2, Milliseconds = 1 };
            ParallelLoop.Run(ref narrow, 4, 2);
            Assert.All(narrow.Runs, runs => Assert.Equal(1, runs));
        }
    }

    /// <summary>After thousands of loops too short for it, and after it has gone to sleep.</summary>
    [Fact]
    public void AnotherThreadStillComes()
    {
        SumJob brief = new() { Sums = new long[2] };
        for (int i = 0; i < 5; i++)
        {
            for (int k = 0; k < 1000; k++) ParallelLoop.Run(ref brief, 2, 2);
            Thread.Sleep(5);
            LaneJob job = new() { Lanes = new int[2] };
            // Where other tests keep the pool busy, it adds a thread or two a second.
            for (long start = Stopwatch.GetTimestamp(); job.Lanes[1] == 0 && Stopwatch.GetElapsedTime(start).TotalSeconds < 60;)
                ParallelLoop.Run(ref job, 8, 2);
            Assert.True(job.Lanes[1] > 0);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void AnExceptionPassesAndTheNextLoopIsWhole(int threads)
    {
        for (int i = 0; i < 50; i++)
        {
            int chunk = i % 10;
            Exception thrown = Assert.Throws<InvalidOperationException>(() =>
            {
                FaultJob fault = new() { Chunk = chunk };
                ParallelLoop.Run(ref fault, 10, threads);
            });
            Assert.Equal($"chunk {i % 10}", thrown.Message);
            CountJob job = new() { Runs = new int[10], Busy = new int[8], Threads = 3 };
            ParallelLoop.Run(ref job, 10, threads);
            Assert.All(job.Runs, runs => Assert.Equal(1, runs));
        }
    }

    [Fact]
    public void ALoopInsideALoopIsWhole()
    {
        NestedJob job = new() { Runs = new int[8 * 20] };
        ParallelLoop.Run(ref job, 8, 4);
        Assert.All(job.Runs, runs => Assert.Equal(1, runs));
    }

    [Fact]
    public void LoopsOfSeveralCallersDoNotMix()
        => Parallel.For(0, 8, _ => ThousandsOfLoopsLoseNothing());

    [Fact]
    public void NothingIsAllocatedOnceWarm()
    {
        long[] sums = new long[64];
        int loops = 0;
        Allocation.AssertNone(() =>
        {
            // A local of the lambda: one that it captured would lie on the heap, where it may move.
            SumJob job = new() { Sums = sums };
            ParallelLoop.Run(ref job, 64, 4);
            loops++;
        });
        Assert.All(sums, sum => Assert.Equal(loops, sum));
    }

    private struct CountJob : IChunkJob
    {
        public int[] Runs, Busy;
        public int Threads, Milliseconds;

        public readonly void Run(int chunk, int lane)
        {
            Assert.InRange(lane, 0, Threads - 1);
            Assert.Equal(1, Interlocked.Increment(ref Busy[lane]));
            Interlocked.Increment(ref Runs[chunk]);
            if (Milliseconds > 0) Thread.Sleep(Milliseconds);
            Interlocked.Decrement(ref Busy[lane]);
        }
    }

    private struct SumJob : IChunkJob
    {
        public long[] Sums;

        public readonly void Run(int chunk, int lane) => Interlocked.Increment(ref Sums[chunk]);
    }

    private struct LaneJob : IChunkJob
    {
        public int[] Lanes;

        public readonly void Run(int chunk, int lane)
        {
            Interlocked.Increment(ref Lanes[lane]);
            Thread.Sleep(1);
        }
    }

    private struct FaultJob : IChunkJob
    {
        public int Chunk;

        public readonly void Run(int chunk, int lane)
        {
            if (chunk == Chunk) throw new InvalidOperationException($"chunk {chunk}");
        }
    }

    private struct NestedJob : IChunkJob
    {
        public int[] Runs;

        public readonly void Run(int chunk, int lane)
        {
            InnerJob inner = new() { Runs = Runs, Start = chunk * 20 };
            ParallelLoop.Run(ref inner, 20, 4);
        }
    }

    private struct InnerJob : IChunkJob
    {
        public int[] Runs;
        public int Start;

        public readonly void Run(int chunk, int lane) => Interlocked.Increment(ref Runs[Start + chunk]);
    }
}
