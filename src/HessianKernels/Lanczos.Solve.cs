using System.Numerics;
using HessianKernels.Kernels;
using HessianKernels.Krylov;
using HessianKernels.Spaces;

namespace HessianKernels;

public static partial class Lanczos
{
    /// <summary>The run of one item of a batch, from the start vector that all share.</summary>
    private static LanczosEvidence Solve<T, TOperator>(
        TOperator matrix, in LanczosSettings settings, int threads, LanczosWorkspace<T> workspace, int lane, Eigenpairs<T> destination,
        ReadOnlySpan<T> start, CancellationToken cancellation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TOperator : ILinearOperator<Span<T>>
        => Solve(matrix, settings, threads, workspace, lane, destination, LanczosStart.Drawn, start, null, false, null, cancellation, out _);

    /// <summary>
    /// One run in one lane of a workspace: every overload ends here. From a checkpoint, if there is one, and to one, if <paramref name="keep"/> asks for it and steps are left.
    /// </summary>
    private static LanczosEvidence Solve<T, TOperator>(
        TOperator matrix, in LanczosSettings settings, int threads, LanczosWorkspace<T> workspace, int lane, Eigenpairs<T> destination,
        LanczosStart begin, ReadOnlySpan<T> start, LanczosCheckpoint<T>? from, bool keep, IProgress<LanczosProgress>? progress, CancellationToken cancellation,
        out LanczosCheckpoint<T>? checkpoint)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TOperator : ILinearOperator<Span<T>>
    {
        int n = settings.Length, k = settings.Wanted;
        CpuSpace<T> space = new(1, n, threads);
        LanczosIteration<Span<T>, CpuSpace<T>, TOperator> run = new(
            space, matrix, settings, workspace.Memory(lane), workspace.Host(lane), workspace.Integers(lane), workspace.Items(lane));
        Span<T> vectors = workspace.Memory(lane), products = vectors[(int)workspace.Layout.Vectors..];
        Span<T> companion = vectors.Slice((int)workspace.Layout.BeforeCompanion, (int)workspace.Layout.CompanionVectors);
        if (from is not null)
        {
            from.Vectors.CopyTo(vectors);
            from.Products.CopyTo(products);
            if (from.Companion.Length == companion.Length) from.Companion.CopyTo(companion);
            run.Resume(from.Snapshot);
        }
        else
        {
            if (begin != LanczosStart.Random) SumTo(start, vectors[..n]);
            run.Start(begin);
        }

        bool cancelled = !run.Run(progress, cancellation);
        checkpoint = keep && run.CanResume
            ? new(settings, run.Snapshot(), vectors[..((run.Next + 1) * n)].ToArray(), settings.StoreProducts ? products[..(run.Next * n)].ToArray() : [],
                companion.ToArray())
            : null;
        run.Conclude(cancelled);
        Deliver(in run, 0, k, run.RitzVectors, destination);
        return run.Evidence(0);
    }

    private static void Deliver<T, TOperator>(
        in LanczosIteration<Span<T>, CpuSpace<T>, TOperator> run, int b, int k, ReadOnlySpan<T> vectors, Eigenpairs<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TOperator : ILinearOperator<Span<T>>
    {
        run.RitzValues(b).CopyTo(destination.Values);
        run.ResidualNorms(b).CopyTo(destination.ResidualNorms);
        vectors.CopyTo(destination.Vectors);
        for (int i = 0; i < k; i++)
        {
            destination.EnclosureRadii[i] = run.EnclosureRadius(b, i);
            destination.Converged[i] = run.HasConverged(b, i);
        }
    }

    /// <summary>The sum of earlier vectors: a start whose Krylov space holds them all.</summary>
    internal static void SumTo<T>(ReadOnlySpan<T> vectors, Span<T> start)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        start.Clear();
        for (int at = 0; at < vectors.Length; at += start.Length)
            for (int i = 0; i < start.Length; i++) start[i] += vectors[at + i];
    }
}
