using HessianKernels.Conformance;
using HessianKernels.Krylov;
using MathNet.Numerics.LinearAlgebra;
using Xunit;

namespace HessianKernels.Tests.Krylov;

/// <summary>The arrow of a thick restart, brought back to tridiagonal form.</summary>
public partial class SymmetricTridiagonalTests
{
    private readonly record struct Arrow(double[] Values, double[] Spikes)
    {
        public (double[] Diagonal, double[] OffDiagonal, double[] Q) ToTridiagonal()
        {
            int n = Values.Length;
            double[] diagonal = Nothing(n), offDiagonal = Nothing(n), q = Nothing(n * n);
            SymmetricTridiagonal.FromArrow(Values, Spikes, diagonal, offDiagonal, q, Nothing(n * n + 2 * n));
            return (diagonal, offDiagonal, q);
        }

        private static double[] Nothing(int count)
        {
            double[] nothing = new double[count];
            Array.Fill(nothing, double.NaN);
            return nothing;
        }
    }

    public static TheoryData<string, int> Arrows
    {
        get
        {
            TheoryData<string, int> data = [];
            foreach (string family in (string[])["random", "converged", "equal values", "one spike", "last spike", "no spike", "graded", "huge", "tiny"])
                foreach (int n in (int[])[1, 2, 3, 9, 24])
                    data.Add(family, n);
            return data;
        }
    }

    private static Arrow Make(string family, int n)
    {
        Random random = new(n);
        return family switch
        {
            "converged" => Of(i => 10 - i, i => Math.Pow(10, -20 + i)),
            "equal values" => Of(_ => 2, _ => random.NextDouble()),
            "one spike" => Of(_ => random.NextDouble(), i => i == 0 ? 1 : 0),
            "last spike" => Of(_ => random.NextDouble(), i => i == n - 1 ? -1 : 0),
            "no spike" => Of(_ => random.NextDouble(), _ => 0),
            "graded" => Of(i => Math.Pow(10, 8 - 20.0 * i / n), i => Math.Pow(10, -150 + 140.0 * i / n)),
            "huge" => Of(_ => 1e150 * random.NextDouble(), _ => 1e150 * random.NextDouble()),
            "tiny" => Of(_ => 1e-150 * random.NextDouble(), _ => -1e-150 * random.NextDouble()),
            _ => Of(_ => 2 * random.NextDouble() - 1, _ => 2 * random.NextDouble() - 1),
        };

        Arrow Of(Func<int, double> value, Func<int, double> spike) => new([.. Enumerable.Range(0, n).Select(value)], [.. Enumerable.Range(0, n).Select(spike)]);
    }

    [Theory]
    [MemberData(nameof(Arrows))]
    public void AnArrowBecomesTridiagonal(string family, int n)
    {
        Arrow arrow = Make(family, n);
        (double[] diagonal, double[] offDiagonal, double[] columns) = arrow.ToTridiagonal();
        Matrix<double> q = Matrix<double>.Build.Dense(n, n, columns);
        double orthogonality = (q.TransposeThisAndMultiply(q) - Matrix<double>.Build.DenseIdentity(n)).FrobeniusNorm();
        Assert.True(orthogonality <= 10 * n * Epsilon, $"||Q^T Q - I|| = {orthogonality}");

        double unit = Math.Max(arrow.Values.Max(Math.Abs), arrow.Spikes.Max(Math.Abs));
        Matrix<double> found = q.TransposeThisAndMultiply(Matrix<double>.Build.DiagonalOfDiagonalArray([.. arrow.Values.Select(value => value / unit)])) * q;
        Matrix<double> expected = new Tridiagonal([.. diagonal.Select(a => a / unit)], [.. offDiagonal[..^1].Select(b => b / unit)]).Dense();
        Tolerance.Equal<double>(found.ToColumnMajorArray(), expected.ToColumnMajorArray(), 10 * n * Epsilon, "Q^T diag(d) Q");

        // The spikes, turned, meet the head of the arrow in the last row alone.
        double spikeUnit = arrow.Spikes.Max(Math.Abs);
        if (spikeUnit == 0) spikeUnit = 1;
        Vector<double> turned = q.TransposeThisAndMultiply(Vector<double>.Build.DenseOfEnumerable(arrow.Spikes.Select(spike => spike / spikeUnit)));
        double[] head = new double[n];
        head[^1] = offDiagonal[^1] / spikeUnit;
        Tolerance.Equal<double>(turned.ToArray(), head, 10 * n * Epsilon, "Q^T s");
    }

    /// <summary>Locked pairs are not coupled to what follows, and must not be turned.</summary>
    [Theory]
    [InlineData(1, 5)]
    [InlineData(3, 8)]
    [InlineData(6, 7)]
    public void RowsBeforeTheFirstSpikeAreLeftAlone(int locked, int n)
    {
        Random random = new(n);
        double[] values = [.. Enumerable.Range(0, n).Select(_ => random.NextDouble())];
        double[] spikes = [.. Enumerable.Range(0, n).Select(i => i < locked ? 0 : random.NextDouble() + 0.1)];
        (double[] diagonal, double[] offDiagonal, double[] q) = new Arrow(values, spikes).ToTridiagonal();
        Tolerance.SameBits<double>(values.AsSpan(0, locked), diagonal.AsSpan(0, locked), "values");
        for (int i = 0; i < locked; i++)
        {
            Assert.Equal(0, offDiagonal[i]);
            for (int j = 0; j < n; j++)
            {
                Assert.Equal(i == j ? 1 : 0, q[i * n + j]);
                Assert.Equal(i == j ? 1 : 0, q[j * n + i]);
            }
        }

        (double[] rest, double[] restOffDiagonal, _) = new Arrow(values[locked..], spikes[locked..]).ToTridiagonal();
        Tolerance.Equal<double>(rest, diagonal.AsSpan(locked), 10 * n * Epsilon, "the rest as if alone");
        Tolerance.Equal<double>([.. restOffDiagonal.Select(Math.Abs)], offDiagonal[locked..].Select(Math.Abs).ToArray(), 10 * n * Epsilon, "couplings of the rest");
    }
}
