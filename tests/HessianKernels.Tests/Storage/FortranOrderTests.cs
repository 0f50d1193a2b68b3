using HessianKernels.Storage;
using Xunit;

namespace HessianKernels.Tests.Storage;

public class FortranOrderTests
{
    [Theory]
    [InlineData(new long[] { })]
    [InlineData(new long[] { 7 })]
    [InlineData(new long[] { 33, 65 })]
    [InlineData(new long[] { 1, 64, 1, 31 })]
    [InlineData(new long[] { 3, 5, 2, 4 })]
    [InlineData(new long[] { 2, 3, 4, 2, 5, 3 })]
    [InlineData(new long[] { 40, 2, 40 })]
    [InlineData(new long[] { 3, 0, 4 })]
    public void Every_element_goes_to_its_place(long[] shape)
    {
        int rank = shape.Length, count = (int)shape.Aggregate(1L, (product, length) => product * length);
        var source = new double[count];
        var expected = new double[count];
        for (int i = 0; i < count; i++)
        {
            // i in C order; its place in Fortran order from the same index, read from the other end.
            int rest = i;
            var index = new long[rank];
            for (int axis = rank - 1; axis >= 0; axis--)
            {
                index[axis] = rest % shape[axis];
                rest /= (int)shape[axis];
            }

            long place = 0;
            for (int axis = rank - 1; axis >= 0; axis--)
                place = (place * shape[axis]) + index[axis];
            source[place] = expected[i] = i + 1;
        }

        var destination = new double[count];
        FortranOrder.ToRowOrder<double>(source, destination, shape);
        Assert.Equal(expected, destination);
    }
}
