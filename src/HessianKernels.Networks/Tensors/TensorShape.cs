namespace HessianKernels.Networks.Tensors;

/// <summary>
/// The shape of one example: a vector of <c>Channels</c> numbers, or an image, <c>[Height, Width, Channels]</c>.
/// </summary>
/// <remarks>
/// Within a network images lie with the channels last, so that a convolution's output is the rows of one matrix product; files hold them
/// with the channels first, as PyTorch does (<c>[Channels, Height, Width]</c>), and a model's first and flattening layers convert.
/// </remarks>
/// <param name="Height">Rows of pixels, at least 1; 1 for a vector.</param>
/// <param name="Width">Pixels of a row, at least 1; 1 for a vector.</param>
/// <param name="Channels">Numbers a pixel, at least 1.</param>
public readonly record struct TensorShape(int Height, int Width, int Channels)
{
    /// <summary>A vector of <paramref name="length"/> numbers.</summary>
    public static TensorShape Vector(int length) => new(1, 1, length);

    /// <summary>Number of pixels.</summary>
    public int Positions => Height * Width;

    /// <summary>Numbers an example.</summary>
    public int Length => Height * Width * Channels;

    /// <summary>Whether it is a vector.</summary>
    public bool IsVector => Height == 1 && Width == 1;

    /// <summary><c>512</c>, or <c>3 x 32 x 32</c> (channels, height, width: the order of files).</summary>
    public override string ToString() => IsVector ? $"{Channels}" : $"{Channels} x {Height} x {Width}";
}
