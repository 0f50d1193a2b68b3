using HessianKernels.Networks.Data;
using HessianKernels.Networks.Tensors;

namespace HessianKernels.Reproduction.Figures.Models;

/// <summary>Images made small: each pixel the mean of those that it covers.</summary>
/// <remarks>A quick figure takes as long on a paper's images as on examples made in their place.</remarks>
internal static class Thumbnails
{
    /// <summary>The images in another shape.</summary>
    /// <param name="data">Of images.</param>
    /// <param name="shape">No larger, with as many channels, or with one, which is then their mean.</param>
    public static DataSet<double> Of(DataSet<double> data, TensorShape shape)
    {
        TensorShape from = data.InputShape;
        double[] inputs = new double[(long)data.Examples * shape.Length];
        int together = from.Channels / shape.Channels;
        ReadOnlySpan<double> all = data.Inputs;
        for (int example = 0; example < data.Examples; example++)
        {
            ReadOnlySpan<double> image = all.Slice(example * from.Length, from.Length);
            Span<double> small = inputs.AsSpan(example * shape.Length, shape.Length);
            for (int at = 0; at < small.Length; at++)
            {
                (int channel, int position) = Math.DivRem(at, shape.Positions);
                (int row, int column) = Math.DivRem(position, shape.Width);
                (int top, int bottom) = (row * from.Height / shape.Height, (row + 1) * from.Height / shape.Height);
                (int left, int right) = (column * from.Width / shape.Width, (column + 1) * from.Width / shape.Width);
                for (int c = channel * together; c < (channel + 1) * together; c++)
                    for (int y = top; y < bottom; y++)
                        for (int x = left; x < right; x++) small[at] += image[(c * from.Height + y) * from.Width + x];
                small[at] /= together * (bottom - top) * (right - left);
            }
        }

        return new() { Examples = data.Examples, InputShape = shape, Inputs = inputs, Labels = data.Labels, Classes = data.Classes };
    }
}
