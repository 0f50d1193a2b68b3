using HessianKernels.Networks.Tensors;
using Xunit;

namespace HessianKernels.Conformance;

public abstract partial class TensorSpaceConformance<TView>
{
    private static readonly ActivationFunction[] Functions = [.. Enum.GetValues<ActivationKind>().Select(kind => new ActivationFunction(kind, 0.2))];

    private static string Name(ActivationFunction f, int order) => order == 0 ? $"{f.Kind}" : $"{f.Kind}'s derivative {order}";

    /// <summary>Value and derivatives up to an order, <c>[order + 1, length]</c>.</summary>
    private static double[][] Evaluate(ITensorSpace<TView> space, ActivationFunction f, int order, double[] z)
    {
        GuardedTensor<TView> input = new(space, z), y = new(space, Before(false, z.Length)), d = new(space, Before(false, order * z.Length));
        space.Activate(f, order, input.View, y.View, d.View);
        input.AssertUnchanged($"{f.Kind}'s argument");
        y.AssertGuards($"{f.Kind}");
        d.AssertGuards($"{f.Kind}'s derivatives");
        double[] all = [.. y.Read(), .. d.Read()];
        return [.. Enumerable.Range(0, order + 1).Select(j => all[(j * z.Length)..((j + 1) * z.Length)])];
    }

    [Fact]
    public void AnElementsBitsDependOnNothingElse()
    {
        // Not on where it stands, how many there are, how many derivatives are asked for, whether the result is the argument, or the threads.
        double[] z = Array.ConvertAll(Uniform(Math.Min(20_011, MostElements), 7), v => 6 * v);
        foreach (ActivationFunction f in Functions)
        {
            double[][] all = Evaluate(Space(1), f, 3, z);
            foreach (int threads in Threads[1..])
            {
                double[][] again = Evaluate(Space(threads), f, 3, z);
                for (int j = 0; j <= 3; j++) Tolerance.SameBits<double>(all[j], again[j], $"{Name(f, j)} with {threads} threads");
            }

            foreach (int n in Lengths)
            {
                if (n > 300) continue;
                for (int order = 0; order <= 3; order++)
                {
                    double[][] few = Evaluate(Space(2), f, order, z[..n]);
                    for (int j = 0; j <= order; j++) Tolerance.SameBits<double>(all[j].AsSpan(0, n), few[j], $"{Name(f, j)} of {n}, {order} asked for");
                }
            }

            ITensorSpace<TView> space = Space(2);
            GuardedTensor<TView> y = new(space, z), d = new(space, Before(false, 2 * z.Length));
            space.Activate(f, 2, y.View, y.View, d.View);
            Tolerance.SameBits<double>(all[0], y.Read(), $"{Name(f, 0)} in place");
            Tolerance.SameBits<double>([.. all[1], .. all[2]], d.Read(), $"{f.Kind}'s derivatives in place");
        }
    }

    [Fact]
    public void DerivativesAreTheSlopesOfWhatTheyDerive()
    {
        // Central differences in three widths: their error falls as the square of the width.
        ITensorSpace<TView> space = Space(1);
        double[] z = [-4.1, -2.3, -1.2, -0.7, -0.31, -0.05, 0.04, 0.33, 0.9, 1.41, 2.2, 3.7];
        double coarse = Math.Pow(space.Epsilon, 1.0 / 5);
        foreach (ActivationFunction f in Functions)
        {
            if (f.IsPiecewiseLinear) continue;
            double[][] at = Evaluate(space, f, 3, z);
            for (int j = 0; j < 3; j++)
            {
                double[] Error(double width)
                {
                    double[] right = Evaluate(space, f, 3, Array.ConvertAll(z, v => v + width))[j], left = Evaluate(space, f, 3, Array.ConvertAll(z, v => v - width))[j];
                    double[] error = new double[z.Length];
                    for (int i = 0; i < z.Length; i++) error[i] = Math.Abs((right[i] - left[i]) / (2 * width) - at[j + 1][i]);
                    return error;
                }

                double[] wide = Error(coarse), narrow = Error(coarse / 4);
                for (int i = 0; i < z.Length; i++)
                {
                    double rounding = 64 * space.Epsilon / coarse;
                    Assert.True(narrow[i] <= wide[i] / 8 + rounding, $"{Name(f, j + 1)} at {z[i]}: {wide[i]:G3} out at {coarse:G3}, {narrow[i]:G3} at a quarter of it");
                    Assert.True(wide[i] <= 8 * coarse * coarse + rounding, $"{Name(f, j + 1)} at {z[i]}: {wide[i]:G3} out");
                }
            }
        }
    }

    [Fact]
    public void PiecewiseActivationsAreExact()
    {
        double[] z = [-double.Epsilon, -3, -0.0, 0, 1e-30, 2.5, double.PositiveInfinity, double.NegativeInfinity, double.NaN, -1e-30];
        ITensorSpace<TView> space = Space(1);
        foreach ((ActivationKind kind, double slope) in ((ActivationKind, double)[])[(ActivationKind.Relu, 0), (ActivationKind.LeakyRelu, 0.25), (ActivationKind.Identity, 1)])
        {
            double[] held = new GuardedTensor<TView>(space, z).Read();
            double[][] found = Evaluate(space, new(kind, slope), 3, z);
            for (int i = 0; i < z.Length; i++)
            {
                double expected = held[i] > 0 || kind == ActivationKind.Identity ? held[i] : double.IsNaN(held[i]) ? double.NaN : slope == 0 ? 0 : slope * held[i];
                Tolerance.Equal(expected, found[0][i], 1e-45, $"{kind} at {z[i]}");
                Assert.Equal(held[i] > 0 ? 1 : slope, found[1][i]);
                Assert.Equal(0, found[2][i]);
                Assert.Equal(0, found[3][i]);
            }
        }
    }

    [Fact]
    public void ActivationsAtTheEnds()
    {
        ITensorSpace<TView> space = Space(1);
        double inf = double.PositiveInfinity, largest = space.ElementBytes == 4 ? float.MaxValue : double.MaxValue;
        double[] z = [inf, -inf, double.NaN, largest, -largest, 0, -0.0, 1000, -1000];
        foreach (ActivationFunction f in Functions)
        {
            if (f.IsPiecewiseLinear || f.Kind == ActivationKind.Square) continue;
            bool linear = f.Kind is ActivationKind.Gelu or ActivationKind.Silu;
            double left = f.Kind is ActivationKind.Tanh or ActivationKind.Erf ? -1 : 0;
            double[][] found = Evaluate(space, f, 3, z);
            for (int i = 0; i < z.Length; i++)
            {
                if (double.IsNaN(z[i]))
                {
                    for (int j = 0; j <= 3; j++) Assert.True(double.IsNaN(found[j][i]), $"{Name(f, j)} at NaN is {found[j][i]}");
                    continue;
                }

                if (z[i] == 0) continue;
                Assert.Equal(z[i] < 0 ? left : linear ? z[i] : 1, found[0][i]);
                Assert.Equal(z[i] > 0 && linear ? 1 : 0, found[1][i]);
                Assert.Equal(0, found[2][i]);
                Assert.Equal(0, found[3][i]);
            }

            if (f.Kind == ActivationKind.Sigmoid) continue;
            Assert.Equal(0, found[0][5]);
            Assert.Equal(0, found[0][6]);
            Assert.True(double.IsNegative(found[0][6]), $"{f.Kind} of -0 lost its sign");
        }
    }

    [Fact]
    public void ActivationsAreOddOrReflected()
    {
        double[] z = Array.ConvertAll(Uniform(500, 8), v => 9 * v), minus = Array.ConvertAll(z, v => -v);
        ITensorSpace<TView> space = Space(1);
        foreach (ActivationKind kind in (ActivationKind[])[ActivationKind.Tanh, ActivationKind.Erf])
        {
            double[][] right = Evaluate(space, new(kind), 3, z), left = Evaluate(space, new(kind), 3, minus);
            for (int j = 0; j <= 3; j++) Tolerance.SameBits<double>(right[j], Array.ConvertAll(left[j], v => j % 2 == 0 ? -v : v), $"{Name(new(kind), j)} reflected");
        }

        // f(z) + f(-z) = 1 for the sigmoid; f(z) - f(-z) = z for the two that are z times a distribution.
        double[] held = new GuardedTensor<TView>(space, z).Read();
        foreach (ActivationKind kind in (ActivationKind[])[ActivationKind.Sigmoid, ActivationKind.Gelu, ActivationKind.Silu])
        {
            bool linear = kind != ActivationKind.Sigmoid;
            double[] right = Evaluate(space, new(kind), 0, z)[0], left = Evaluate(space, new(kind), 0, minus)[0];
            for (int i = 0; i < z.Length; i++)
                Tolerance.Equal(linear ? held[i] : 1, linear ? right[i] - left[i] : right[i] + left[i], 6 * Eps * (linear ? Math.Abs(held[i]) : 1), $"{kind} reflected at {z[i]}");
        }
    }

    [Fact]
    public void TheSigmoidIsAShiftedTangent()
    {
        // p(z) = (1 + tanh(z / 2)) / 2, and their derivatives with the powers of two.
        double[] z = Array.ConvertAll(Uniform(300, 9), v => 12 * v), half = Array.ConvertAll(z, v => v / 2);
        ITensorSpace<TView> space = Space(1);
        double[][] p = Evaluate(space, new(ActivationKind.Sigmoid), 3, z), t = Evaluate(space, new(ActivationKind.Tanh), 3, half);
        for (int i = 0; i < z.Length; i++)
        {
            Tolerance.Equal((1 + t[0][i]) / 2, p[0][i], 4 * Eps, $"value at {z[i]}");
            for (int j = 1; j <= 3; j++)
            {
                double expected = Math.Pow(0.5, j + 1) * t[j][i];
                // In the slope itself nothing cancels, however far out.
                Tolerance.Equal(expected, p[j][i], 24 * Eps * (j < 3 ? Math.Abs(expected) : t[1][i]), $"derivative {j} at {z[i]}");
            }
        }
    }

    [Fact]
    public void ValuesAgreeWithPlainLoops()
    {
        double[] z = Array.ConvertAll(Uniform(2000, 10), v => 8 * v);
        ITensorSpace<TView> space = Space(1);
        double[] held = new GuardedTensor<TView>(space, z).Read();
        foreach (ActivationFunction f in Functions)
        {
            double[] y = Evaluate(space, f, 0, z)[0];
            for (int i = 0; i < z.Length; i++)
            {
                double v = held[i];
                double expected = f.Kind switch
                {
                    ActivationKind.Identity => v,
                    ActivationKind.Relu => Math.Max(v, 0),
                    ActivationKind.LeakyRelu => v > 0 ? v : f.Slope * v,
                    ActivationKind.Tanh => Math.Tanh(v),
                    ActivationKind.Sigmoid => 1 / (1 + Math.Exp(-v)),
                    ActivationKind.Gelu => v * MathNet.Numerics.SpecialFunctions.Erfc(-v / Math.Sqrt(2)) / 2,
                    ActivationKind.Erf => MathNet.Numerics.SpecialFunctions.Erf(v),
                    ActivationKind.Silu => v / (1 + Math.Exp(-v)),
                    ActivationKind.Square => v * v,
                    _ => double.NaN,
                };
                // MathNet's tail is good to some 1e-15 of the value times the exponent's magnitude.
                Tolerance.Equal(expected, y[i], 8 * Eps * Math.Abs(expected) + 1e-14 * Math.Abs(expected), $"{f.Kind} at {v}");
            }
        }
    }

    [Fact]
    public void DerivativesOfAnActivationAlongALine()
    {
        foreach (int n in Lengths)
            for (int order = 1; order <= 3; order++)
            {
                int k = order;
                (double Value, double Magnitude) element(double[] f, double[] x, int i)
                {
                    double x1 = x[i % n];
                    if (i < n) return (f[i] * x1, f[i] * x1);
                    double first = f[i % n] * x[i], second = f[n + i % n] * x1;
                    if (i < 2 * n) return (first + second * x1, Math.Abs(first) + Math.Abs(second * x1));
                    double mixed = 3 * second * x[n + i % n], cubic = f[i] * x1 * x1 * x1;
                    return (first + mixed + cubic, Math.Abs(first) + Math.Abs(mixed) + Math.Abs(cubic));
                }

                double[] f = Uniform(k * n, 1), x = Uniform(k * n, 2);
                Check($"{k} derivatives of {n}", [f, x], Before(false, k * n), (s, t, r) => s.ActivateTangent(k, n, t[0].View, t[1].View, r.View),
                    Each(6, (v, _, i) => element(v[0], v[1], i)));
                Check($"{k} derivatives of {n} in place", [f], x, (s, t, r) => s.ActivateTangent(k, n, t[0].View, r.View, r.View),
                    (v, before) =>
                    {
                        double[] expected = new double[k * n], bound = new double[k * n];
                        for (int i = 0; i < k * n; i++)
                        {
                            (expected[i], double magnitude) = element(v[0], before, i);
                            bound[i] = 6 * Eps * Math.Abs(magnitude);
                        }

                        return (expected, bound);
                    });
            }
    }

    [Fact]
    public void ABiasAndItsActivationAreTheTwoOneAfterTheOther()
    {
        foreach ((int rows, int columns) in ((int, int)[])[(0, 3), (3, 0), (1, 1), (5, 3), (40, 17), (3, 300)])
            foreach (ActivationFunction f in Functions)
            {
                ITensorSpace<TView> space = Space(2);
                int n = rows * columns;
                double[] numbers = Array.ConvertAll(Uniform(n, 1), v => 4 * v), bias = Uniform(columns, 2);
                GuardedTensor<TView> shift = new(space, bias), z = new(space, numbers), y = new(space, Before(false, n)), d = new(space, Before(false, 2 * n));
                GuardedTensor<TView> own = new(space, numbers), slopes = new(space, Before(false, 2 * n));
                space.AddToGroups(GroupShape.Columns(rows, columns), 1, shift.View, own.View);
                space.Activate(f, 2, own.View, own.View, slopes.View);
                space.ActivateShifted(f, 2, rows, columns, shift.View, z.View, y.View, d.View);
                Tolerance.SameBits<double>(own.Read(), y.Read(), $"{f.Kind} of [{rows}, {columns}] with a bias");
                Tolerance.SameBits<double>(slopes.Read(), d.Read(), $"{f.Kind}'s derivatives of [{rows}, {columns}] with a bias");
                z = new(space, numbers);
                space.ActivateShifted(f, 2, rows, columns, shift.View, z.View, z.View, d.View);
                Tolerance.SameBits<double>(y.Read(), z.Read(), $"{f.Kind} of [{rows}, {columns}] with a bias, in place");
                shift.AssertUnchanged($"{f.Kind}'s bias");
                z.AssertGuards($"{f.Kind} with a bias");
                d.AssertGuards($"{f.Kind}'s derivatives with a bias");
            }
    }
}
