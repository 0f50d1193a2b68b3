using HessianKernels.Networks.Tensors;
using Xunit;

namespace HessianKernels.Conformance;

public abstract partial class TensorSpaceConformance<TView>
{
    private static readonly GroupShape[] GroupShapes =
    [
        new(0, 3, 2), new(2, 0, 3), new(2, 3, 0), new(1, 1, 1), GroupShape.Rows(5, 1), GroupShape.Rows(3, 17), GroupShape.Rows(70, 33), GroupShape.Rows(1, 40_001),
        GroupShape.Rows(3000, 10), GroupShape.Rows(7, 5003), GroupShape.Columns(40, 3), GroupShape.Columns(1, 65), GroupShape.Columns(4001, 10), GroupShape.Columns(900, 67),
        GroupShape.Columns(33, 1000), GroupShape.Columns(20_000, 2), new(4, 9, 5), new(3, 130, 16), new(5, 700, 24), new(40, 1, 50), new(2, 20_000, 3),
        .. KernelSizes.All.SelectMany(n => (GroupShape[])[GroupShape.Rows(2, n), GroupShape.Rows(n, 3), GroupShape.Columns(n, 2), GroupShape.Columns(3, n), new(2, n, 3)]),
    ];

    private static double[] GroupMagnitudes(GroupShape shape, double[] terms)
    {
        double[] sums = new double[shape.Groups];
        for (int o = 0; o < shape.Outer; o++)
            for (int c = 0; c < shape.Count; c++)
                for (int i = 0; i < shape.Inner; i++) sums[o * shape.Inner + i] += Math.Abs(terms[(o * shape.Count + c) * shape.Inner + i]);
        return sums;
    }

    /// <summary>The group an element belongs to.</summary>
    private static int Group(GroupShape shape, int element) => element / (shape.Count * shape.Inner) * shape.Inner + element % shape.Inner;

    [Fact]
    public void SumsGroupsInDouble()
    {
        foreach (GroupShape shape in GroupShapes)
        {
            int n = (int)shape.Length, groups = (int)shape.Groups;
            foreach (bool accumulate in (bool[])[false, true])
            {
                Reference reference(Func<double[][], double[]> terms) => (x, before) =>
                {
                    double[] each = terms(x), magnitude = GroupMagnitudes(shape, each), expected = new double[groups], lost = new double[groups];
                    for (int e = 0; e < n; e++)
                    {
                        // The part that a sum loses is carried along (Neumaier).
                        ref double sum = ref expected[Group(shape, e)];
                        double next = sum + each[e];
                        lost[Group(shape, e)] += Math.Abs(sum) >= Math.Abs(each[e]) ? (sum - next) + each[e] : (each[e] - next) + sum;
                        sum = next;
                    }

                    double[] bound = new double[groups];
                    for (int g = 0; g < groups; g++)
                    {
                        double sum = 0.8 * (expected[g] + lost[g]);
                        expected[g] = (accumulate ? before[g] : 0) + sum;
                        // Rounded once to what is stored; the sum itself is one of doubles.
                        bound[g] = Eps * Math.Abs(expected[g]) + 1e-15 * (magnitude[g] + (accumulate ? Math.Abs(before[g]) : 0));
                    }

                    return (expected, bound);
                };
                Check($"sum over {shape}", [Uniform(n, 1)], Before(accumulate, groups),
                    (s, t, r) => s.SumGroups(shape, 0.8, t[0].View, accumulate, r.View), reference(x => x[0]));
                Check($"dot over {shape}", [Uniform(n, 1), Uniform(n, 2)], Before(accumulate, groups),
                    (s, t, r) => s.DotGroups(shape, 0.8, t[0].View, t[1].View, accumulate, r.View), reference(x => [.. x[0].Zip(x[1], (a, b) => a * b)]));
            }

            Check($"squares over {shape}", [Uniform(n, 1)], Before(false, groups), (s, t, r) => s.DotGroups(shape, 1, t[0].View, t[0].View, false, r.View),
                (x, _) =>
                {
                    double[] sums = GroupMagnitudes(shape, Array.ConvertAll(x[0], v => v * v));
                    return (sums, Array.ConvertAll(sums, v => (Eps + 1e-14) * v));
                });
        }
    }

    [Fact]
    public void ASumThatCancelsIsTakenInDouble()
    {
        // In float the ones would be lost against 3e8.
        double[] x = new double[3 * 40];
        for (int g = 0; g < 3; g++)
            for (int i = 0; i < 40; i++) x[g * 40 + i] = i == 0 ? 3e8 : i == 39 ? -3e8 : 1;
        Check("cancelling rows", [x], Before(false, 3), (s, t, r) => s.SumGroups(GroupShape.Rows(3, 40), 1, t[0].View, false, r.View), Each(0, (_, _, _) => (38, 0)));
        Check("cancelling columns", [x], Before(false, 1), (s, t, r) => s.SumGroups(new(1, 120, 1), 1, t[0].View, false, r.View), Each(0, (_, _, _) => (114, 0)));
    }

    [Fact]
    public void BroadcastsToGroups()
    {
        foreach (GroupShape shape in GroupShapes)
        {
            int n = (int)shape.Length, groups = (int)shape.Groups;
            Check($"add to {shape}", [Uniform(groups, 1)], Before(true, n), (s, t, r) => s.AddToGroups(shape, -1.3, t[0].View, r.View),
                Each(2, (x, y, i) => (y - 1.3 * x[0][Group(shape, i)], Math.Abs(y) + 1.3)));
            foreach (bool accumulate in (bool[])[false, true])
            {
                Check($"scale {shape}", [Uniform(groups, 1), Uniform(n, 2)], Before(accumulate, n), (s, t, r) => s.ScaleGroups(shape, t[0].View, t[1].View, accumulate, r.View),
                    Each(2, (x, before, i) => ((accumulate ? before : 0) + x[0][Group(shape, i)] * x[1][i], (accumulate ? 1 : 0) + Math.Abs(x[0][Group(shape, i)] * x[1][i]))));
            }

            Check($"scale {shape} in place", [Uniform(groups, 1)], Uniform(n, 2), (s, t, r) => s.ScaleGroups(shape, t[0].View, r.View, false, r.View),
                Each(2, (x, before, i) => (before * x[0][Group(shape, i)], before * x[0][Group(shape, i)])));
        }
    }

    [Fact]
    public void SoftmaxOfRows()
    {
        foreach ((int rows, int columns, double spread, double shift) in ((int, int, double, double)[])
            [(0, 3, 1, 0), (1, 1, 1, 5), (3, 2, 1, 0), (4, 10, 8, 0), (5, 16, 1, 1e4), (6, 17, 30, -1e4), (7, 33, 60, 0), (900, 10, 3, 2), (3, 1000, 20, 0),
                .. KernelSizes.All.SelectMany(n => ((int, int, double, double)[])[(n, 3, 2, 0), (2, Math.Max(1, n), 2, 0)])])
        {
            double[] z = Array.ConvertAll(Uniform(rows * columns, 1), v => spread * v + shift);
            (double[], double[]) Expected(ReadOnlySpan<double> z)
            {
                double[] expected = new double[rows * columns + rows], bound = new double[rows * columns + rows];
                for (int r = 0; r < rows; r++)
                {
                    double most = double.NegativeInfinity, sum = 0;
                    for (int c = 0; c < columns; c++) most = Math.Max(most, z[r * columns + c]);
                    for (int c = 0; c < columns; c++) sum += Math.Exp(z[r * columns + c] - most);
                    for (int c = 0; c < columns; c++)
                    {
                        expected[r * columns + c] = Math.Exp(z[r * columns + c] - most) / sum;
                        bound[r * columns + c] = (6 * Eps + 1e-14) * expected[r * columns + c] + 2 * Smallest;
                    }

                    expected[rows * columns + r] = most + Math.Log(sum);
                    // Exponentials stored to a unit leave their sum within a relative Eps, and its logarithm within an Eps: seen where the largest cancels it.
                    bound[rows * columns + r] = Eps * (1 + Math.Abs(expected[rows * columns + r])) + 4e-15 * (1 + Math.Log(columns));
                }

                return (expected, bound);
            }

            string what = $"softmax of [{rows}, {columns}], spread {spread} about {shift}";
            Check(what, [z], Before(false, z.Length + rows),
                (s, t, r) => s.Softmax(rows, columns, t[0].View, r.Slice(0, z.Length), r.Slice(z.Length, rows)), (x, _) => Expected(x[0]));
            Check($"{what} in place", [], [.. z, .. Before(false, rows)],
                (s, _, r) => s.Softmax(rows, columns, r.Slice(0, z.Length), r.Slice(0, z.Length), r.Slice(z.Length, rows)), (_, before) => Expected(before.AsSpan(0, z.Length)));
        }
    }

    [Fact]
    public void SoftmaxAtTheEnds()
    {
        double inf = double.PositiveInfinity, nan = double.NaN;
        double[] z = [-inf, 0, -inf, 1, nan, 2, inf, 1, 0, 1e30, -1e30, 0];
        Check("softmax of infinities", [z], Before(false, 16), (s, t, r) => s.Softmax(4, 3, t[0].View, r.Slice(0, 12), r.Slice(12, 4)), (x, _) =>
        {
            double large = x[0][9];
            return ([0, 1, 0, nan, nan, nan, nan, nan, nan, 1, 0, 0, 0, nan, nan, large], new double[16]);
        });
    }

    [Fact]
    public void DrawsAClassOfEachRow()
    {
        foreach ((int rows, int columns) in ((int, int)[])[(0, 3), (1, 1), (5, 2), (40, 10), (300, 7), .. KernelSizes.All.SelectMany(n => ((int, int)[])[(n, 3), (2, Math.Max(1, n))])])
        {
            double[] p = Array.ConvertAll(Uniform(rows * columns, 1), Math.Abs), uniform = Array.ConvertAll(Uniform(rows, 2), Math.Abs);
            for (int r = 0; r < rows; r++)
            {
                // Of the first row rounding leaves none; of the second the first class has no share.
                double sum = r == 0 ? 4 * columns : p.AsSpan(r * columns, columns).ToArray().Sum();
                if (r == 1) (p[r * columns], uniform[r]) = (0, 0);
                for (int c = 0; c < columns; c++) p[r * columns + c] /= sum;
            }

            Check($"draws from [{rows}, {columns}]", [p, uniform], Before(false, rows * columns), (s, t, r) => s.DrawRows(rows, columns, t[0].View, t[1].View, r.View),
                (x, _) =>
                {
                    double[] expected = new double[rows * columns];
                    for (int r = 0; r < rows; r++)
                    {
                        int drawn = 0;
                        double left = x[1][r] - x[0][r * columns];
                        while (drawn < columns - 1 && left >= 0) left -= x[0][r * columns + ++drawn];
                        expected[r * columns + drawn] = 1;
                    }

                    return (expected, new double[rows * columns]);
                });
        }
    }
}
