using HessianKernels.Gpu.Kernels;
using HessianKernels.Networks.Tensors;
using ILGPU;
using ILGPU.Runtime;

namespace HessianKernels.Gpu.Tensors;

public sealed partial class GpuTensorSpace<T>
{
    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A tensor is too short.</exception>
    public void SumGroups(GroupShape shape, double scale, ArrayView<T> x, bool accumulate, ArrayView<T> result)
    {
        Require(x, shape.Length, nameof(x));
        Sum(shape, scale, x, x, false, accumulate, result);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A tensor is too short.</exception>
    public void DotGroups(GroupShape shape, double scale, ArrayView<T> x, ArrayView<T> y, bool accumulate, ArrayView<T> result)
    {
        Require(x, shape.Length, nameof(x));
        Require(y, shape.Length, nameof(y));
        Sum(shape, scale, x, y, true, accumulate, result);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A tensor is too short.</exception>
    public void AddToGroups(GroupShape shape, double scale, ArrayView<T> shift, ArrayView<T> y)
    {
        Require(shift, shape.Groups, nameof(shift));
        Require(y, shape.Length, nameof(y));
        GroupGrid grid = Grid(shape);
        foreach ((ElementLaunches<T> kernels, long start, long count) in Runs(grid.Length, Starts(y)))
            kernels.AddToGroups(shift, y, grid, start, count, T.CreateTruncating(scale));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A tensor is too short.</exception>
    public void ScaleGroups(GroupShape shape, ArrayView<T> factor, ArrayView<T> x, bool accumulate, ArrayView<T> result)
    {
        Require(factor, shape.Groups, nameof(factor));
        Require(x, shape.Length, nameof(x));
        Require(result, shape.Length, nameof(result));
        GroupGrid grid = Grid(shape);
        foreach ((ElementLaunches<T> kernels, long start, long count) in Runs(grid.Length, Starts(x, result)))
            kernels.ScaleGroups(factor, x, result, grid, start, count, accumulate ? 1 : 0);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A tensor is too short.</exception>
    public void Softmax(int rows, int columns, ArrayView<T> z, ArrayView<T> p, ArrayView<T> logSumExp)
    {
        Require(z, (long)rows * columns, nameof(z));
        Require(p, (long)rows * columns, nameof(p));
        Require(logSumExp, rows, nameof(logSumExp));
        if (rows > 0) _launches.Softmax(Gpu.Stream, Rows(rows, columns, out int lanes), z, p, logSumExp, rows, columns, lanes);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A tensor is too short.</exception>
    public void DrawRows(int rows, int columns, ArrayView<T> p, ArrayView<T> uniform, ArrayView<T> result)
    {
        Require(p, (long)rows * columns, nameof(p));
        Require(uniform, rows, nameof(uniform));
        Require(result, (long)rows * columns, nameof(result));
        if (rows > 0) _launches.Draw(Gpu.Stream, TensorGrid.Over(Gpu, rows), p, uniform, result, rows, columns);
    }

    private void Sum(GroupShape shape, double scale, ArrayView<T> x, ArrayView<T> y, bool products, bool accumulate, ArrayView<T> result)
    {
        Require(result, shape.Groups, nameof(result));
        if (shape.Groups == 0) return;
        ThrowIfLarge(shape);
        GroupGrid grid = TensorGrid.ForSum(Gpu, shape);
        ArrayView<double> partial = grid.Chunks == 1
            ? ArrayView<double>.Empty : Scratch();
        int tiles = Math.Min(grid.Tiles, TensorGrid.MostGroups(Gpu));
        KernelConfig config = (new Index3D(tiles, grid.Chunks, 1), new Index3D(Gpu.GroupSize, 1, 1));
        _launches.Sum(Gpu.Stream, config, x, y, partial, result, grid, scale, products ? 1 : 0, accumulate ? 1 : 0);
        if (grid.Chunks == 1) return;
        KernelConfig rows = Rows((int)shape.Groups, grid.Chunks, out int lanes);
        _launches.FinishSum(Gpu.Stream, rows, partial, result, (int)shape.Groups, grid.Chunks, lanes, scale, accumulate ? 1 : 0);
    }

    /// <summary>Groups of threads for so many rows, 2^lanes threads on each.</summary>
    private KernelConfig Rows(int rows, int columns, out int lanes)
    {
        lanes = TensorGrid.Lanes(Gpu, columns);
        int each = Gpu.GroupSize >> lanes;
        return ((int)(((long)rows + each - 1) / each), Gpu.GroupSize);
    }

    private static GroupGrid Grid(GroupShape shape)
    {
        ThrowIfLarge(shape);
        return new(shape.Outer, shape.Count, shape.Inner);
    }

    private static void ThrowIfLarge(GroupShape shape)
    {
        if (shape.Length > int.MaxValue || (long)shape.Count * shape.Inner > int.MaxValue)
            throw new ArgumentException(
                $"Found a tensor of {shape.Length} elements, {shape}; groups on a device hold at most {int.MaxValue} in all.", nameof(shape));
    }
}
