using HessianKernels.Networks.Kernels;

namespace HessianKernels.Networks.Tensors;

public sealed unsafe partial class CpuTensorSpace<T>
{
    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A tensor is too short, or the windows do not fit the image.</exception>
    public void MaxPool(WindowShape shape, int examples, Span<T> x, Span<T> y, Span<T> chosen)
    {
        WindowGrid grid = Grid(shape, examples, x, nameof(x), y, nameof(y), chosen);
        fixed (T* px = x, py = y, pc = chosen) Pooling.Run(new Maximum<T>(px, py, pc), grid, examples, px, Threads);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A tensor is too short, or the windows do not fit the image.</exception>
    public void GatherChosen(WindowShape shape, int examples, Span<T> x, Span<T> chosen, Span<T> y)
    {
        WindowGrid grid = Grid(shape, examples, x, nameof(x), y, nameof(y), chosen);
        fixed (T* px = x, py = y, pc = chosen) Pooling.Run(new ChosenGather<T>(px, pc, py), grid, examples, px, Threads);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A tensor is too short, or the windows do not fit the image.</exception>
    public void ScatterChosen(WindowShape shape, int examples, Span<T> dy, Span<T> chosen, Span<T> dx)
    {
        WindowGrid grid = Grid(shape, examples, dx, nameof(dx), dy, nameof(dy), chosen);
        fixed (T* px = dx, py = dy, pc = chosen) Pooling.Run(new ChosenScatter<T>(py, pc, px), grid, examples, px, Threads);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A tensor is too short, or the windows do not fit the image.</exception>
    public void AveragePool(WindowShape shape, int examples, Span<T> x, Span<T> y)
    {
        WindowGrid grid = Grid(shape, examples, x, nameof(x), y, nameof(y), y);
        fixed (T* px = x, py = y) Pooling.Run(new Average<T>(Share(shape), px, py), grid, examples, px, Threads);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A tensor is too short, or the windows do not fit the image.</exception>
    public void AveragePoolInput(WindowShape shape, int examples, Span<T> dy, Span<T> dx)
    {
        WindowGrid grid = Grid(shape, examples, dx, nameof(dx), dy, nameof(dy), dy);
        fixed (T* px = dx, py = dy) Pooling.Run(new AverageScatter<T>(Share(shape), py, px), grid, examples, px, Threads);
    }

    private static T Share(WindowShape shape) => T.CreateTruncating(1.0 / (shape.Size * shape.Size));

    private static WindowGrid Grid(
        WindowShape shape, int examples, ReadOnlySpan<T> pixels, string pixelsName, ReadOnlySpan<T> windows, string windowsName, ReadOnlySpan<T> chosen)
    {
        WindowGrid grid = Grid(shape);
        long outputs = (long)examples * grid.Windows * grid.Channels;
        Require(pixels, examples * grid.Image, pixelsName);
        Require(windows, outputs, windowsName);
        Require(chosen, outputs, nameof(chosen));
        return grid;
    }
}
