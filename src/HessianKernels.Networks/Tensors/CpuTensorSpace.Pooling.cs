namespace HessianKernels.Networks.Tensors;

public sealed unsafe partial class CpuTensorSpace<T>
{
    /// <inheritdoc/>
    public void MaxPool(WindowShape shape, int examples, Span<T> x, Span<T> y, Span<T> chosen)
    {
        int channels = shape.Input.Channels;
        y.Fill(T.NegativeInfinity);
        foreach ((int e, int window, int place) in Covered(shape, examples))
            for (int c = 0; c < channels; c++)
            {
                T value = x[(e * shape.Input.Positions + place) * channels + c];
                int to = (e * shape.Windows + window) * channels + c;
                if (!(value > y[to]) && !T.IsNaN(value)) continue;
                y[to] = value;
                chosen[to] = T.CreateTruncating(place);
            }
    }

    /// <inheritdoc/>
    public void GatherChosen(WindowShape shape, int examples, Span<T> x, Span<T> chosen, Span<T> y)
    {
        int channels = shape.Input.Channels;
        for (int at = 0; at < examples * shape.Windows * channels; at++)
            y[at] = x[(at / (shape.Windows * channels) * shape.Input.Positions + int.CreateTruncating(chosen[at])) * channels + at % channels];
    }

    /// <inheritdoc/>
    public void ScatterChosen(WindowShape shape, int examples, Span<T> dy, Span<T> chosen, Span<T> dx)
    {
        int channels = shape.Input.Channels;
        dx.Clear();
        for (int at = 0; at < examples * shape.Windows * channels; at++)
            dx[(at / (shape.Windows * channels) * shape.Input.Positions + int.CreateTruncating(chosen[at])) * channels + at % channels] += dy[at];
    }

    /// <inheritdoc/>
    public void AveragePool(WindowShape shape, int examples, Span<T> x, Span<T> y)
    {
        int channels = shape.Input.Channels;
        T share = T.One / T.CreateTruncating(shape.Size * shape.Size);
        y.Clear();
        foreach ((int e, int window, int place) in Covered(shape, examples))
            for (int c = 0; c < channels; c++) y[(e * shape.Windows + window) * channels + c] += share * x[(e * shape.Input.Positions + place) * channels + c];
    }

    /// <inheritdoc/>
    public void AveragePoolInput(WindowShape shape, int examples, Span<T> dy, Span<T> dx)
    {
        int channels = shape.Input.Channels;
        T share = T.One / T.CreateTruncating(shape.Size * shape.Size);
        dx.Clear();
        foreach ((int e, int window, int place) in Covered(shape, examples))
            for (int c = 0; c < channels; c++) dx[(e * shape.Input.Positions + place) * channels + c] += share * dy[(e * shape.Windows + window) * channels + c];
    }

    /// <summary>Every place of every window, in order.</summary>
    private static IEnumerable<(int Example, int Window, int Place)> Covered(WindowShape s, int examples)
    {
        for (int e = 0; e < examples; e++)
            for (int window = 0; window < s.Windows; window++)
                for (int i = 0; i < s.Size; i++)
                    for (int j = 0; j < s.Size; j++)
                    {
                        int h = window / s.OutputWidth * s.Stride + i - s.Padding, w = window % s.OutputWidth * s.Stride + j - s.Padding;
                        if (h >= 0 && w >= 0 && h < s.Input.Height && w < s.Input.Width) yield return (e, window, h * s.Input.Width + w);
                    }
    }
}
