using HessianKernels.Gpu.Kernels;
using HessianKernels.Networks.Tensors;
using ILGPU;

namespace HessianKernels.Gpu.Tensors;

public sealed partial class GpuTensorSpace<T>
{
    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A tensor is too short, or the windows do not fit the image.</exception>
    public void Convolve(WindowShape shape, int outputs, int examples, ArrayView<T> x, ArrayView<T> w, bool accumulate, ArrayView<T> y)
    {
        WindowSizes s = Sizes(shape, outputs, examples, x, nameof(x), y, nameof(y));
        Require(w, (long)outputs * s.Line, nameof(w));
        for (int first = 0, count; first < examples; first += count)
        {
            count = Together(shape, examples - first);
            int rows = checked(count * s.Windows);
            ArrayView<T> panel = Panel(shape, s, x, first, count), to = Rows(y, first, count, (long)s.Windows * outputs);
            Gemm(false, true, rows, outputs, s.Line, 1, panel, w, accumulate ? 1 : 0, to);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A tensor is too short, or the windows do not fit the image.</exception>
    public void ConvolveInput(WindowShape shape, int outputs, int examples, ArrayView<T> dy, ArrayView<T> w, bool accumulate,
        ArrayView<T> dx)
    {
        WindowSizes s = Sizes(shape, outputs, examples, dx, nameof(dx), dy, nameof(dy));
        Require(w, (long)outputs * s.Line, nameof(w));
        for (int first = 0, count; first < examples; first += count)
        {
            count = Together(shape, examples - first);
            int rows = checked(count * s.Windows);
            ArrayView<T> signal = Rows(dy, first, count, (long)s.Windows * outputs), pixels = Rows(dx, first, count, shape.Input.Length);
            if (IsImage(shape))
            {
                Gemm(false, false, rows, s.Line, outputs, 1, signal, w, accumulate ? 1 : 0, pixels);
                continue;
            }

            ArrayView<T> panel = Grown(ref _panel, (long)rows * s.Line, "A panel of windows");
            Gemm(false, false, rows, s.Line, outputs, 1, signal, w, 0, panel);
            _launches.Collect(Gpu.Stream, TensorGrid.Over(Gpu, pixels.Length), panel, pixels, s, pixels.Length, accumulate ? 1 : 0);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A tensor is too short, or the windows do not fit the image, or the stride is shorter than the
    /// weights.</exception>
    public void ConvolveWeight(
        WindowShape shape, int outputs, int examples, ArrayView<T> dy, ArrayView<T> x, bool accumulate, ArrayView<T> dw, long strideW = 0)
    {
        WindowSizes s = Sizes(shape, outputs, examples, x, nameof(x), dy, nameof(dy));
        long weights = (long)outputs * s.Line, signal = (long)s.Windows * outputs;
        if (strideW != 0 && strideW < weights)
            throw new ArgumentException($"strideW is {strideW}; the weights of an example are {weights}.", nameof(strideW));
        Require(dw, strideW == 0 ? weights : examples == 0 ? 0 : (examples - 1) * strideW + weights, nameof(dw));
        if (examples == 0 && strideW == 0 && !accumulate) Fill(0, dw.SubView(0, weights));
        for (int first = 0, count; first < examples; first += count)
        {
            count = Together(shape, examples - first);
            ArrayView<T> panel = Panel(shape, s, x, first, count), from = Rows(dy, first, count, signal);
            if (strideW == 0)
            {
                Gemm(true, false, outputs, s.Line, checked(count * s.Windows), 1, from, panel, accumulate || first > 0 ? 1 : 0, dw);
                continue;
            }

            ArrayView<T> to = dw.SubView(first * strideW, (count - 1) * strideW + weights);
            Gemm(
                true, false, outputs, s.Line, s.Windows, 1, from, panel, accumulate ? 1 : 0, to, count, signal, (long)s.Windows * s.Line,
                strideW);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A tensor is too short, or the windows do not fit the image.</exception>
    public void MaxPool(WindowShape shape, int examples, ArrayView<T> x, ArrayView<T> y, ArrayView<T> chosen)
    {
        WindowSizes s = Sizes(shape, shape.Input.Channels, examples, x, nameof(x), y, nameof(y));
        long length = Outputs(shape, examples);
        Require(chosen, length, nameof(chosen));
        if (length > 0) _launches.Maximum(Gpu.Stream, TensorGrid.Over(Gpu, length), x, y, chosen, s, length);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A tensor is too short, or the windows do not fit the image.</exception>
    public void GatherChosen(WindowShape shape, int examples, ArrayView<T> x, ArrayView<T> chosen, ArrayView<T> y)
    {
        WindowSizes s = Sizes(shape, shape.Input.Channels, examples, x, nameof(x), y, nameof(y));
        long length = Outputs(shape, examples);
        Require(chosen, length, nameof(chosen));
        if (length > 0) _launches.Gather(Gpu.Stream, TensorGrid.Over(Gpu, length), x, chosen, y, s, length);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A tensor is too short, or the windows do not fit the image.</exception>
    public void ScatterChosen(WindowShape shape, int examples, ArrayView<T> dy, ArrayView<T> chosen, ArrayView<T> dx)
    {
        WindowSizes s = Sizes(shape, shape.Input.Channels, examples, dx, nameof(dx), dy, nameof(dy));
        Require(chosen, Outputs(shape, examples), nameof(chosen));
        long length = (long)examples * shape.Input.Length;
        if (length > 0) _launches.Scatter(Gpu.Stream, TensorGrid.Over(Gpu, length), dy, chosen, dx, s, length);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A tensor is too short, or the windows do not fit the image.</exception>
    public void AveragePool(WindowShape shape, int examples, ArrayView<T> x, ArrayView<T> y)
    {
        WindowSizes s = Sizes(shape, shape.Input.Channels, examples, x, nameof(x), y, nameof(y));
        long length = Outputs(shape, examples);
        if (length > 0) _launches.Average(Gpu.Stream, TensorGrid.Over(Gpu, length), x, y, s, length, Share(shape));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A tensor is too short, or the windows do not fit the image.</exception>
    public void AveragePoolInput(WindowShape shape, int examples, ArrayView<T> dy, ArrayView<T> dx)
    {
        WindowSizes s = Sizes(shape, shape.Input.Channels, examples, dx, nameof(dx), dy, nameof(dy));
        long length = (long)examples * shape.Input.Length;
        if (length > 0) _launches.Distribute(Gpu.Stream, TensorGrid.Over(Gpu, length), dy, dx, s, length, Share(shape));
    }

    /// <summary>Numbers that a convolution's panel takes for so many examples; none where the image is the panel.</summary>
    internal static long PanelLength(WindowShape shape, int examples, int most)
        => IsImage(shape) ? 0 : (long)shape.Windows * shape.WindowLength * Together(shape, examples, most);

    /// <summary>The windows of some examples as rows: the image itself, where a window is a pixel.</summary>
    private ArrayView<T> Panel(WindowShape shape, in WindowSizes s, ArrayView<T> x, int first, int count)
    {
        ArrayView<T> pixels = Rows(x, first, count, shape.Input.Length);
        if (IsImage(shape)) return pixels;
        ArrayView<T> panel = Grown(ref _panel, (long)count * s.Windows * s.Line, "A panel of windows");
        if (panel.Length > 0) _launches.Spread(Gpu.Stream, TensorGrid.Over(Gpu, panel.Length), pixels, panel, s, panel.Length);
        return panel;
    }

    private int Together(WindowShape shape, int examples) => Together(shape, examples, PanelElements);

    private static int Together(WindowShape shape, int examples, int most)
        => IsImage(shape) ? examples : (int)Math.Clamp(most / ((long)shape.Windows * shape.WindowLength), 1, examples);

    private static bool IsImage(WindowShape shape) => shape is { Size: 1, Stride: 1, Padding: 0 };

    private static ArrayView<T> Rows(ArrayView<T> tensor, int first, int count, long length)
        => tensor.SubView(first * length, count * length);

    private static long Outputs(WindowShape shape, int examples) => (long)examples * shape.Windows * shape.Input.Channels;

    private static T Share(WindowShape shape) => T.CreateTruncating(1.0 / (shape.Size * shape.Size));

    private static WindowSizes Sizes(
        WindowShape shape, int outputs, int examples, ArrayView<T> pixels, string pixelsName, ArrayView<T> windows, string windowsName)
    {
        TensorShape image = shape.Input;
        int height = image.Height + 2 * shape.Padding, width = image.Width + 2 * shape.Padding;
        bool sound = shape.Size >= 1 && shape.Stride >= 1 && shape.Padding >= 0 && shape.Padding < shape.Size && image.Channels >= 1
            && shape.Size <= height && shape.Size <= width;
        if (!sound)
        {
            throw new ArgumentException(
                $"Windows of side {shape.Size}, stride {shape.Stride} and padding {shape.Padding} were asked for on images of {image}; "
                + "the side and the stride must be at least 1, the padding 0 or more and less than the side, and a window no larger than the "
                + "padded image.", nameof(shape));
        }

        Require(pixels, (long)examples * image.Length, pixelsName);
        Require(windows, (long)examples * shape.Windows * outputs, windowsName);
        return new(image.Height, image.Width, image.Channels, shape.Size, shape.Stride, shape.Padding, shape.OutputHeight,
            shape.OutputWidth);
    }
}
