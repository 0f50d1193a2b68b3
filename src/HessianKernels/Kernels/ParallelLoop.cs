using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace HessianKernels.Kernels;

/// <summary>The body of a parallel loop: chunks run once each, in any order, on any thread, and write to places of their own.</summary>
internal interface IChunkJob
{
    /// <summary>Runs one chunk.</summary>
    /// <param name="chunk">Which, from 0.</param>
    /// <param name="lane">Which of the loop's threads runs it, from 0: no two chunks run in one lane at the same time.</param>
    void Run(int chunk, int lane);
}

/// <summary>
/// A parallel loop on the thread pool that allocates nothing after its thread's first. The caller works too, so that
/// the loop ends even where the pool has no thread to give.
/// </summary>
/// <remarks>
/// How many chunks there are must never depend on the number of threads, but where cutting has no part in the bits of what they compute
/// (<see cref="GemmGrid"/>'s shares): then these do not depend on it either.
/// A loop inside a loop runs on its caller alone. A pool thread that has finished waits a quarter of a millisecond for the next loop, awake: to wake it
/// takes about as long as a product of order 2000 takes.
/// </remarks>
internal sealed unsafe class ParallelLoop : IThreadPoolWorkItem
{
    [ThreadStatic]
    private static ParallelLoop? s_current;

    [ThreadStatic]
    private static bool s_inside;

    private delegate*<void*, int, int, void> _body;
    private void* _job;
    private int _chunks;
    private int _next;
    private int _lanes;
    private int _threads;
    private int _active;
    private int _waiting;
    private int _queued;
    private volatile int _generation;
    private volatile bool _open;
    private Exception? _fault;

    /// <summary>Runs chunks 0 .. <paramref name="chunks"/> - 1 on at most <paramref name="threads"/> threads; throws the first chunk's exception.</summary>
    public static void Run<TJob>(ref TJob job, int chunks, int threads)
        where TJob : struct, IChunkJob, allows ref struct
    {
        threads = Math.Min(threads, chunks);
        if (threads <= 1 || s_inside)
        {
            for (int chunk = 0; chunk < chunks; chunk++) job.Run(chunk, 0);
            return;
        }

        // The job stays where it is, on the caller's stack, until every thread has left it.
        (s_current ??= new ParallelLoop()).Run(&Body<TJob>, Unsafe.AsPointer(ref job), chunks, threads);
    }

    private static void Body<TJob>(void* job, int chunk, int lane)
        where TJob : struct, IChunkJob, allows ref struct
        => Unsafe.AsRef<TJob>(job).Run(chunk, lane);

    private void Run(delegate*<void*, int, int, void> body, void* job, int chunks, int threads)
    {
        _body = body;
        _job = job;
        (_chunks, _threads, _next, _lanes, _fault) = (chunks, threads, 0, 1, null);
        _generation++;
        _open = true;
        // One that was queued for an earlier loop and has not come yet will come into this one.
        for (int i = 1 + Volatile.Read(ref _waiting) + Volatile.Read(ref _queued); i < threads; i++)
        {
            Interlocked.Increment(ref _queued);
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }

        Drain(lane: 0);
        _open = false;
        Interlocked.MemoryBarrier();

        // A thread that has counted itself in may still hold the job; one that has not will find the loop closed.
        SpinWait spin = default;
        while (Volatile.Read(ref _active) != 0) spin.SpinOnce(sleep1Threshold: -1);
        if (_fault is { } fault) ExceptionDispatchInfo.Throw(fault);
    }

    void IThreadPoolWorkItem.Execute()
    {
        Interlocked.Decrement(ref _queued);
        int generation;
        do
        {
            Interlocked.Increment(ref _active);
            generation = _generation;
            if (_open)
            {
                // One that was queued for an earlier loop may come late and find this one with all its lanes taken.
                int lane = Interlocked.Increment(ref _lanes) - 1;
                if (lane < _threads) Drain(lane);
            }

            Interlocked.Decrement(ref _active);
        }
        while (AnotherBegins(generation));
    }

    /// <summary>Waits, awake, for the loop after the one of a generation.</summary>
    private bool AnotherBegins(int generation)
    {
        Interlocked.Increment(ref _waiting);
        long end = Stopwatch.GetTimestamp() + Stopwatch.Frequency / 4000;
        while (_generation == generation && Stopwatch.GetTimestamp() < end) Thread.SpinWait(10);
        Interlocked.Decrement(ref _waiting);
        return _generation != generation;
    }

    private void Drain(int lane)
    {
        s_inside = true;
        try
        {
            for (int chunk; (chunk = Interlocked.Increment(ref _next) - 1) < _chunks;) _body(_job, chunk, lane);
        }
        catch (Exception fault)
        {
            Interlocked.CompareExchange(ref _fault, fault, null);
            Volatile.Write(ref _next, _chunks);
        }
        finally
        {
            s_inside = false;
        }
    }
}
