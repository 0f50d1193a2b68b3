namespace HessianKernels.Networks.Kernels;

/// <summary>Square windows over images <c>[Height, Width, Channels]</c>, as kernels count them.</summary>
/// <param name="Height">Rows of pixels.</param>
/// <param name="Width">Pixels of a row.</param>
/// <param name="Channels">Numbers a pixel.</param>
/// <param name="Size">Pixels of a window's side.</param>
/// <param name="Stride">Pixels from one window to the next.</param>
/// <param name="Padding">Pixels added on every side.</param>
internal readonly record struct WindowGrid(int Height, int Width, int Channels, int Size, int Stride, int Padding)
{
    /// <summary>Rows of windows of an image, and windows of a row.</summary>
    public int Rows { get; } = (Height + 2 * Padding - Size) / Stride + 1;

    public int Columns { get; } = (Width + 2 * Padding - Size) / Stride + 1;

    public int Windows => Rows * Columns;

    /// <summary>Numbers of an image.</summary>
    public nint Image => (nint)Height * Width * Channels;

    /// <summary>Numbers under a window: a row of the panel.</summary>
    public int Line => Size * Size * Channels;

    /// <summary>Whether a window is a pixel, and every pixel one: the image is its own panel.</summary>
    public bool IsPixelwise => Size == 1 && Stride == 1 && Padding == 0;

    /// <summary>The pixels of a side that a window has within the image: from <c>First</c> to before <c>End</c> of its own.</summary>
    public (int First, int End) Within(int window, int extent)
    {
        int at = window * Stride - Padding;
        return (Math.Max(0, -at), Math.Min(Size, extent - at));
    }
}
