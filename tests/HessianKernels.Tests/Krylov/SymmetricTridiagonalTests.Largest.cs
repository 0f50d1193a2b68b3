using HessianKernels.Conformance;
using HessianKernels.Krylov;
using Xunit;

namespace HessianKernels.Tests.Krylov;

/// <summary>The largest eigenvalue alone, and one eigenvector alone.</summary>
public partial class SymmetricTridiagonalTests
{
    [Theory]
    [MemberData(nameof(Cases))]
    public void TheLargestAloneIsTheLargestOfAll(string family, int n)
    {
        // As its callers do: scaled first, since it squares.
        (Tridiagonal t, _) = Tridiagonal.Of(family, n).ToUnit();
        double[] values = [.. t.Diagonal];
        SymmetricTridiagonal.Decompose(values, [.. t.OffDiagonal], [], 0);
        double largest = values.Max(), bound = (4 + 2 * Math.Sqrt(n)) * Epsilon * t.Scale + 1e-299;
        double[] guesses =
        [
            double.NaN, largest, largest + 1e-16, largest + 1e-12, largest + 1e-6, largest + 1e-2, largest + 1, largest + 1e6, 1e300, double.PositiveInfinity,
            largest - 1e-16, largest - 1e-12, largest - 1e-6, largest - 1e-2, largest - 1, -1e300, double.NegativeInfinity,
            values.Min(), values.Order().ElementAt(Math.Max(0, n - 2)),
        ];
        foreach (double guess in guesses)
        {
            double found = SymmetricTridiagonal.Largest(t.Diagonal, t.OffDiagonal, guess);
            Tolerance.Equal(largest, found, bound, $"from {guess:r}");
            Assert.Equal(n, Count(t, found + bound));
            Assert.InRange(Count(t, found - bound), 0, n - 1);

            double[] vector = new double[n], scratch = new double[n];
            Array.Fill(vector, double.NaN);
            Array.Fill(scratch, double.NaN);
            double paired = SymmetricTridiagonal.LargestPair(t.Diagonal, t.OffDiagonal, guess, 0, vector, scratch);
            Tolerance.Equal(largest, paired, bound, $"pair from {guess:r}");
            Tolerance.Equal(1, vector.Sum(x => x * x), 4 * n * Epsilon, $"norm from {guess:r}");
            double residual = t.Residual(paired, vector);
            Assert.True(residual <= 8 * n * Epsilon * t.Scale + 1e-299, $"||T v - {paired:r} v|| = {residual} from {guess:r}");

            paired = SymmetricTridiagonal.LargestPair(t.Diagonal, t.OffDiagonal, guess, 1e-6, vector, scratch);
            residual = t.Residual(paired, vector);
            Assert.True(residual <= (1e-6 + 8 * n * Epsilon) * t.Scale + 1e-299, $"||T v - {paired:r} v|| = {residual} from {guess:r}, to 1e-6");
            Tolerance.Equal(largest, paired, residual + bound, $"to 1e-6 from {guess:r}");
        }
    }

    /// <summary>Largest eigenvalues that stand together more and more closely: where iterations that trust their last step end too early.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(50)]
    public void TheLargestOfACluster(int n)
    {
        for (int exponent = 0; exponent <= 16; exponent++)
        {
            double gap = Math.Pow(10, -exponent);
            foreach (Tridiagonal t in (Tridiagonal[])
                [
                    Tridiagonal.Make(n, i => 1 - gap * i / n, _ => 0),
                    Tridiagonal.Make(n, _ => 1, _ => gap),
                    Tridiagonal.Make(n, i => i < 2 ? 1 - gap * i : -1.0 * i / n, i => i == 0 ? gap / 2 : 0.1),
                ])
            {
                double largest = t.Eigenvalues()[^1];
                foreach (double guess in (double[])[double.NaN, largest + gap, largest - gap, largest + gap * gap, largest - gap * gap, largest + 1e-14, largest - 1e-14])
                {
                    double bound = 2 * (4 + 2 * Math.Sqrt(n)) * Epsilon * t.Scale;
                    Tolerance.Equal(largest, SymmetricTridiagonal.Largest(t.Diagonal, t.OffDiagonal, guess), bound, $"gap 1e-{exponent} from {guess:r}");
                    double pair = SymmetricTridiagonal.LargestPair(t.Diagonal, t.OffDiagonal, guess, 0, new double[n], new double[n]);
                    Tolerance.Equal(largest, pair, bound, $"pair, gap 1e-{exponent} from {guess:r}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void AnEigenvectorAloneHasASmallResidual(string family, int n)
    {
        (Tridiagonal t, _) = Tridiagonal.Of(family, n).ToUnit();
        double[] vector = new double[n], scratch = new double[n];
        foreach (double value in t.Eigenvalues())
        {
            Array.Fill(vector, double.NaN);
            Array.Fill(scratch, double.NaN);
            SymmetricTridiagonal.Eigenvector(t.Diagonal, t.OffDiagonal, value, vector, scratch);
            Tolerance.Equal(1, vector.Sum(x => x * x), 4 * n * Epsilon, $"norm at {value:r}");
            double residual = t.Residual(value, vector);
            Assert.True(residual <= 8 * n * Epsilon * t.Scale, $"||T v - {value:r} v|| = {residual}");
        }
    }

    public static TheoryData<string> Localised => ["descending", "quadratic", "geometric", "spiked"];

    /// <summary>Down to 1e-60 the components have small errors relative to themselves, which is what a Lanczos residual |beta s_t| needs.</summary>
    [Theory]
    [MemberData(nameof(Localised))]
    public void SmallComponentsHaveSmallRelativeErrors(string family)
    {
        const int n = 30;
        Random random = new(3);
        Tridiagonal t = family switch
        {
            "descending" => Tridiagonal.Make(n, i => n - i, _ => 1),
            "quadratic" => Tridiagonal.Make(n, i => 100.0 / (1 + i * i), i => 1 + i % 3),
            "geometric" => Tridiagonal.Make(n, i => Math.Pow(0.5, i), i => 0.1 * Math.Pow(0.5, i)),
            _ => Tridiagonal.Make(n, i => i == 0 ? 4 : random.NextDouble(), _ => 0.2 + 0.3 * random.NextDouble()),
        };
        double value = SymmetricTridiagonal.Largest(t.Diagonal, t.OffDiagonal);
        (double preciseValue, double[] precise) = PreciseEigenvector.At(t, value);
        Tolerance.Equal(preciseValue, value, 4 * Epsilon * t.Scale, "eigenvalue");
        Assert.InRange(Math.Abs(precise[^1]), 1e-200, 1e-12);

        double[] vector = new double[n];
        SymmetricTridiagonal.Eigenvector(t.Diagonal, t.OffDiagonal, value, vector, new double[n]);
        AssertComponents(precise, vector);
        foreach (double guess in (double[])[value, value * (1 - 1e-9), value * (1 - 1e-4), value * 1.01])
        {
            Tolerance.Equal(preciseValue, SymmetricTridiagonal.LargestPair(t.Diagonal, t.OffDiagonal, guess, 0, vector, new double[n]), 4 * Epsilon * t.Scale, "pair");
            AssertComponents(precise, vector);
        }
    }

    private static void AssertComponents(double[] precise, double[] vector)
    {
        double sign = Math.Sign(vector[0]) * Math.Sign(precise[0]);
        for (int i = 0; i < precise.Length; i++)
            Tolerance.Equal(precise[i], sign * vector[i], 1e-13 * Math.Abs(precise[i]), $"component {i}");
    }
}
