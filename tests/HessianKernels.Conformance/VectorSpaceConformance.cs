using HessianKernels.Spaces;
using Xunit;

namespace HessianKernels.Conformance;

/// <summary>
/// What every vector space must do, told against plain loops in double. A backend derives it and says how its space, its memory and its
/// views are made; numbers go in and out by the space's own Write and Read.
/// </summary>
/// <typeparam name="TSpace">The space.</typeparam>
/// <typeparam name="TMemory">What owns the numbers: an array, a device buffer.</typeparam>
/// <typeparam name="TView">How the space sees them; may be a ref struct.</typeparam>
public abstract partial class VectorSpaceConformance<TSpace, TMemory, TView>
    where TSpace : IVectorSpace<TView>
    where TView : allows ref struct
{
    public static TheoryData<int, int> Shapes
    {
        get
        {
            TheoryData<int, int> shapes = [];
            foreach (int batch in (int[])[1, 3])
                foreach (int length in (int[])[1, 2, 3, 7, 16, 31, 32, 33, 64, 127, 257, 1000, 8193])
                    shapes.Add(batch, length);
            return shapes;
        }
    }

    /// <summary>A space of so many vectors of so many elements.</summary>
    protected abstract TSpace Space(int batch, int length);

    /// <summary>Memory for so many numbers.</summary>
    protected abstract TMemory Allocate(int count);

    /// <summary>All of it as a view.</summary>
    protected abstract TView View(TMemory memory);

    [Theory]
    [MemberData(nameof(Shapes))]
    public void TheSpaceIsWhatWasAskedFor(int batch, int length)
    {
        TSpace space = Space(batch, length);
        Assert.Equal((batch, length), (space.Batch, space.Length));
        Assert.True(space.Stride >= length);
        Assert.Contains(space.Epsilon, (double[])[Math.Pow(2, -52), Math.Pow(2, -23)]);
        Assert.True(space.ReadInterval >= 1);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void WhatIsWrittenIsRead(int batch, int length)
    {
        TSpace space = Space(batch, length);
        double[] numbers = Numbers(batch * length, 1), found = new double[numbers.Length];
        TMemory memory = Of(space, numbers);
        space.Read(View(memory), found);
        // Stored once, the numbers are exact ever after.
        Tolerance.Equal<double>(numbers, found, space.Epsilon);
        double[] again = ReadVectors(space, VectorsOf(space, found), batch);
        Tolerance.SameBits<double>(found, again);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void SliceSeesAndCopyMovesAPart(int batch, int length)
    {
        TSpace space = Space(batch, length);
        int size = (batch - 1) * space.Stride + length;
        TMemory memory = Of(space, Numbers(3 * size, 2)), part = Allocate(size);
        double[] before = Read(space, memory, 3 * size);
        space.Copy(space.Slice(View(memory), size, size), View(part));
        Tolerance.SameBits<double>(before.AsSpan(size, size), Read(space, part, size));
        space.Copy(View(part), space.Slice(space.Slice(View(memory), size, 2 * size), size, size));
        before.AsSpan(size, size).CopyTo(before.AsSpan(2 * size));
        Tolerance.SameBits<double>(before, Read(space, memory, 3 * size));
        space.Copy(View(part), View(part));
        Tolerance.SameBits<double>(before.AsSpan(size, size), Read(space, part, size));
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void DotIsTheSumOfProducts(int batch, int length)
    {
        TSpace space = Space(batch, length);
        TMemory x = Random(space, 0), y = Random(space, 1), result = Allocate(batch);
        space.Dot(View(x), View(y), View(result));
        double[] found = Read(space, result, batch), xs = ReadVectors(space, x, batch), ys = ReadVectors(space, y, batch);
        for (int b = 0; b < batch; b++)
        {
            Oracle.Sum expected = Oracle.Dot(xs.AsSpan(b * length, length), ys.AsSpan(b * length, length));
            Tolerance.Equal(expected.Value, found[b], Units(length) * space.Epsilon * expected.Magnitude, $"item {b}");
        }

        space.Dot(View(x), View(x), View(result));
        found = Read(space, result, batch);
        for (int b = 0; b < batch; b++)
        {
            double expected = Oracle.Dot(xs.AsSpan(b * length, length), xs.AsSpan(b * length, length)).Value;
            Tolerance.Equal(expected, found[b], Units(length) * space.Epsilon * expected, $"item {b} with itself");
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void SubtractScaledTakesEachItemItsOwnShare(int batch, int length)
    {
        TSpace space = Space(batch, length);
        TMemory x = VectorsOf(space, Numbers(batch * length, 3)), y = VectorsOf(space, Numbers(batch * length, 4)), scale = Of(space, Numbers(batch, 5));
        double[] xs = ReadVectors(space, x, batch), expected = ReadVectors(space, y, batch), s = Read(space, scale, batch);
        for (int i = 0; i < expected.Length; i++) expected[i] -= s[i / length] * xs[i];
        space.SubtractScaled(View(scale), View(x), View(y));
        Tolerance.Equal<double>(expected, ReadVectors(space, y, batch), 4 * space.Epsilon);
        Tolerance.SameBits<double>(xs, ReadVectors(space, x, batch), "x");
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void SubtractScaledOfTwoIsOneAfterTheOther(int batch, int length)
    {
        TSpace space = Space(batch, length);
        TMemory x1 = VectorsOf(space, Numbers(batch * length, 3)), x2 = VectorsOf(space, Numbers(batch * length, 21)), y = VectorsOf(space, Numbers(batch * length, 4));
        TMemory scale1 = Of(space, Numbers(batch, 5)), scale2 = Of(space, Numbers(batch, 22)), expected = VectorsOf(space, Numbers(batch * length, 4));
        space.SubtractScaled(View(scale1), View(x1), View(expected));
        space.SubtractScaled(View(scale2), View(x2), View(expected));
        space.SubtractScaled(View(scale1), View(x1), View(scale2), View(x2), View(y));
        Tolerance.SameBits<double>(ReadVectors(space, expected, batch), ReadVectors(space, y, batch), "y");
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void NormalizeLeavesUnitVectorsAndZeros(int batch, int length)
    {
        TSpace space = Space(batch, length);
        double[] numbers = Numbers(batch * length, 6);
        if (batch > 1) numbers.AsSpan(length, length).Clear();
        TMemory x = VectorsOf(space, numbers), norm = Allocate(batch);
        numbers = ReadVectors(space, x, batch);
        space.Normalize(View(x), View(norm));
        double[] found = ReadVectors(space, x, batch), norms = Read(space, norm, batch);
        for (int b = 0; b < batch; b++)
        {
            double[] item = numbers.AsSpan(b * length, length).ToArray();
            double expected = Math.Sqrt(Oracle.Dot(item, item).Value);
            Tolerance.Equal(expected, norms[b], Units(length) * space.Epsilon * expected, $"norm of {b}");
            Tolerance.Equal<double>(
                Array.ConvertAll(item, e => expected == 0 ? 0 : e / expected), found.AsSpan(b * length, length), Units(length) * space.Epsilon, $"item {b}");
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void DivideTakesEachItemByItsOwnScaleAndLeavesItWhereThatIsZero(int batch, int length)
    {
        TSpace space = Space(batch, length);
        double[] scales = Numbers(batch, 8);
        if (batch > 1) scales[1] = 0;
        // Its reciprocal overflows.
        if (batch > 2) scales[2] = space.Epsilon > 1e-10 ? 1e-39 : 1e-309;
        double[] numbers = Numbers(batch * length, 9);
        if (batch > 2) foreach (ref double number in numbers.AsSpan(2 * length, length)) number *= scales[2];
        TMemory x = VectorsOf(space, numbers), scale = Of(space, scales);
        double[] expected = ReadVectors(space, x, batch), s = Read(space, scale, batch);
        for (int i = 0; i < expected.Length; i++) expected[i] /= s[i / length] == 0 ? 1 : s[i / length];
        space.Divide(View(scale), View(x));
        double[] found = ReadVectors(space, x, batch);
        Tolerance.Equal<double>(expected, found, Array.ConvertAll(expected, e => 2 * space.Epsilon * Math.Abs(e)));
        Tolerance.SameBits<double>(s, Read(space, scale, batch), "scale");
    }

    [Theory]
    [MemberData(nameof(KernelSizes.FromOne), MemberType = typeof(KernelSizes))]
    public void DivideWhereOfManyItems(int batch)
    {
        TSpace space = Space(batch, 1);
        TMemory measure = Of(space, Numbers(batch, 80)), x = Of(space, Numbers(batch, 81)), y = Of(space, Numbers(batch, 82)), bound = Of(space, Numbers(batch, 83));
        double[] m = Read(space, measure, batch), xs = Read(space, x, batch), ys = Read(space, y, batch), b = Read(space, bound, batch);
        TMemory result = Allocate(batch);
        space.DivideWhere(View(measure), View(bound), View(x), View(y), View(bound), View(result));
        double[] found = Read(space, result, batch);
        for (int i = 0; i < batch; i++) Tolerance.Equal(m[i] > b[i] ? xs[i] / ys[i] : b[i], found[i], m[i] > b[i] ? space.Epsilon * Math.Abs(xs[i] / ys[i]) : 0, $"item {i}");
    }

    [Fact]
    public void DivideWhereDecidesForEachItem()
    {
        TSpace space = Space(5, 3);
        TMemory x = Of(space, [6, 6, 6, 0, 6]), y = Of(space, [3, 0, 3, 0, 3]), otherwise = Of(space, [1, 2, 3, 4, 5]), result = Allocate(5);
        TMemory measure = Of(space, [1, 0, 2, 2, double.NaN]), bound = Of(space, [0, 0, 2, 3, 0]);
        space.DivideWhere(View(measure), View(bound), View(x), View(y), View(otherwise), View(result));
        // Where it is not asked for no quotient is taken: of 0 / 0 nothing is seen.
        Assert.Equal([2, 2, 3, 4, 5], Read(space, result, 5));
        space.DivideWhere(View(measure), View(bound), View(measure), View(x), View(measure), View(measure));
        double[] found = Read(space, measure, 5);
        Tolerance.Equal(1 / 6.0, found[0], space.Epsilon);
        Assert.Equal([0, 2, 2, double.NaN], found[1..]);
    }

    [Theory]
    [InlineData(150)]
    [InlineData(-150)]
    public void NormalizeNeitherOverflowsNorUnderflows(int exponent)
    {
        TSpace space = Space(3, 40);
        double size = Math.Pow(10, space.Epsilon > 1e-10 ? exponent / 5 : exponent);
        TMemory x = VectorsOf(space, Array.ConvertAll(Numbers(120, 7), e => e * size)), norm = Allocate(3);
        double[] numbers = Array.ConvertAll(ReadVectors(space, x, 3), e => e / size);
        space.Normalize(View(x), View(norm));
        double[] norms = Read(space, norm, 3);
        for (int b = 0; b < 3; b++)
        {
            double expected = Math.Sqrt(Oracle.Dot(numbers.AsSpan(b * 40, 40), numbers.AsSpan(b * 40, 40)).Value);
            Tolerance.Equal(expected, norms[b] / size, 20 * space.Epsilon * expected);
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void RandomGivesEveryItemTheVectorThatSeedAndStreamName(int batch, int length)
    {
        TSpace space = Space(batch, length), longer = Space(1, length + 5);
        foreach (RandomDistribution distribution in Enum.GetValues<RandomDistribution>())
        {
            TMemory x = AllocateVectors(space, batch), alone = AllocateVectors(longer, 1);
            space.Random(distribution, 11, 3, View(x));
            longer.Random(distribution, 11, 3, View(alone));
            double[] all = ReadVectors(space, x, batch), expected = ReadVectors(longer, alone, 1);
            for (int b = 0; b < batch; b++) Tolerance.SameBits<double>(expected.AsSpan(0, length), all.AsSpan(b * length, length), $"item {b}");
            if (distribution == RandomDistribution.Rademacher) Assert.All(all, e => Assert.Equal(1, Math.Abs(e)));
            if (length < 8000) continue;
            Tolerance.Equal(0, all.Average(), 5 / Math.Sqrt(length));
            Tolerance.Equal(1, all.Average(e => e * e), 8 / Math.Sqrt(length));
            longer.Random(distribution, 11, 4, View(alone));
            Assert.NotEqual(expected, ReadVectors(longer, alone, 1));
        }
    }

    /// <summary>Units of eps for a sum of so many terms, in any order, in the stored precision.</summary>
    protected static double Units(int terms) => 8 + (4 * Math.Sqrt(terms));

    /// <summary>Uniform numbers in [-1, 1).</summary>
    private static double[] Numbers(int count, int seed)
    {
        Random random = new(seed);
        double[] numbers = new double[count];
        for (int i = 0; i < count; i++) numbers[i] = 2 * random.NextDouble() - 1;
        return numbers;
    }

    private TMemory Of(TSpace space, double[] numbers)
    {
        TMemory memory = Allocate(numbers.Length);
        space.Write(numbers, View(memory));
        return memory;
    }

    private TMemory Random(TSpace space, int seed) => VectorsOf(space, Numbers(space.Batch * space.Length, 100 + seed));

    private double[] Read(TSpace space, TMemory memory, int count)
    {
        double[] found = new double[count];
        space.Read(space.Slice(View(memory), 0, found.Length), found);
        return found;
    }

    /// <summary>Memory for so many vectors, to the last one's last element: NaN between them, which nothing may read, and everywhere else.</summary>
    private TMemory AllocateVectors(TSpace space, int count)
    {
        double[] nothing = new double[(count - 1) * space.Stride + space.Length];
        Array.Fill(nothing, double.NaN);
        return Of(space, nothing);
    }

    /// <summary>The vectors, one after another on the host, the space's stride apart where they go.</summary>
    private TMemory VectorsOf(TSpace space, double[] numbers)
    {
        int length = space.Length, count = numbers.Length / length;
        TMemory memory = AllocateVectors(space, count);
        for (int j = 0; j < count; j++) space.Write(numbers.AsSpan(j * length, length), space.Slice(View(memory), (long)j * space.Stride, length));
        return memory;
    }

    /// <summary>The first vectors of the memory, one after another. What lies between them must be as it was: nothing writes there.</summary>
    private double[] ReadVectors(TSpace space, TMemory memory, int count)
    {
        int length = space.Length, stride = space.Stride;
        double[] all = Read(space, memory, (count - 1) * stride + length), found = new double[count * length];
        for (int i = 0; i < all.Length; i++)
        {
            (int j, int at) = Math.DivRem(i, stride);
            if (at < length) found[j * length + at] = all[i];
            else Assert.True(double.IsNaN(all[i]), $"{all[i]} was written {at - length} elements after vector {j}");
        }

        return found;
    }
}
