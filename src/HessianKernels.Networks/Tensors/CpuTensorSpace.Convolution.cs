using HessianKernels.Networks.Kernels;

namespace HessianKernels.Networks.Tensors;

public sealed unsafe partial class CpuTensorSpace<T>
{
    private readonly Workspace<T> workspace = new();

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A tensor is too short, or the windows do not fit the image.</exception>
    public void Convolve(WindowShape shape, int outputs, int examples, Span<T> x, Span<T> w, bool accumulate, Span<T> y)
    {
        WindowGrid grid = Grid(shape);
        Require(x, examples * grid.Image, nameof(x));
        Require(w, (long)outputs * grid.Line, nameof(w));
        Require(y, (long)examples * grid.Windows * outputs, nameof(y));
        fixed (T* px = x, pw = w, py = y) new Convolution<T>(grid, outputs, examples, Threads).Forward(workspace, px, pw, accumulate, py);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A tensor is too short, or the windows do not fit the image.</exception>
    public void ConvolveInput(WindowShape shape, int outputs, int examples, Span<T> dy, Span<T> w, bool accumulate, Span<T> dx)
    {
        WindowGrid grid = Grid(shape);
        Require(dy, (long)examples * grid.Windows * outputs, nameof(dy));
        Require(w, (long)outputs * grid.Line, nameof(w));
        Require(dx, examples * grid.Image, nameof(dx));
        fixed (T* py = dy, pw = w, px = dx) new Convolution<T>(grid, outputs, examples, Threads).Input(workspace, py, pw, accumulate, px);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A tensor is too short, or the windows do not fit the image, or the stride is shorter than the weights.</exception>
    public void ConvolveWeight(WindowShape shape, int outputs, int examples, Span<T> dy, Span<T> x, bool accumulate, Span<T> dw, long strideW = 0)
    {
        WindowGrid grid = Grid(shape);
        long weights = (long)outputs * grid.Line;
        if (strideW != 0 && strideW < weights) throw new ArgumentException($"strideW is {strideW}; the weights of an example are {weights}.", nameof(strideW));
        Require(dy, (long)examples * grid.Windows * outputs, nameof(dy));
        Require(x, examples * grid.Image, nameof(x));
        Require(dw, strideW == 0 ? weights : examples == 0 ? 0 : (examples - 1) * strideW + weights, nameof(dw));
        fixed (T* py = dy, px = x, pw = dw) new Convolution<T>(grid, outputs, examples, Threads).Weight(workspace, py, px, accumulate, pw, (nint)strideW);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A tensor is too short, or the windows do not fit the image.</exception>
    public void ConvolveTangent(
        WindowShape shape, int outputs, int examples, Span<T> x, Span<T> w, Span<T> x1, Span<T> v, Span<T> dy, Span<T> y, Span<T> curvature)
    {
        WindowGrid grid = Grid(shape);
        long weights = (long)outputs * grid.Line, given = (long)examples * grid.Windows * outputs;
        Require(x, examples * grid.Image, nameof(x));
        Require(w, weights, nameof(w));
        Require(x1, examples * grid.Image, nameof(x1));
        Require(v, weights, nameof(v));
        Require(dy, given, nameof(dy));
        Require(y, given, nameof(y));
        Require(curvature, 1, nameof(curvature));
        fixed (T* px = x, pw = w, px1 = x1, pv = v, pd = dy, py = y)
        {
            double inner = new Convolution<T>(grid, outputs, examples, Threads).Tangent(workspace, px, pw, px1, pv, pd, py);
            curvature[0] = T.CreateTruncating(double.CreateTruncating(curvature[0]) + 2 * inner);
        }
    }

    private static WindowGrid Grid(WindowShape s)
    {
        int height = s.Input.Height + 2 * s.Padding, width = s.Input.Width + 2 * s.Padding;
        if (s.Size < 1 || s.Stride < 1 || s.Padding < 0 || s.Padding >= s.Size || s.Size > height || s.Size > width || s.Input.Channels < 1)
        {
            throw new ArgumentException(
                $"Windows of side {s.Size}, stride {s.Stride} and padding {s.Padding} were asked for on images of {s.Input}; the side and the stride " +
                "must be at least 1, the padding 0 or more and less than the side, and a window no larger than the padded image.", nameof(s));
        }

        return new(s.Input.Height, s.Input.Width, s.Input.Channels, s.Size, s.Stride, s.Padding);
    }
}
