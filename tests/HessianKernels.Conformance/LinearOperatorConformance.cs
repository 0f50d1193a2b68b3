using System.Numerics;
using HessianKernels.Operators;
using HessianKernels.Spaces;
using Xunit;

namespace HessianKernels.Conformance;

/// <summary>What every operator on spans must do; the dense matrices it stands for are the oracle.</summary>
public abstract class LinearOperatorConformance<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static TheoryData<int, int> Shapes
    {
        get
        {
            TheoryData<int, int> shapes = [];
            foreach (int batch in (int[])[1, 3])
                foreach (int length in (int[])[1, 2, 5, 16, 33, 130, 200])
                    shapes.Add(batch, length);
            return shapes;
        }
    }

    /// <summary>
    /// The operator under test, and the matrices <c>[batch, n, n]</c> it stands for, in double. The same arguments give the same operator,
    /// whatever the threads. Null where the operator does not come in batches.
    /// </summary>
    protected abstract (ILinearOperator<Span<T>> Operator, Func<double[]> Matrices)? Make(int batch, int length, int threads);

    /// <summary>Units of eps that an element of a product may be out, relative to the matrix's largest row sum of magnitudes.</summary>
    protected virtual double Units(int length) => 16 + (4 * Math.Sqrt(length));

    /// <summary>What <see cref="OperatorCheck"/> is to tolerate; null for its own default.</summary>
    protected virtual double? CheckTolerance => null;

    private static double Eps => typeof(T) == typeof(float) ? Math.Pow(2, -23) : Math.Pow(2, -52);

    [Theory]
    [MemberData(nameof(Shapes))]
    public void AppliesItsMatrix(int batch, int length)
    {
        if (Make(batch, length, 2) is not var (op, oracle)) return;
        double[] matrices = oracle();
        Assert.Equal((batch, length), (op.Batch, op.Length));
        Guarded<T> x = Guarded<T>.Random(batch * length, new(1)).Freeze(), y = new(batch * length);
        y.Span.Fill(T.NaN);
        op.Apply(x.Span, y.Span);
        x.AssertUnchanged("input");
        y.AssertGuards("output");
        double[] xs = x.ToDoubles();
        for (int b = 0; b < batch; b++)
        {
            ReadOnlySpan<double> a = matrices.AsSpan(b * length * length, length * length);
            Oracle.Sum[] expected = Oracle.Multiply(a, length, xs.AsSpan(b * length, length));
            double largest = 0;
            for (int i = 0; i < length; i++)
            {
                double sum = 0;
                for (int j = 0; j < length; j++) sum += Math.Abs(a[i * length + j]);
                largest = Math.Max(largest, sum);
            }

            Tolerance.Equal<T>(Oracle.Values(expected), y.Span.Slice(b * length, length), Units(length) * Eps * largest, $"item {b} of {op.GetType().Name}");
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void PassesTheOperatorCheck(int batch, int length)
    {
        if (Make(batch, length, 2) is not var (op, _)) return;
        for (ulong seed = 0; seed < 5; seed++)
        {
            OperatorReport report = OperatorCheck.Run(op, seed: seed, tolerance: CheckTolerance);
            Assert.True(report.Healthy, report.ToString());
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void HasTheSameBitsForAnyNumberOfThreads(int batch, int length)
    {
        T[]? first = null;
        foreach (int threads in (int[])[1, 2, 3, 7])
        {
            if (Make(batch, length, threads) is not var (op, _)) return;
            T[] x = Guarded<T>.Random(batch * length, new(2)).Span.ToArray(), y = new T[batch * length];
            op.Apply(x, y);
            Tolerance.SameBits<T>(first ?? y, y, $"{threads} threads");
            first ??= y;
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void ABatchIsItsItemsOneByOne(int batch, int length)
    {
        if (Make(batch, length, 2) is not var (op, _) || op is not ISeparableOperator<Span<T>> separable) return;
        Guarded<T> x = Guarded<T>.Random(batch * length, new(3)).Freeze();
        T[] together = new T[batch * length];
        op.Apply(x.Span, together);
        // Items at once from several threads, as an algorithm does.
        Parallel.For(0, 4 * batch, k =>
        {
            int b = k % batch;
            Guarded<T> y = new(length);
            y.Span.Fill(T.NaN);
            separable.ApplyItem(b, x.Span.Slice(b * length, length), y.Span, 1 + (k / batch));
            y.AssertGuards("output");
            Tolerance.SameBits<T>(together.AsSpan(b * length, length), y.Span, $"item {b}");
        });
        x.AssertUnchanged("input");
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void APairIsItsVectorsOneByOne(int batch, int length)
    {
        if (Make(batch, length, 2) is not var (op, _)) return;
        Guarded<T> x = Guarded<T>.Random(batch * length, new(5)).Freeze(), u = Guarded<T>.Random(batch * length, new(6)).Freeze();
        T[] ofX = new T[batch * length], ofU = new T[batch * length];
        op.Apply(x.Span, ofX);
        op.Apply(u.Span, ofU);
        Guarded<T> y = new(batch * length), z = new(batch * length);
        y.Span.Fill(T.NaN);
        z.Span.Fill(T.NaN);
        op.ApplyPair(x.Span, y.Span, u.Span, z.Span);
        y.AssertGuards("output");
        z.AssertGuards("second output");
        Tolerance.SameBits<T>(ofX, y.Span, "first");
        Tolerance.SameBits<T>(ofU, z.Span, "second");
        x.AssertUnchanged("input");
        u.AssertUnchanged("second input");
    }

    [Fact]
    public void AllocatesNothingOnceWarm()
    {
        if (Make(1, 200, 2) is not var (op, _)) return;
        T[] x = Guarded<T>.Random(200, new(4)).Span.ToArray(), y = new T[200];
        Allocation.AssertNone(() => op.Apply(x, y));
    }
}
