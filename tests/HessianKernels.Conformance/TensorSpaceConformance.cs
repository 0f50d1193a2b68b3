using HessianKernels.Networks.Tensors;
using Xunit;

namespace HessianKernels.Conformance;

/// <summary>What every tensor space must do, member by member against plain loops in double.</summary>
public abstract partial class TensorSpaceConformance<TView>
    where TView : allows ref struct
{
    /// <summary>Around the widths of vectors, and enough for several threads.</summary>
    private static readonly int[] Lengths = [0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 65, 100, 127, 257, 1000, 8193, 66003];

    /// <summary>A space whose kernels use so many threads, where it has threads.</summary>
    protected abstract ITensorSpace<TView> Space(int threads);

    /// <summary>The numbers of threads, or the repetitions, that must give the same bits.</summary>
    protected virtual int[] Threads => [1, 2, 3, 7];

    /// <summary>Elements of the largest case that is run.</summary>
    protected virtual int MostElements => int.MaxValue;

    /// <summary>What is under test: reads its inputs, writes the result.</summary>
    protected delegate void Operation(ITensorSpace<TView> space, GuardedTensor<TView>[] inputs, GuardedTensor<TView> result);

    /// <summary>Expected values and what each may be out, from the inputs as the space holds them and the result as it was.</summary>
    protected delegate (double[] Expected, double[] Bound) Reference(double[][] inputs, double[] before);

    protected double Eps => Space(1).Epsilon;

    /// <summary>The smallest number there is above 0: a step of what is subnormal.</summary>
    protected double Smallest => Space(1).ElementBytes == sizeof(float) ? float.Epsilon : double.Epsilon;

    /// <summary>
    /// Runs an operation with several numbers of threads: its inputs stay, nothing outside is touched, the result is the reference's, and its bits are the same.
    /// </summary>
    protected void Check(string what, double[][] inputs, double[] before, Operation operation, Reference reference)
    {
        if (inputs.Sum(input => input.Length) + before.Length > MostElements) return;
        double[]? first = null;
        foreach (int threads in before.Length < 2000 && Threads.Length > 2 ? (int[])[1, 3] : Threads)
        {
            ITensorSpace<TView> space = Space(threads);
            GuardedTensor<TView>[] tensors = Array.ConvertAll(inputs, values => new GuardedTensor<TView>(space, values));
            GuardedTensor<TView> result = new(space, before);
            operation(space, tensors, result);
            for (int i = 0; i < tensors.Length; i++) tensors[i].AssertUnchanged($"{what}: input {i}");
            result.AssertGuards(what);
            double[] found = result.Read();
            if (first is not null)
            {
                Tolerance.SameBits<double>(first, found, $"{what} with {threads} threads");
                continue;
            }

            first = found;
            (double[] expected, double[] bound) = reference(Array.ConvertAll(tensors, t => t.Written.ToArray()), result.Written.ToArray());
            Tolerance.Equal<double>(expected, found, bound, what);
        }
    }

    /// <summary>Uniform in [-1, 1).</summary>
    protected static double[] Uniform(int length, int seed)
    {
        Random random = new(seed);
        double[] values = new double[length];
        for (int i = 0; i < length; i++) values[i] = 2 * random.NextDouble() - 1;
        return values;
    }

    /// <summary>What a result that is only written holds before; or numbers, where it is added to.</summary>
    protected static double[] Before(bool accumulate, int length, int seed = 99)
    {
        if (accumulate) return Uniform(length, seed);
        double[] values = new double[length];
        Array.Fill(values, double.NaN);
        return values;
    }

    /// <summary>Element by element, with a bound of so many eps times the magnitude.</summary>
    protected Reference Each(double units, Func<double[][], double, int, (double Value, double Magnitude)> element)
        => (x, before) =>
        {
            double[] expected = new double[before.Length], bound = new double[before.Length];
            for (int i = 0; i < before.Length; i++)
            {
                (expected[i], double magnitude) = element(x, before[i], i);
                bound[i] = units * Eps * Math.Abs(magnitude);
            }

            return (expected, bound);
        };

    [Fact]
    public void MemoryIsZeroAndHoldsWhatIsWritten()
    {
        ITensorSpace<TView> space = Space(1);
        Assert.True(space.Epsilon is > 0 and < 1e-3);
        Assert.True(space.ElementBytes > 0);
        foreach (int length in (int[])[0, 1, 17, 1000])
        {
            using ITensorMemory<TView> memory = space.Allocate(length);
            Assert.Equal(length, memory.Length);
            double[] found = new double[length];
            space.Read(memory.View, found);
            Assert.Equal(new double[length], found);
            double[] whole = new double[length];
            for (int i = 0; i < length; i++) whole[i] = i - 3;
            space.Write(whole, memory.View);
            space.Read(memory.View, found);
            Assert.Equal(whole, found);
        }
    }

    [Fact]
    public void APartMayBeEmptyAnywhere()
    {
        ITensorSpace<TView> space = Space(1);
        using ITensorMemory<TView> memory = space.Allocate(5), none = space.Allocate(0);
        double[] found = [7];
        foreach (int start in (int[])[0, 2, 5])
        {
            space.Fill(1, space.Slice(memory.View, start, 0));
            space.Read(space.Slice(memory.View, start, 0), found);
        }

        space.Read(space.Slice(none.View, 0, 0), found);
        space.Read(space.Slice(space.Slice(memory.View, 5, 0), 0, 0), found);
        Assert.Equal(7, found[0]);
        foreach ((int start, int count) in ((int, int)[])[(0, 6), (5, 1), (6, 0), (-1, 2), (0, -1)])
        {
            bool thrown = false;
            try
            {
                space.Slice(memory.View, start, count);
            }
            catch (ArgumentOutOfRangeException)
            {
                thrown = true;
            }

            Assert.True(thrown, $"{count} from {start} of 5");
        }
    }

    [Fact]
    public void VectorsAreOfTheSameStorage()
    {
        ITensorSpace<TView> space = Space(2);
        int stride = space.VectorStride(33);
        Assert.Equal(stride, space.Vectors(2, 33).Stride);
        GuardedTensor<TView> x = new(space, Uniform(stride + 33, 1)), dot = new(space, new double[2]);
        space.Vectors(2, 33).Dot(x.View, x.View, dot.View);
        for (int b = 0; b < 2; b++)
        {
            Oracle.Sum expected = Oracle.Dot(x.Written.Slice(b * stride, 33), x.Written.Slice(b * stride, 33));
            Tolerance.Equal(expected.Value, dot.Read()[b], 64 * Eps * expected.Magnitude);
        }
    }

    [Fact]
    public void CopiesFillsAndScales()
    {
        foreach (int n in Lengths)
        {
            double[] x = Uniform(n, 1);
            Check($"copy of {n}", [x], Before(false, n), (s, t, r) => s.Copy(t[0].View, r.View), Each(0, (x, _, i) => (x[0][i], 0)));
            Check($"copy of {n} to itself", [], x, (s, _, r) => s.Copy(r.View, r.View), Each(0, (_, before, _) => (before, 0)));
            Check($"fill of {n}", [], Before(false, n), (s, _, r) => s.Fill(0.375, r.View), Each(0, (_, _, _) => (0.375, 0)));
            Check($"scale of {n}", [], x, (s, _, r) => s.Scale(-1.7, r.View), Each(2, (_, before, _) => (-1.7 * before, before)));
        }
    }

    [Fact]
    public void AddsAndMultiplies()
    {
        foreach (int n in Lengths)
        {
            double[][] x = [Uniform(n, 1), Uniform(n, 2), Uniform(n, 3), Uniform(n, 4)];
            Check($"y += s x of {n}", x[..1], Before(true, n), (s, t, r) => s.AddScaled(0.7, t[0].View, r.View),
                Each(2, (x, y, i) => (y + 0.7 * x[0][i], Math.Abs(y) + Math.Abs(x[0][i]))));
            foreach (bool accumulate in (bool[])[false, true])
            {
                Check($"s x o y of {n}", x[..2], Before(accumulate, n), (s, t, r) => s.Multiply(-0.3, t[0].View, t[1].View, accumulate, r.View),
                    Each(3, (x, before, i) => ((accumulate ? before : 0) - 0.3 * x[0][i] * x[1][i], (accumulate ? Math.Abs(before) : 0) + Math.Abs(x[0][i] * x[1][i]))));
            }

            Check($"a o b + c o d of {n}", x, Before(false, n), (s, t, r) => s.SumOfProducts(t[0].View, t[1].View, t[2].View, t[3].View, r.View),
                Each(2, (x, _, i) => (x[0][i] * x[1][i] + x[2][i] * x[3][i], Math.Abs(x[0][i] * x[1][i]) + Math.Abs(x[2][i] * x[3][i]))));
        }
    }

    [Fact]
    public void ElementwiseResultsMayBeTheirOperands()
    {
        const int N = 1037;
        double[][] x = [Uniform(N, 1), Uniform(N, 2), Uniform(N, 3)];
        double[] r = Uniform(N, 4);
        Check("x o y onto x", x[..1], r, (s, t, r) => s.Multiply(2, r.View, t[0].View, false, r.View), Each(3, (x, b, i) => (2 * x[0][i] * b, x[0][i] * b)));
        Check("x o y onto y", x[..1], r, (s, t, r) => s.Multiply(2, t[0].View, r.View, false, r.View), Each(3, (x, b, i) => (2 * x[0][i] * b, x[0][i] * b)));
        Check("x o x added to x", [], r, (s, _, r) => s.Multiply(2, r.View, r.View, true, r.View), Each(3, (_, b, _) => (b + 2 * b * b, 3 * b)));
        Check("a o b + c o d onto a", x, r, (s, t, r) => s.SumOfProducts(r.View, t[0].View, t[1].View, t[2].View, r.View),
            Each(2, (x, b, i) => (b * x[0][i] + x[1][i] * x[2][i], 1)));
        Check("a o b + c o d onto b", x, r, (s, t, r) => s.SumOfProducts(t[0].View, r.View, t[1].View, t[2].View, r.View),
            Each(2, (x, b, i) => (b * x[0][i] + x[1][i] * x[2][i], 1)));
        Check("a o b + c o d onto c", x, r, (s, t, r) => s.SumOfProducts(t[0].View, t[1].View, r.View, t[2].View, r.View),
            Each(2, (x, b, i) => (x[0][i] * x[1][i] + b * x[2][i], 1)));
        Check("a o b + c o d onto d", x, r, (s, t, r) => s.SumOfProducts(t[0].View, t[1].View, t[2].View, r.View, r.View),
            Each(2, (x, b, i) => (x[0][i] * x[1][i] + x[2][i] * b, 1)));
        Check("power onto x", [], r, (s, _, r) => s.Power(1.5, -0.5, r.View, r.View), Each(4, (_, b, _) => (1 / Math.Sqrt(b + 1.5), 1.5)));
    }

    [Fact]
    public void Powers()
    {
        foreach (int n in (int[])[.. KernelSizes.All, 1037])
        {
            foreach (double power in (double[])[-0.5, 0.5, -1, -1.5, 2])
            {
                Check($"power {power} of {n}", [Uniform(n, 5)], Before(false, n), (s, t, r) => s.Power(1.25, power, t[0].View, r.View),
                    Each(8, (x, _, i) => (Math.Pow(x[0][i] + 1.25, power), Math.Pow(x[0][i] + 1.25, power))));
            }
        }
    }

    [Fact]
    public void NaNAndInfinityPassThrough()
    {
        double[] special = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1, -0.0];
        double[] x = new double[40];
        for (int i = 0; i < x.Length; i++) x[i] = special[i % 5];
        Reference exact(Func<double, double> f) => Each(0, (x, _, i) => (f(x[0][i]), 0));
        Check("x o x", [x], Before(false, 40), (s, t, r) => s.Multiply(1, t[0].View, t[0].View, false, r.View), exact(v => v * v));
        Check("0 x", [], x, (s, _, r) => s.Scale(0, r.View), Each(0, (_, b, _) => (0 * b, 0)));
        Check("1 + 0 x", [x], Enumerable.Repeat(1.0, 40).ToArray(), (s, t, r) => s.AddScaled(0, t[0].View, r.View), exact(v => 1 + 0 * v));
        Check("column sums", [x], Before(false, 5), (s, t, r) => s.SumGroups(GroupShape.Columns(8, 5), 1, t[0].View, false, r.View),
            Each(0, (x, _, i) => (8 * x[0][i], 0)));
        Check("a row's sum", [x], Before(false, 8), (s, t, r) => s.SumGroups(GroupShape.Rows(8, 5), 1, t[0].View, false, r.View), Each(0, (_, _, _) => (double.NaN, 0)));
    }
}
