using System.Numerics;
using System.Runtime.Intrinsics;
using HessianKernels.Kernels;

namespace HessianKernels.Networks.Kernels;

/// <summary>A function of one variable and its first three derivatives, made of shared pieces.</summary>
internal interface IActivation<T>
    where T : unmanaged
{
    /// <summary><c>y = f(z)</c>, and f', f'', f''' at z.</summary>
    void Evaluate(Vector512<T> z, out Vector512<T> y, out Vector512<T> first, out Vector512<T> second, out Vector512<T> third);
}

/// <summary>
/// <code>for (i = 0; i &lt; n; i++) { y[i] = f(z[i]); for (j &lt; order) derivatives[j * n + i] = f^(j + 1)(z[i]); }</code>
/// y may be z. An element's bits do not depend on where it stands: the last few go through a full vector as well. With a shift, of z[i] +
/// shift[i mod columns] in the place of z[i].
/// </summary>
internal static unsafe class Activation
{
    private const int WorthThreads = 1 << 14;

    public static void Run<T, TFunction>(TFunction function, int order, T* z, T* y, T* derivatives, int length, int threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TFunction : struct, IActivation<T>
    {
        Job<T, TFunction> job = new() { Function = function, Order = order, Z = z, Y = y, Derivatives = derivatives, Chunks = new(length) };
        ParallelLoop.Run(ref job, job.Chunks.Count, length < WorthThreads ? 1 : threads);
    }

    public static void RunShifted<T, TFunction>(
        TFunction function, int order, T* shift, int columns, T* z, T* y, T* derivatives, int length, int threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TFunction : struct, IActivation<T>
    {
        if (length == 0) return;
        // A vector may begin at any column and goes on with the first after the last.
        int width = Vector512<T>.Count, count = columns + width;
        double* stack = stackalloc double[Scratch.OnStack];
        using Scratch scratch = new(stack, Scratch.OnStack, count);
        T* repeated = (T*)scratch.Pointer;
        for (int i = 0; i < count; i++) repeated[i] = shift[i % columns];
        Job<T, TFunction> job = new()
        {
            Function = function, Order = order, Z = z, Y = y, Derivatives = derivatives, Chunks = new(length),
            Shift = repeated, Columns = columns, Step = width % columns,
        };
        ParallelLoop.Run(ref job, job.Chunks.Count, length < WorthThreads ? 1 : threads);
    }

    private struct Job<T, TFunction> : IChunkJob
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TFunction : struct, IActivation<T>
    {
        public TFunction Function;
        public int Order;
        public T* Z, Y, Derivatives;
        public Chunks Chunks;

        /// <summary>Null, or the shift of each column and of the first few again; columns from one vector to the next.</summary>
        public T* Shift;
        public int Columns, Step;

        public readonly void Run(int chunk, int lane)
        {
            int width = Vector512<T>.Count, order = Order;
            nint i = Chunks.Start(chunk), end = i + Chunks.LengthOf(chunk), length = Chunks.Length;
            T* z = Z, y = Y, d = Derivatives, shift = Shift;
            int columns = Columns, step = Step, column = shift is null ? 0 : (int)(i % columns);
            TFunction function = Function;
            for (; i <= end - width; i += width)
            {
                Vector512<T> at = Vector512.Load(z + i);
                if (shift is not null)
                {
                    at += Vector512.Load(shift + column);
                    column += step;
                    if (column >= columns) column -= columns;
                }

                function.Evaluate(at, out Vector512<T> value, out Vector512<T> first, out Vector512<T> second, out Vector512<T> third);
                value.Store(y + i);
                if (order > 0) first.Store(d + i);
                if (order > 1) second.Store(d + length + i);
                if (order > 2) third.Store(d + 2 * length + i);
            }

            if (i == end) return;
            T* few = stackalloc T[5 * width];
            int count = (int)(end - i);
            new Span<T>(few, width).Clear();
            new Span<T>(z + i, count).CopyTo(new(few, width));
            if (shift is not null) for (int j = 0; j < count; j++) few[j] += shift[column + j];
            function.Evaluate(Vector512.Load(few), out Vector512<T> y0, out Vector512<T> y1, out Vector512<T> y2, out Vector512<T> y3);
            y0.Store(few + width);
            y1.Store(few + 2 * width);
            y2.Store(few + 3 * width);
            y3.Store(few + 4 * width);
            new Span<T>(few + width, count).CopyTo(new(y + i, count));
            for (int j = 0; j < order; j++) new Span<T>(few + (j + 2) * width, count).CopyTo(new(d + j * length + i, count));
        }
    }
}
