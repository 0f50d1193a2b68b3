using HessianKernels.Gpu.Kernels;
using HessianKernels.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace HessianKernels.Gpu;

public sealed partial class GpuSpace<T>
{
    /// <inheritdoc/>
    public void Orthogonalize(
        ArrayView<T> basis, int count, ArrayView<T> reference, ArrayView<T> y, ArrayView<T> coefficients, ArrayView<T> norm, ArrayView<T> secondPasses)
    {
        VectorArithmetic<T> kernels = For(Vectors(basis, count), Vectors(y, 1));
        Coefficients(coefficients, count);
        ArrayView<double> partial = _partial.View;
        ArrayView<int> state = _state.View;
        double noise = HessianKernels.Kernels.Orthogonalize.NoiseUnits * Epsilon, enough = HessianKernels.Kernels.Orthogonalize.Enough;
        kernels.Norm(_grid, y, partial, Before, _once.View);
        if (count == 0)
        {
            kernels.DecideAlone(_grid, Before, Coefficients(reference, 1), noise, Coefficients(norm, 1), state);
            kernels.Clear(_grid, y, state);
            return;
        }

        kernels.Project(_grid, basis, count, y, partial, state, -1, coefficients);
        kernels.Subtract(_grid, basis, count, coefficients, y, partial, state, -1);
        kernels.DecideOnce(
            _grid, partial, Before, Coefficients(reference, 1), noise, enough, Once, Coefficients(norm, 1), Coefficients(secondPasses, 1), state);
        // Enqueued always, since only the device knows whether an item needs it; where none does, its groups leave at once.
        ArrayView<T> second = Grown(ref _second, (long)count * Batch, "Coefficients of a second pass");
        kernels.Project(_grid, basis, count, y, partial, state, ItemState.Again, second);
        kernels.Subtract(_grid, basis, count, second, y, partial, state, ItemState.Again);
        kernels.AddSecond(_grid, second, coefficients, state, count);
        kernels.DecideTwice(_grid, partial, Before, reference, noise, enough, Once, norm, state);
        kernels.Clear(_grid, y, state);
    }

    /// <inheritdoc/>
    public void Combine(ArrayView<T> basis, int count, ArrayView<T> coefficients, int resultCount, ArrayView<T> result)
    {
        VectorArithmetic<T> kernels = For(Vectors(basis, count), Vectors(result, resultCount));
        Coefficients(coefficients, (long)count * resultCount);
        long first = basis.LoadEffectiveAddressAsPtr(), at = result.LoadEffectiveAddressAsPtr(), size = (long)Batch * Stride * Interop.SizeOf<T>();
        bool apart = at + resultCount * size <= first || first + count * size <= at;
        ArrayView<T> waiting = ArrayView<T>.Empty;
        if (!apart)
        {
            long elements = Waiting(Batch, Length, resultCount);
            waiting = Grown(ref _waiting, elements, "What a combination in place waits in").SubView(0, elements);
        }

        kernels.Combine(_grid, basis, count, coefficients, resultCount, result, waiting);
    }

    /// <summary>Room for at least some positions of every result, and a whole number of 16 bytes a row.</summary>
    private static long Waiting(int batch, int length, int results)
    {
        long rows = (long)results * batch;
        return rows * (Math.Max(64, Math.Min(length, MostWaiting / rows)) / 4 * 4);
    }

    /// <summary>What is asked for where so much is needed: a little more, so that a basis that grows asks rarely.</summary>
    private static long Grown(long count) => count + count / 2;

    private ArrayView<T> Grown(ref MemoryBuffer1D<T, Stride1D.Dense>? buffer, long count, string what)
    {
        if (buffer is null || buffer.Length < count)
        {
            if (buffer is not null)
            {
                Gpu.Synchronize();
                Gpu.Release(buffer);
                buffer = null;
            }

            buffer = Gpu.Allocate<T>(Grown(count), what);
        }

        return buffer.View;
    }
}
