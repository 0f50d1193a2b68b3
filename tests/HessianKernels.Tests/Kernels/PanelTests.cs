using System.Numerics;
using HessianKernels.Conformance;
using HessianKernels.Kernels;
using Xunit;

namespace HessianKernels.Tests.Kernels;

public sealed class PanelsOfDouble : PanelTests<double>;

public sealed class PanelsOfSingle : PanelTests<float>;

/// <summary>Project, Subtract, Combine and Orthogonalize, with gaps of NaN between the vectors and strided coefficients.</summary>
public abstract unsafe class PanelTests<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int Gap = 3, CoefficientStride = 2;
    private static readonly double Eps = KernelCase.Eps<T>();

    public static IEnumerable<(int Count, int Length)> Shapes
        => from length in Enumerable.Range(0, 70).Concat([127, 128, 129, 255, 257, 2049, 8192, 8193, 20001])
           from count in (int[])(length > 300 ? [3, 5] : [1, 2, 3, 4, 5, 9])
           select (count, length);

    [Fact]
    public void ProjectIsOneProductAVector()
    {
        Random random = new(1);
        foreach ((int count, int n) in Shapes)
        {
            Guarded<T> panel = Panel_(count, n, random).Freeze(), y = Guarded<T>.Random(n, random).Freeze();
            Guarded<T> c = KernelCase.SameForAllThreads(
                () => new Guarded<T>(count * CoefficientStride),
                (z, threads) => Panel.Project(panel.Pointer, n + Gap, count, y.Pointer, n, z.Pointer, CoefficientStride, threads), "Project");
            for (int j = 0; j < count; j++)
            {
                Oracle.Sum expected = Oracle.Dot(Vector(panel, j, n), y.ToDoubles());
                Tolerance.Equal(
                    expected.Value, double.CreateTruncating(c.Span[j * CoefficientStride]),
                    Eps * Math.Abs(expected.Value) + KernelCase.Units(n) * 2.3e-16 * expected.Magnitude, $"coefficient {j} of {count} x {n}");
                Assert.Equal(T.Zero, c.Span[j * CoefficientStride + 1]);
            }

            panel.AssertUnchanged("panel");
            y.AssertUnchanged("y");
        }
    }

    [Fact]
    public void SubtractTakesEveryVectorAway()
    {
        Random random = new(2);
        foreach ((int count, int n) in Shapes)
        {
            Guarded<T> panel = Panel_(count, n, random).Freeze(), start = Guarded<T>.Random(n, random);
            Guarded<T> c = Guarded<T>.Random(count * CoefficientStride, random).Freeze();
            double square = 0;
            Guarded<T> y = KernelCase.SameForAllThreads(
                () => Copy(start),
                (z, threads) => square = Panel.Subtract(panel.Pointer, n + Gap, count, c.Pointer, CoefficientStride, z.Pointer, n, threads), "Subtract");
            (double[] expected, double[] bounds) = (start.ToDoubles(), Array.ConvertAll(start.ToDoubles(), Math.Abs));
            for (int j = 0; j < count; j++)
            {
                double[] v = Vector(panel, j, n);
                double cj = double.CreateTruncating(c.Span[j * CoefficientStride]);
                for (int i = 0; i < n; i++)
                {
                    expected[i] -= cj * v[i];
                    bounds[i] += Math.Abs(cj * v[i]);
                }
            }

            Tolerance.Equal<T>(expected, y.Span, Array.ConvertAll(bounds, bound => (count + 1) * Eps * bound), $"y of {count} x {n}");
            double of = Oracle.Dot(y.ToDoubles(), y.ToDoubles()).Value;
            Tolerance.Equal(of, square, KernelCase.Units(n) * 2.3e-16 * of, $"||y||^2 of {count} x {n}");
            panel.AssertUnchanged("panel");
            c.AssertUnchanged("coefficients");
        }
    }

    [Fact]
    public void CombineInPlaceHasTheBitsOfCombineElsewhere()
    {
        Random random = new(3);
        foreach ((int count, int n) in Shapes)
        {
            foreach (int results in (int[])[1, 2, 3, 4, 5, 9])
            {
                Guarded<T> panel = Panel_(count, n, random).Freeze();
                Guarded<T> c = Guarded<T>.Random(count * results * CoefficientStride, random).Freeze();
                Guarded<T> found = KernelCase.SameForAllThreads(
                    () => Panel_(results, n, null),
                    (z, threads) => Panel.Combine(
                        panel.Pointer, n + Gap, count, c.Pointer, CoefficientStride, results, z.Pointer, n + Gap, n, threads),
                    "Combine");
                for (int r = 0; r < results && (n < 300 || r == 1); r++)
                {
                    (double[] expected, double[] bounds) = (new double[n], new double[n]);
                    for (int j = 0; j < count; j++)
                    {
                        double cjr = double.CreateTruncating(c.Span[(j * results + r) * CoefficientStride]);
                        double[] v = Vector(panel, j, n);
                        for (int i = 0; i < n; i++)
                        {
                            expected[i] += cjr * v[i];
                            bounds[i] += (count + 1) * Eps * Math.Abs(cjr * v[i]);
                        }
                    }

                    Tolerance.Equal<T>(expected, found.Span.Slice(r * (n + Gap), n), bounds, $"result {r} of {count} x {n}");
                }

                panel.AssertUnchanged("panel");
                c.AssertUnchanged("coefficients");
                AssertGaps(found, results, n);
                if (results > count) continue;
                Panel.Combine(panel.Pointer, n + Gap, count, c.Pointer, CoefficientStride, results, panel.Pointer, n + Gap, n, 2);
                for (int r = 0; r < results; r++)
                    Tolerance.SameBits<T>(found.Span.Slice(r * (n + Gap), n), panel.Span.Slice(r * (n + Gap), n), $"in place {count} x {n}");
                AssertGaps(panel, count, n);
            }
        }
    }

    [Fact]
    public void OrthogonalizeLeavesWhatIsOrthogonal()
    {
        Random random = new(4);
        foreach ((int count, int n) in (ValueTuple<int, int>[])[(1, 5), (3, 17), (4, 64), (9, 130), (5, 9000)])
        {
            Guarded<T> basis = Panel_(count, n, random), none = new(count);
            for (int j = 0; j < count; j++)
            {
                T* v = basis.Pointer + j * (n + Gap);
                double norm = Orthogonalize.Apply(basis.Pointer, n + Gap, j, 0, v, n, none.Pointer, 1, Eps, out _);
                Norm.Divide(v, norm, n);
            }

            Guarded<T> start = Guarded<T>.Random(n, random);
            Guarded<T> y = KernelCase.SameForAllThreads(
                () => Copy(start),
                (z, threads) => Orthogonalize.Apply(basis.Pointer, n + Gap, count, 0, z.Pointer, n, none.Pointer, 1, Eps, out _, threads), "Orthogonalize");
            double size = Norm.Of(y.Pointer, n);
            for (int j = 0; j < count; j++)
                Tolerance.Equal(0, Oracle.Dot(Vector(basis, j, n), y.ToDoubles()).Value, 20 * Eps * size, $"<q_{j}, y> of {count} x {n}");
        }
    }

    private static Guarded<T> Panel_(int count, int n, Random? random)
    {
        Guarded<T> panel = random is null ? new(count * (n + Gap)) : Guarded<T>.Random(count * (n + Gap), random);
        for (int j = 0; j < count; j++) panel.Span.Slice(j * (n + Gap) + n, Gap).Fill(T.NaN);
        return panel;
    }

    private static void AssertGaps(Guarded<T> panel, int count, int n)
    {
        for (int j = 0; j < count; j++)
            foreach (T element in panel.Span.Slice(j * (n + Gap) + n, Gap))
                Assert.True(T.IsNaN(element), "Written between the vectors.");
    }

    private static double[] Vector(Guarded<T> panel, int j, int n)
        => Array.ConvertAll(panel.Span.Slice(j * (n + Gap), n).ToArray(), x => double.CreateTruncating(x));

    private static Guarded<T> Copy(Guarded<T> x)
    {
        Guarded<T> copy = new(x.Length, 1);
        x.Span.CopyTo(copy.Span);
        return copy;
    }
}
