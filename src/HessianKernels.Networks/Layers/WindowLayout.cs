using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Layers;

/// <summary>What windows over an image give, and which windows there can be.</summary>
internal static class WindowLayout
{
    /// <summary>The shape of one number a window and channel.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range, or the image with its padding is smaller than the window.</exception>
    /// <exception cref="OverflowException">The result has too many numbers for an array.</exception>
    public static TensorShape Output(TensorShape input, int size, int stride, int padding, int channels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1, "outputs");
        ArgumentOutOfRangeException.ThrowIfNegative(padding);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(padding, size);
        if (input.Height + 2 * padding < size || input.Width + 2 * padding < size)
            throw new ArgumentOutOfRangeException(nameof(size), size, $"Windows of {size} x {size} do not fit in an image {input} with padding {padding}.");
        WindowShape window = new(input, size, stride, padding);
        _ = checked(window.OutputHeight * window.OutputWidth * channels);
        return new(window.OutputHeight, window.OutputWidth, channels);
    }
}
