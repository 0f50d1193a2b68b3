using HessianKernels.Storage;
using Xunit;

namespace HessianKernels.Tests.Storage;

public class ElementEncodingTests
{
    [Fact]
    public void Vector_loops_equal_the_scalar_cast_at_every_length()
    {
        var random = new Random(3);
        for (int length = 0; length <= 257; length++)
        {
            double[] wide = [.. Enumerable.Range(0, length).Select(_ => BitConverter.Int64BitsToDouble(random.NextInt64()))];
            var narrow = new float[length + 1];
            narrow[length] = float.NaN;
            ElementEncoding.Narrow(wide, narrow.AsSpan(0, length));
            Assert.Equal(wide.Select(value => (float)value), narrow[..length]);
            Assert.True(float.IsNaN(narrow[length]));

            var back = new double[length + 1];
            back[length] = double.NaN;
            ElementEncoding.Widen(narrow.AsSpan(0, length), back.AsSpan(0, length));
            Assert.Equal(narrow[..length].Select(value => (double)value), back[..length]);
            Assert.True(double.IsNaN(back[length]));
        }
    }
}
