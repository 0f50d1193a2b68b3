using HessianKernels.Networks.Data;
using HessianKernels.Networks.Tensors;
using HessianKernels.Reproduction.Figures.Models;
using Xunit;

namespace HessianKernels.Reproduction.Tests;

/// <summary>Means of the pixels that are covered.</summary>
public sealed class ThumbnailsTests
{
    [Fact]
    public void EachPixelIsTheMeanOfThoseItCovers()
    {
        // Two images of 2 channels and 3 x 4 pixels; 2 x 2 pixels cover rows 0 | 1-2 and columns 0-1 | 2-3.
        DataSet<double> data = Images(2, new(3, 4, 2));
        DataSet<double> small = Thumbnails.Of(data, new(2, 2, 2));
        double[] first = [0.5, 2.5, 6.5, 8.5, 12.5, 14.5, 18.5, 20.5];
        Assert.Equal([.. first, .. first.Select(value => value + 24)], small.Inputs.ToArray());
        Assert.Equal(data.Labels, small.Labels);
        Assert.Equal(new TensorShape(2, 2, 2), small.InputShape);
    }

    [Fact]
    public void OneChannelIsTheMeanOfAll()
        => Assert.Equal([11.5, 35.5], Thumbnails.Of(Images(2, new(3, 4, 2)), new(1, 1, 1)).Inputs.ToArray());

    [Fact]
    public void TheSameShapeChangesNothing()
    {
        DataSet<double> data = Images(3, new(2, 2, 3));
        Assert.Equal(data.Inputs.ToArray(), Thumbnails.Of(data, data.InputShape).Inputs.ToArray());
    }

    private static DataSet<double> Images(int examples, TensorShape shape) => new()
    {
        Examples = examples, InputShape = shape, Inputs = [.. Enumerable.Range(0, examples * shape.Length).Select(i => (double)i)],
        Labels = [.. Enumerable.Range(0, examples)], Classes = examples,
    };
}
