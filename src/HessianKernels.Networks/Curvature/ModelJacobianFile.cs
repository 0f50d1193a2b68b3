using System.Numerics;
using System.Runtime.CompilerServices;
using HessianKernels.Networks.Tensors;
using HessianKernels.Storage;

namespace HessianKernels.Networks.Curvature;

/// <summary>A model's Jacobian as a .npy file that <see cref="JacobianFile"/> reads, block of examples by block of examples: it need not
/// fit into memory.</summary>
public static class ModelJacobianFile
{
    /// <summary>
    /// Writes the factors <c>F_i = S_i^(1/2) J_i</c> of the examples' Gauss-Newton curvatures <c>H_i = F_i^T F_i</c>: what the stochastic
    /// edge takes. Of the squared
    /// error <c>1/2 ||z - y||^2</c> these span what J_i does.
    /// </summary>
    /// <param name="path">Where; <c>(n, d)</c> where r = 1, else <c>(n, r, d)</c>, with r the largest rank of an S_i.</param>
    /// <param name="point">The model; its selected examples.</param>
    /// <param name="overwrite">Whether a file that stands there is replaced.</param>
    /// <param name="blockBytes">Bytes of a block of rows; one example is held at least.</param>
    /// <param name="progress">Told the number of examples done.</param>
    /// <param name="cancellation">Looked at before every block; nothing is left of a file that was cancelled.</param>
    /// <exception cref="IOException">The file exists and is not to be replaced, or cannot be written.</exception>
    /// <exception cref="NotSupportedException">A layer mixes examples.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static void WriteFactors<T>(
        string path, ModelPoint<Span<T>> point, bool overwrite = false, long blockBytes = JacobianFile.DefaultBlockBytes,
        IProgress<int>? progress = null, CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => WriteFactors<T, Span<T>>(path, point, overwrite, blockBytes, progress, cancellation);

    /// <summary>The same of a point on any tensor space.</summary>
    /// <inheritdoc cref="WriteFactors{T}"/>
    /// <typeparam name="T">float or double: of the file.</typeparam>
    /// <typeparam name="TView">How tensors are held.</typeparam>
    public static void WriteFactors<T, TView>(
        string path, ModelPoint<TView> point, bool overwrite = false, long blockBytes = JacobianFile.DefaultBlockBytes,
        IProgress<int>? progress = null, CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TView : allows ref struct
    {
        ArgumentNullException.ThrowIfNull(point);
        Write<T, TView>(path, point, point.Roots(), overwrite, blockBytes, progress, cancellation);
    }

    /// <summary>Writes J itself.</summary>
    /// <param name="path">Where; <c>(n, d)</c> where C = 1, else <c>(n, C, d)</c>.</param>
    /// <param name="point">The model; its selected examples.</param>
    /// <param name="overwrite">Whether a file that stands there is replaced.</param>
    /// <param name="blockBytes">Bytes of a block of rows; one example is held at least.</param>
    /// <param name="progress">Told the number of examples done.</param>
    /// <param name="cancellation">Looked at before every block; nothing is left of a file that was cancelled.</param>
    /// <exception cref="IOException">The file exists and is not to be replaced, or cannot be written.</exception>
    /// <exception cref="NotSupportedException">A layer mixes examples.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static void WriteRows<T>(
        string path, ModelPoint<Span<T>> point, bool overwrite = false, long blockBytes = JacobianFile.DefaultBlockBytes,
        IProgress<int>? progress = null, CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => WriteRows<T, Span<T>>(path, point, overwrite, blockBytes, progress, cancellation);

    /// <summary>The same of a point on any tensor space.</summary>
    /// <inheritdoc cref="WriteRows{T}"/>
    /// <typeparam name="T">float or double: of the file.</typeparam>
    /// <typeparam name="TView">How tensors are held.</typeparam>
    public static void WriteRows<T, TView>(
        string path, ModelPoint<TView> point, bool overwrite = false, long blockBytes = JacobianFile.DefaultBlockBytes,
        IProgress<int>? progress = null, CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TView : allows ref struct
    {
        ArgumentNullException.ThrowIfNull(point);
        Write<T, TView>(path, point, OutputSignals.Units(point.Outputs), overwrite, blockBytes, progress, cancellation);
    }

    private static void Write<T, TView>(
        string path, ModelPoint<TView> point, OutputSignals signals, bool overwrite, long blockBytes, IProgress<int>? progress,
        CancellationToken cancellation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TView : allows ref struct
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(blockBytes, 1);
        long n = point.Examples, r = signals.Count, d = point.ParameterCount;
        int size = (int)Math.Clamp(Math.Min(blockBytes / point.Space.ElementBytes, Array.MaxLength) / (r * d), 1, n);
        T[] rows = Workspace.Allocate<T>(size * r * d);
        // Where the rows lie in the host's memory they are written as they were made.
        using ITensorMemory<TView>? memory = typeof(TView) == typeof(Span<T>) ? null : point.Space.Allocate(rows.Length);
        using NpyWriter<T> writer = NpyWriter<T>.Create(path, r == 1 ? [n, d] : [n, r, d], overwrite);
        for (int first = 0; first < n; first += size)
        {
            cancellation.ThrowIfCancellationRequested();
            int count = (int)Math.Min(size, n - first);
            Span<T> block = rows.AsSpan(0, checked((int)(count * r * d)));
            if (memory is null) point.SignalRows(signals, first, count, Unsafe.As<Span<T>, TView>(ref block));
            else
            {
                TView there = point.Space.Slice(memory.View, 0, block.Length);
                point.SignalRows(signals, first, count, there);
                ModelExamples.Read(point.Space, there, block);
            }

            writer.Write(block);
            progress?.Report(first + count);
        }

        writer.Complete();
    }
}
