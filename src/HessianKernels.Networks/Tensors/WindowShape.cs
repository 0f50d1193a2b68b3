namespace HessianKernels.Networks.Tensors;

/// <summary>
/// Square windows that slide over an image <c>[Height, Width, Channels]</c>: of a convolution or of pooling. The output has
/// <c>(Height + 2 Padding - Size) / Stride + 1</c> rows of windows and likewise columns.
/// </summary>
/// <param name="Input">Shape of one input.</param>
/// <param name="Size">Pixels of a window's side, at least 1.</param>
/// <param name="Stride">Pixels from one window to the next, at least 1.</param>
/// <param name="Padding">Pixels added on every side, less than Size: zeros under a convolution or an average, nothing under a maximum.</param>
public readonly record struct WindowShape(TensorShape Input, int Size, int Stride, int Padding)
{
    /// <summary>Rows of windows.</summary>
    public int OutputHeight => (Input.Height + 2 * Padding - Size) / Stride + 1;

    /// <summary>Windows of a row.</summary>
    public int OutputWidth => (Input.Width + 2 * Padding - Size) / Stride + 1;

    /// <summary>Windows of an image.</summary>
    public int Windows => OutputHeight * OutputWidth;

    /// <summary>Numbers under one window: <c>Channels Size^2</c>.</summary>
    public int WindowLength => Input.Channels * Size * Size;
}
