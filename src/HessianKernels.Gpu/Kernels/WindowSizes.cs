using ILGPU;

namespace HessianKernels.Gpu.Kernels;

/// <summary>Windows on images, with what indices are divided by.</summary>
internal readonly struct WindowSizes(int height, int width, int channels, int size, int stride, int padding, int rows, int columns)
{
    public readonly int Height = height, Width = width, Channels = channels, Size = size, Stride = stride, Padding = padding;

    /// <summary>Rows of windows, windows of a row, windows of an image.</summary>
    public readonly int Rows = rows, Columns = columns, Windows = checked(rows * columns);

    /// <summary>Pixels under a window, and numbers.</summary>
    public readonly int Area = checked(size * size), Line = checked(size * size * channels);

    /// <summary>The first window, of those in a row or a column, that holds pixel <paramref name="at"/> of it.</summary>
    public int FirstWindow(int at)
    {
        int before = at + Padding - Size + Stride;
        return before <= 0 ? 0 : before / Stride;
    }
}

/// <summary>A pixel's channel: where an element of images stands.</summary>
internal readonly struct Pixel(int example, int row, int column, int channel)
{
    public readonly int Example = example, Row = row, Column = column, Channel = channel;

    public static Pixel Of(long at, WindowSizes s)
    {
        int pixel = Stride.Quotient(at, s.Channels), channel = (int)(at - (long)pixel * s.Channels), line = pixel / s.Width,
            example = line / s.Height;
        return new(example, line - example * s.Height, pixel - line * s.Width, channel);
    }
}

/// <summary>The pixels of an image under one window, and which channel of them.</summary>
internal readonly struct Window(long image, int firstRow, int endRow, int firstColumn, int endColumn)
{
    public readonly long Image = image;

    public readonly int FirstRow = firstRow, EndRow = endRow, FirstColumn = firstColumn, EndColumn = endColumn;

    /// <summary>The window of an element of <c>[examples, windows, channels]</c>.</summary>
    public static Window Of(long at, WindowSizes s)
    {
        int window = Stride.Quotient(at, s.Channels), channel = (int)(at - (long)window * s.Channels), line = window / s.Columns,
            example = line / s.Rows;
        int h = (line - example * s.Rows) * s.Stride - s.Padding, w = (window - line * s.Columns) * s.Stride - s.Padding;
        return new(
            (long)example * s.Height * s.Width * s.Channels + channel, IntrinsicMath.Max(h, 0), IntrinsicMath.Min(h + s.Size, s.Height),
            IntrinsicMath.Max(w, 0), IntrinsicMath.Min(w + s.Size, s.Width));
    }

    /// <summary>Where a pixel's number lies.</summary>
    public long Pixel(int place, WindowSizes s) => Image + (long)place * s.Channels;
}
