using HessianKernels.Networks.Kernels;

namespace HessianKernels.Networks.Tensors;

public sealed unsafe partial class CpuTensorSpace<T>
{
    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A tensor is too short.</exception>
    public void SumGroups(GroupShape shape, double scale, Span<T> x, bool accumulate, Span<T> result)
    {
        Require(x, shape.Length, nameof(x));
        Require(result, shape.Groups, nameof(result));
        fixed (T* px = x, pr = result) GroupSum.Run(shape.Outer, shape.Count, shape.Inner, scale, px, null, accumulate, pr, Threads);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A tensor is too short.</exception>
    public void DotGroups(GroupShape shape, double scale, Span<T> x, Span<T> y, bool accumulate, Span<T> result)
    {
        Require(x, shape.Length, nameof(x));
        Require(y, shape.Length, nameof(y));
        Require(result, shape.Groups, nameof(result));
        fixed (T* px = x, py = y, pr = result) GroupSum.Run(shape.Outer, shape.Count, shape.Inner, scale, px, py, accumulate, pr, Threads);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A tensor is too short.</exception>
    public void AddToGroups(GroupShape shape, double scale, Span<T> shift, Span<T> y)
    {
        Require(shift, shape.Groups, nameof(shift));
        Require(y, shape.Length, nameof(y));
        ScaledSum<T> add = new(T.CreateTruncating(scale));
        fixed (T* ps = shift, py = y) GroupBroadcast.Run(add, shape.Outer, shape.Count, shape.Inner, ps, py, py, Threads);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A tensor is too short.</exception>
    public void ScaleGroups(GroupShape shape, Span<T> factor, Span<T> x, bool accumulate, Span<T> result)
    {
        Require(factor, shape.Groups, nameof(factor));
        Require(x, shape.Length, nameof(x));
        Require(result, shape.Length, nameof(result));
        fixed (T* pf = factor, px = x, pr = result)
        {
            if (accumulate) GroupBroadcast.Run(new AddedProduct<T>(T.One), shape.Outer, shape.Count, shape.Inner, pf, px, pr, Threads);
            else GroupBroadcast.Run(new ScaledProduct<T>(T.One), shape.Outer, shape.Count, shape.Inner, pf, px, pr, Threads);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A tensor is too short.</exception>
    public void Softmax(int rows, int columns, Span<T> z, Span<T> p, Span<T> logSumExp)
    {
        Require(z, (long)rows * columns, nameof(z));
        Require(p, (long)rows * columns, nameof(p));
        Require(logSumExp, rows, nameof(logSumExp));
        fixed (T* pz = z, pp = p, pl = logSumExp) SoftmaxRows.Run(rows, columns, pz, pp, pl, Threads);
    }
}
