using System.Globalization;
using System.Numerics;
using HessianKernels.Networks.Tensors;
using Xunit;

namespace HessianKernels.Networks.Tests.Tensors;

/// <summary>
/// The activations against values of 60 digits (Data/activations.txt; benchmarks/peers/activation_reference.py wrote it), in units in the last place of the
/// largest term: that is the value itself but where a derivative changes its sign.
/// </summary>
public sealed class ActivationAccuracyTests
{
    /// <summary>The bounds, of the value and the first to third derivative, in units in the last place.</summary>
    private static readonly Dictionary<ActivationKind, double[]> Bounds = new()
    {
        [ActivationKind.Tanh] = [3, 6, 8, 24],
        [ActivationKind.Sigmoid] = [3, 5, 7, 9],
        [ActivationKind.Silu] = [4, 4, 6, 8],
        [ActivationKind.Gelu] = [5, 6, 6, 6],
        [ActivationKind.Erf] = [3, 3, 4, 6],
    };

    private static readonly (ActivationKind Kind, double Z, double[] Values)[] Table = [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Data", "activations.txt")).Select(Parse)];

    private static (ActivationKind, double, double[]) Parse(string line)
    {
        string[] fields = line.Split(' ');
        double[] numbers = [.. fields.Skip(1).Select(field => double.Parse(field, CultureInfo.InvariantCulture))];
        return (Enum.Parse<ActivationKind>(fields[0]), numbers[0], numbers[1..]);
    }

    [Fact]
    public void TheTableIsThere() => Assert.Equal(5 * 2 * 92, Table.Length);

    [Fact]
    public void DoublesAreWithinTheirUnits() => CheckAll<double>(53, -1022);

    [Fact]
    public void SinglesAreWithinTheirUnits() => CheckAll<float>(24, -126);

    private static void CheckAll<T>(int bits, int leastExponent)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        CpuTensorSpace<T> space = new(1);
        foreach (var group in Table.GroupBy(row => row.Kind))
        {
            var rows = group.ToArray();
            T[] z = Array.ConvertAll(rows, row => T.CreateTruncating(row.Z)), y = new T[z.Length], d = new T[3 * z.Length];
            space.Activate(new(group.Key), 3, z, y, d);
            for (int i = 0; i < z.Length; i++)
            {
                for (int j = 0; j < 4; j++)
                {
                    double expected = rows[i].Values[j], found = double.CreateTruncating(j == 0 ? y[i] : d[(j - 1) * z.Length + i]);
                    double scale = Scale(group.Key, j, rows[i].Z, rows[i].Values);
                    double unit = Math.ScaleB(1, Math.Max(scale > 0 ? Math.ILogB(scale) : leastExponent, leastExponent) - bits + 1);
                    // Where exp(-z^2) itself is subnormal, a factor multiplies its last place.
                    double factor = Math.Pow(1 + Math.Abs(rows[i].Z), j), least = Math.ScaleB(factor * (4 + Math.Abs(rows[i].Z)), leastExponent - bits + 1);
                    double allowed = Bounds[group.Key][j] * unit + (scale < Math.ScaleB(factor, leastExponent + 4) ? least : 0);
                    Assert.True(
                        Math.Abs(found - expected) <= allowed,
                        $"{group.Key}, derivative {j} at {rows[i].Z:R}: {found:R} for {expected:R}, {Math.Abs(found - expected) / unit:F1} units out; {allowed / unit:F1} are allowed.");
                }
            }
        }
    }

    /// <summary>The magnitude of the terms that a value is the sum of.</summary>
    private static double Scale(ActivationKind kind, int order, double z, double[] values)
    {
        double a = Math.Abs(z);
        switch (kind, order)
        {
            case (ActivationKind.Tanh, 3): return 2 * values[1];
            case (ActivationKind.Sigmoid, 3): return values[1];
            case (ActivationKind.Erf, 3): return (4 * z * z + 2) * values[1];
            case (ActivationKind.Gelu, > 0):
                double density = Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI);
                return order == 1 ? Math.Abs(values[1]) + a * density : order == 2 ? (2 + z * z) * density : (z * z + 4) * a * density;
            case (ActivationKind.Silu, > 0):
                double e = Math.Exp(-a), s = e / ((1 + e) * (1 + e)), u = Math.Tanh(a / 2);
                return order == 1 ? Math.Abs(values[1]) + a * s : order == 2 ? s * (2 + a * u) : s * (3 * u + a);
            default: return Math.Abs(values[order]);
        }
    }
}
