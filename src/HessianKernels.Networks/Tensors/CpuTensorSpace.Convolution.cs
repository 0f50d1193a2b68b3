namespace HessianKernels.Networks.Tensors;

public sealed unsafe partial class CpuTensorSpace<T>
{
    /// <inheritdoc/>
    public void Convolve(WindowShape shape, int outputs, int examples, Span<T> x, Span<T> w, bool accumulate, Span<T> y)
    {
        if (!accumulate) y.Clear();
        foreach (Tap tap in Taps(shape, outputs, examples, 0)) y[tap.Y] += w[tap.W] * x[tap.X];
    }

    /// <inheritdoc/>
    public void ConvolveInput(WindowShape shape, int outputs, int examples, Span<T> dy, Span<T> w, bool accumulate, Span<T> dx)
    {
        if (!accumulate) dx.Clear();
        foreach (Tap tap in Taps(shape, outputs, examples, 0)) dx[tap.X] += w[tap.W] * dy[tap.Y];
    }

    /// <inheritdoc/>
    public void ConvolveWeight(WindowShape shape, int outputs, int examples, Span<T> dy, Span<T> x, bool accumulate, Span<T> dw, long strideW = 0)
    {
        if (!accumulate)
        {
            for (int e = 0; e < (strideW == 0 ? 1 : examples); e++) dw.Slice((int)(e * strideW), outputs * shape.WindowLength).Clear();
        }

        foreach (Tap tap in Taps(shape, outputs, examples, (int)strideW)) dw[tap.W] += x[tap.X] * dy[tap.Y];
    }

    private readonly record struct Tap(int X, int W, int Y);

    private static IEnumerable<Tap> Taps(WindowShape s, int outputs, int examples, int strideW)
    {
        for (int e = 0; e < examples; e++)
            for (int p = 0; p < s.OutputHeight; p++)
                for (int q = 0; q < s.OutputWidth; q++)
                    for (int o = 0; o < outputs; o++)
                        for (int c = 0; c < s.Input.Channels; c++)
                            for (int i = 0; i < s.Size; i++)
                                for (int j = 0; j < s.Size; j++)
                                {
                                    int h = p * s.Stride + i - s.Padding, w = q * s.Stride + j - s.Padding;
                                    if (h < 0 || w < 0 || h >= s.Input.Height || w >= s.Input.Width) continue;
                                    yield return new(
                                        ((e * s.Input.Height + h) * s.Input.Width + w) * s.Input.Channels + c,
                                        e * strideW + ((o * s.Input.Channels + c) * s.Size + i) * s.Size + j,
                                        ((e * s.OutputHeight + p) * s.OutputWidth + q) * outputs + o);
                                }
    }
}
