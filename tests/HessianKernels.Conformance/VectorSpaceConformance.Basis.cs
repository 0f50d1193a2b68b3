using Xunit;

namespace HessianKernels.Conformance;

public abstract partial class VectorSpaceConformance<TSpace, TMemory, TView>
{
    private const int Count = 5;

    [Theory]
    [MemberData(nameof(Shapes))]
    public void ProjectGivesTheProductWithEveryVector(int batch, int length)
    {
        TSpace space = Space(batch, length);
        int size = batch * length;
        TMemory basis = VectorsOf(space, Numbers(Count * size, 20)), y = VectorsOf(space, Numbers(size, 21)), coefficients = Allocate(Count * batch);
        space.Project(View(basis), Count, View(y), View(coefficients));
        double[] vs = ReadVectors(space, basis, Count * batch), ys = ReadVectors(space, y, batch), found = Read(space, coefficients, Count * batch);
        for (int j = 0; j < Count; j++)
        {
            for (int b = 0; b < batch; b++)
            {
                Oracle.Sum expected = Oracle.Dot(vs.AsSpan((j * batch + b) * length, length), ys.AsSpan(b * length, length));
                Tolerance.Equal(expected.Value, found[j * batch + b], Units(length) * space.Epsilon * expected.Magnitude, $"<v_{j}, y> of item {b}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void CombineIsTheSameInPlace(int batch, int length)
    {
        TSpace space = Space(batch, length);
        int size = batch * length;
        foreach (int made in (int[])[1, 3, 4, Count])
        {
            TMemory basis = VectorsOf(space, Numbers(Count * size, 30)), coefficients = Of(space, Numbers(Count * made * batch, 31)), result = AllocateVectors(space, made * batch);
            double[] vs = ReadVectors(space, basis, Count * batch), cs = Read(space, coefficients, Count * made * batch), expected = new double[made * size];
            for (int j = 0; j < Count; j++)
                for (int r = 0; r < made; r++)
                    for (int b = 0; b < batch; b++)
                        for (int i = 0; i < length; i++)
                            expected[(r * batch + b) * length + i] += cs[(j * made + r) * batch + b] * vs[(j * batch + b) * length + i];
            space.Combine(View(basis), Count, View(coefficients), made, View(result));
            double[] found = ReadVectors(space, result, made * batch);
            Tolerance.Equal<double>(expected, found, 2 * Count * space.Epsilon, $"{made} combined");
            Tolerance.SameBits<double>(vs, ReadVectors(space, basis, Count * batch), "the basis");

            space.Combine(View(basis), Count, View(coefficients), made, View(basis));
            double[] inPlace = ReadVectors(space, basis, Count * batch);
            Tolerance.SameBits<double>(found, inPlace.AsSpan(0, made * size), $"{made} combined in place");
            Tolerance.SameBits<double>(vs.AsSpan(made * size), inPlace.AsSpan(made * size), "the rest of the basis");
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void OrthogonalizeTakesAwayWhatItSays(int batch, int length)
    {
        TSpace space = Space(batch, length);
        if (length < Count + 2) return;
        int size = batch * length;
        TMemory basis = Orthonormal(space, Count), y = VectorsOf(space, Numbers(size, 41));
        double[] before = ReadVectors(space, y, batch), vs = ReadVectors(space, basis, Count * batch);
        (double[] after, double[] c, double[] norm, double[] _) = Orthogonalize(space, basis, Count, 0, y);
        for (int b = 0; b < batch; b++)
        {
            double[] left = after.AsSpan(b * length, length).ToArray(), again = (double[])left.Clone();
            for (int j = 0; j < Count; j++)
            {
                ReadOnlySpan<double> v = vs.AsSpan((j * batch + b) * length, length);
                Tolerance.Equal(0, Oracle.Dot(v, left).Value, 100 * space.Epsilon * norm[b], $"<v_{j}, y> of item {b}");
                for (int i = 0; i < length; i++) again[i] += c[j * batch + b] * v[i];
            }

            Tolerance.Equal<double>(before.AsSpan(b * length, length), again, Units(length) * space.Epsilon, $"V c + y of item {b}");
            double expected = Math.Sqrt(Oracle.Dot(left, left).Value);
            Tolerance.Equal(expected, norm[b], Units(length) * space.Epsilon * expected, $"||y|| of item {b}");
        }

        Tolerance.SameBits<double>(vs, ReadVectors(space, basis, Count * batch), "the basis");
    }

    /// <summary>
    /// Item by item another case: in the span, a small part outside, nothing inside. The decision is taken for each alone, and a
    /// zero vector among the basis changes nothing.
    /// </summary>
    [Theory]
    [InlineData(3, 33)]
    [InlineData(3, 257)]
    [InlineData(3, 8193)]
    public void OrthogonalizeDecidesForEachItem(int batch, int length)
    {
        TSpace space = Space(batch, length);
        int size = batch * length;
        TMemory basis = Orthonormal(space, Count + 1);
        double[] vs = ReadVectors(space, basis, (Count + 1) * batch), numbers = new double[size];
        // The last vector is the direction outside; a zero vector takes its place.
        double[] outside = vs.AsSpan(Count * size).ToArray();
        double small = Math.Sqrt(space.Epsilon);
        for (int i = 0; i < size; i++)
        {
            int b = i / length;
            double inside = vs[i] - 0.5 * vs[2 * size + i];
            numbers[i] = b switch { 0 => inside, 1 => inside + small * outside[i], _ => outside[i] };
        }

        vs.AsSpan(Count * size).Clear();
        basis = VectorsOf(space, vs);
        TMemory y = VectorsOf(space, numbers);
        (double[] after, double[] c, double[] norm, double[] again) = Orthogonalize(space, basis, Count + 1, 0, y);
        Assert.Equal(0, norm[0]);
        Assert.All(after[..length], e => Assert.Equal(0, e));
        Tolerance.Equal(small, norm[1], 0.01 * small, "the small part");
        Tolerance.Equal<double>(
            Array.ConvertAll(outside[length..(2 * length)], e => small * e), after.AsSpan(length, length), 0.01 * small, "the small part's direction");
        Tolerance.Equal(1, norm[2], 100 * space.Epsilon);
        Assert.Equal((0, 1, 0), (again[0] > 1 ? 1 : 0, again[1], again[2]));
        for (int b = 0; b < 2; b++)
        {
            double[] expected = [1, 0, -0.5, 0, 0, 0];
            for (int j = 0; j <= Count; j++) Tolerance.Equal(expected[j], c[j * batch + b], 100 * space.Epsilon, $"coefficient {j} of item {b}");
        }
    }

    [Fact]
    public void OrthogonalizeTakesTheReferenceForTheSizeOfNoise()
    {
        TSpace space = Space(3, 64);
        double[] numbers = Numbers(3 * 64, 50);
        for (int i = 0; i < 64; i++) numbers[64 + i] *= space.Epsilon;
        // Noise of numbers of size 100; the same small vector where nothing large was near it; and no basis at all.
        foreach (int count in (int[])[0, 2])
        {
            TMemory basis = Orthonormal(space, 2), y = VectorsOf(space, numbers);
            (double[] after, _, double[] norm, _) = Orthogonalize(space, basis, count, 100, y);
            Assert.True(norm[0] > 1 && norm[2] > 1);
            Assert.Equal(0, norm[1]);
            Assert.All(after[64..128], e => Assert.Equal(0, e));
            y = VectorsOf(space, numbers);
            (_, _, norm, _) = Orthogonalize(space, basis, count, 0, y);
            Assert.True(norm[1] > space.Epsilon);
        }
    }

    [Fact]
    public void OrthogonalizeLeavesZeroZero()
    {
        TSpace space = Space(3, 20);
        foreach (int count in (int[])[0, 2])
        {
            (double[] after, _, double[] norm, double[] again) = Orthogonalize(space, Orthonormal(space, 2), count, 0, VectorsOf(space, new double[60]));
            Assert.All(after.Concat(norm).Concat(again), e => Assert.Equal(0, e));
        }
    }

    [Fact]
    public void AFullBasisLeavesNothing()
    {
        TSpace space = Space(1, 6);
        (double[] after, _, double[] norm, _) = Orthogonalize(space, Orthonormal(space, 6), 6, 0, VectorsOf(space, Numbers(6, 51)));
        Assert.Equal(0, norm[0]);
        Assert.All(after, e => Assert.Equal(0, e));
    }

    [Theory]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(257)]
    [InlineData(8193)]
    public void ABatchItemEqualsItAlone(int length)
    {
        const int Batch = 3;
        TSpace space = Space(Batch, length), one = Space(1, length);
        int size = Batch * length;
        double[][] together = Results(space, ReadVectors(space, Orthonormal(space, Count), Count * Batch), Numbers(size, 60), Numbers(size, 61), Numbers(Count * 2 * Batch, 62));
        for (int b = 0; b < Batch; b++)
        {
            int item = b;
            double[] Part(double[] all, int width)
                => [.. Enumerable.Range(0, all.Length / (Batch * width)).SelectMany(j => all.AsSpan((j * Batch + item) * width, width).ToArray())];
            double[][] alone = Results(
                one, Part(ReadVectors(space, Orthonormal(space, Count), Count * Batch), length), Part(Numbers(size, 60), length),
                Part(Numbers(size, 61), length), Part(Numbers(Count * 2 * Batch, 62), 1));
            for (int k = 0; k < alone.Length; k++)
            {
                int width = together[k].Length / Batch >= length ? length : 1;
                Tolerance.SameBits<double>(alone[k], Part(together[k], width), $"result {k} of item {b}");
            }
        }
    }

    /// <summary>Every member's results, one after another.</summary>
    private double[][] Results(TSpace space, double[] basis, double[] x, double[] y, double[] coefficients)
    {
        int batch = space.Batch;
        List<double[]> results = [];
        TMemory v = VectorsOf(space, basis), mx = VectorsOf(space, x), my = VectorsOf(space, y), mc = Of(space, coefficients);
        TMemory scalar = Allocate(batch), c = Allocate(Count * batch), made = AllocateVectors(space, 2 * batch);
        space.Dot(View(mx), View(my), View(scalar));
        results.Add(Read(space, scalar, batch));
        space.SubtractScaled(View(scalar), View(mx), View(my));
        results.Add(ReadVectors(space, my, batch));
        space.Normalize(View(mx), View(scalar));
        results.Add(ReadVectors(space, mx, batch));
        results.Add(Read(space, scalar, batch));
        space.Divide(View(scalar), View(my));
        results.Add(ReadVectors(space, my, batch));
        space.Project(View(v), Count, View(my), View(c));
        results.Add(Read(space, c, Count * batch));
        space.Combine(View(v), Count, View(mc), 2, View(made));
        results.Add(ReadVectors(space, made, 2 * batch));
        (double[] after, double[] removed, double[] norm, double[] again) = Orthogonalize(space, v, Count, 0, my);
        results.AddRange([after, removed, norm, again]);
        return [.. results];
    }

    private (double[] After, double[] Coefficients, double[] Norm, double[] Again) Orthogonalize(
        TSpace space, TMemory basis, int count, double reference, TMemory y)
    {
        int batch = space.Batch;
        double[] references = new double[batch];
        Array.Fill(references, reference);
        TMemory mr = Of(space, references), c = Of(space, new double[Math.Max(1, count) * batch]), norm = Allocate(batch), again = Of(space, new double[batch]);
        space.Orthogonalize(View(basis), count, View(mr), View(y), View(c), View(norm), View(again));
        return (ReadVectors(space, y, batch), Read(space, c, Math.Max(1, count) * batch), Read(space, norm, batch), Read(space, again, batch));
    }

    /// <summary>Orthonormal vectors made in double by Gram-Schmidt, twice, and rounded to what the space stores.</summary>
    private TMemory Orthonormal(TSpace space, int count)
    {
        (int batch, int length) = (space.Batch, space.Length);
        double[] v = Numbers(count * batch * length, 70);
        for (int j = 0; j < count; j++)
        {
            for (int b = 0; b < batch; b++)
            {
                Span<double> vj = v.AsSpan((j * batch + b) * length, length);
                for (int pass = 0; pass < 2; pass++)
                {
                    for (int k = 0; k < j; k++)
                    {
                        ReadOnlySpan<double> vk = v.AsSpan((k * batch + b) * length, length);
                        double c = Oracle.Dot(vk, vj).Value;
                        for (int i = 0; i < length; i++) vj[i] -= c * vk[i];
                    }
                }

                double norm = Math.Sqrt(Oracle.Dot(vj, vj).Value);
                for (int i = 0; i < length; i++) vj[i] /= norm;
            }
        }

        return VectorsOf(space, v);
    }
}
