using System.Numerics;
using HessianKernels.Kernels;
using HessianKernels.Krylov;
using HessianKernels.Operators;
using HessianKernels.Spaces;

namespace HessianKernels;

public static unsafe partial class Lanczos
{
    /// <summary>A batch's operators and where their answers go, one at a time.</summary>
    private interface IItems<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        void Solve(int item, in ItemRun<T> run);
    }

    /// <summary>What every item of a batch is solved with, and the lane this one is solved in.</summary>
    private readonly ref struct ItemRun<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public required LanczosSettings Settings { get; init; }
        public required LanczosWorkspace<T> Workspace { get; init; }
        public required int Lane { get; init; }
        public required int Threads { get; init; }
        public required CancellationToken Cancellation { get; init; }

        public LanczosEvidence Solve<TOperator>(TOperator matrix, Eigenpairs<T> destination)
            where TOperator : ILinearOperator<Span<T>>
            => Lanczos.Solve(matrix, Settings, Threads, Workspace, Lane, destination, Workspace.Start, Cancellation);
    }

    private readonly struct DenseToResults<T>(T* matrices, int n, LanczosResult<T>[] results) : IItems<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public void Solve(int item, in ItemRun<T> run)
            => results[item].Evidence = run.Solve(new PinnedSymmetric<T>(matrices + (nint)item * n * n, n, run.Threads), Spans(results[item]));
    }

    private readonly struct DenseToSpans<T>(T* matrices, int n, int k) : IItems<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public required T* Vectors { get; init; }
        public required double* Values { get; init; }
        public required double* ResidualNorms { get; init; }
        public required double* EnclosureRadii { get; init; }
        public required bool* Converged { get; init; }
        public required LanczosEvidence* Evidence { get; init; }

        public void Solve(int item, in ItemRun<T> run)
        {
            nint first = (nint)item * k;
            Eigenpairs<T> pairs = new(
                new(Values + first, k), new(Vectors + first * n, k * n), new(ResidualNorms + first, k), new(EnclosureRadii + first, k), new(Converged + first, k));
            Evidence[item] = run.Solve(new PinnedSymmetric<T>(matrices + (nint)item * n * n, n, run.Threads), pairs);
        }
    }

    private readonly struct SeparableToResults<T>(ISeparableOperator<Span<T>> matrices, LanczosResult<T>[] results) : IItems<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public void Solve(int item, in ItemRun<T> run)
            => results[item].Evidence = run.Solve(new OneOf(matrices, item, run.Threads), Spans(results[item]));

        private readonly struct OneOf(ISeparableOperator<Span<T>> matrices, int item, int threads) : ILinearOperator<Span<T>>
        {
            public int Batch => 1;

            public int Length => matrices.Length;

            public void Apply(Span<T> input, Span<T> output) => matrices.ApplyItem(item, input, output, threads);
        }
    }

    /// <summary>Item by item: as many at once as the workspace has lanes or, where that is one, one at a time with all threads.</summary>
    private static void SolveEach<T, TItems>(
        TItems items, int batch, in LanczosSettings settings, LanczosOptions options, LanczosWorkspace<T> workspace,
        IProgress<LanczosProgress>? progress, CancellationToken cancellation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TItems : struct, IItems<T>
    {
        int threads = ThreadsOf(options), lanes = Math.Min(Math.Min(workspace.Lanes, batch), threads);
        int group = Math.Clamp(batch / (16 * lanes), 1, 16);
        CpuSpace<T> space = new(1, settings.Length, threads);
        LanczosIteration<Span<T>, CpuSpace<T>, ILinearOperator<Span<T>>>.RandomStart(space, settings.Seed, workspace.Start, workspace.Memory(0)[..1]);
        EachJob<T, TItems> job = new()
        {
            Items = items, Batch = batch, Group = group, Settings = settings, Workspace = workspace, Threads = lanes == 1 ? threads : 1,
            Progress = progress, Cancellation = cancellation,
        };
        ParallelLoop.Run(ref job, (batch + group - 1) / group, lanes);
    }

    private struct EachJob<T, TItems> : IChunkJob
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TItems : struct, IItems<T>
    {
        public required TItems Items;
        public required int Batch, Group, Threads;
        public required LanczosSettings Settings;
        public required LanczosWorkspace<T> Workspace;
        public required IProgress<LanczosProgress>? Progress;
        public required CancellationToken Cancellation;
        private int _finished;

        public void Run(int chunk, int lane)
        {
            ItemRun<T> run = new() { Settings = Settings, Workspace = Workspace, Lane = lane, Threads = Threads, Cancellation = Cancellation };
            int end = Math.Min(Batch, (chunk + 1) * Group);
            for (int item = chunk * Group; item < end; item++)
            {
                Items.Solve(item, in run);
                int finished = Interlocked.Increment(ref _finished);
                Progress?.Report(new(finished, Batch, 0, 0, Settings.Wanted, 0));
            }
        }
    }

    /// <summary>All items in step: one product serves the batch, and each item stops on its own.</summary>
    private static void SolveInStep<T>(
        ILinearOperator<Span<T>> matrices, in LanczosSettings settings, LanczosOptions options, LanczosResult<T>[] results,
        IProgress<LanczosProgress>? progress, CancellationToken cancellation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int n = settings.Length, k = settings.Wanted, batch = settings.Batch;
        CpuSpace<T> space = new(batch, n, ThreadsOf(options));
        SpaceFit.Check<Span<T>, CpuSpace<T>, ILinearOperator<Span<T>>>(space, matrices, nameof(matrices));
        LanczosWorkspace<T> workspace = new(settings, 1);
        LanczosIteration<Span<T>, CpuSpace<T>, ILinearOperator<Span<T>>> run = new(
            space, matrices, settings, workspace.Memory(0), workspace.Host(0), workspace.Integers(0), workspace.Items(0));
        run.Start(LanczosStart.Random);
        run.Conclude(cancelled: !run.Run(progress, cancellation));
        for (int b = 0; b < batch; b++)
        {
            LanczosResult<T> result = results[b];
            for (int i = 0; i < k; i++) run.RitzVectors.Slice((i * batch + b) * n, n).CopyTo(result.Eigenvectors.AsSpan(i * n, n));
            Deliver(in run, b, k, result.Eigenvectors, Spans(result));
            result.Evidence = run.Evidence(b);
        }
    }
}
