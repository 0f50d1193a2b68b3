using HessianKernels.Kernels;
using HessianKernels.Networks.Kernels;

namespace HessianKernels.Networks.Tensors;

public sealed unsafe partial class CpuTensorSpace<T>
{
    /// <inheritdoc/>
    public void Fill(double value, Span<T> x) => x.Fill(T.CreateTruncating(value));

    /// <inheritdoc/>
    public void Scale(double scale, Span<T> x)
    {
        fixed (T* px = x) Elementwise.Run(new Scaling<T>(T.CreateTruncating(scale)), px, null, null, null, px, x.Length, Threads);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public void AddScaled(double scale, Span<T> x, Span<T> y)
    {
        Require(y, x.Length, nameof(y));
        fixed (T* px = x, py = y) Elementwise.Run(new ScaledSum<T>(T.CreateTruncating(scale)), px, py, null, null, py, x.Length, Threads);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public void Multiply(double scale, Span<T> x, Span<T> y, bool accumulate, Span<T> result)
    {
        Require(y, x.Length, nameof(y));
        Require(result, x.Length, nameof(result));
        T s = T.CreateTruncating(scale);
        fixed (T* px = x, py = y, pr = result)
        {
            if (accumulate) Elementwise.Run(new AddedProduct<T>(s), px, py, pr, null, pr, x.Length, Threads);
            else Elementwise.Run(new ScaledProduct<T>(s), px, py, null, null, pr, x.Length, Threads);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public void SumOfProducts(Span<T> a, Span<T> b, Span<T> c, Span<T> d, Span<T> result)
    {
        Require(b, a.Length, nameof(b));
        Require(c, a.Length, nameof(c));
        Require(d, a.Length, nameof(d));
        Require(result, a.Length, nameof(result));
        fixed (T* pa = a, pb = b, pc = c, pd = d, pr = result) Elementwise.Run(default(ProductSum<T>), pa, pb, pc, pd, pr, a.Length, Threads);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public void Power(double shift, double power, Span<T> x, Span<T> result)
    {
        Require(result, x.Length, nameof(result));
        fixed (T* px = x, pr = result)
        {
            PowerJob job = new() { Shift = shift, Exponent = power, X = px, Result = pr, Chunks = new(x.Length) };
            ParallelLoop.Run(ref job, job.Chunks.Count, Threads);
        }
    }

    // Only a coefficient a group is ever raised to a power: in double, one by one.
    private struct PowerJob : IChunkJob
    {
        public double Shift, Exponent;
        public T* X, Result;
        public Chunks Chunks;

        public readonly void Run(int chunk, int lane)
        {
            nint first = Chunks.Start(chunk), end = first + Chunks.LengthOf(chunk);
            for (nint i = first; i < end; i++)
            {
                double x = double.CreateTruncating(X[i]) + Shift;
                Result[i] = T.CreateTruncating(Exponent == -0.5 ? 1 / Math.Sqrt(x) : Math.Pow(x, Exponent));
            }
        }
    }
}
