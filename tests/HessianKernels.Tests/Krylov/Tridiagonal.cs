using HessianKernels.Krylov;
using MathNet.Numerics.LinearAlgebra;

namespace HessianKernels.Tests.Krylov;

/// <summary>A symmetric tridiagonal matrix under test.</summary>
internal sealed record Tridiagonal(double[] Diagonal, double[] OffDiagonal)
{
    public const double Epsilon = 2.220446049250313e-16;

    public static readonly string[] Families =
        ["random", "laplacian", "wilkinson", "antisymmetric wilkinson", "glued", "graded", "split", "clustered", "constant", "zero", "huge", "tiny"];

    public int Order => Diagonal.Length;

    /// <summary>The largest element: eigenvalues are at most three times this.</summary>
    public double Scale => SymmetricTridiagonal.LargestElement(Diagonal, OffDiagonal);

    public static Tridiagonal Of(string family, int n)
    {
        Random random = new(n);
        double middle = 0.5 * (n - 1);
        return family switch
        {
            "random" => Make(n, _ => 2 * random.NextDouble() - 1, _ => random.NextDouble()),
            "laplacian" => Make(n, _ => 2, _ => -1),
            // Wilkinson's W+ and W-: pairs of eigenvalues nearly or exactly opposite.
            "wilkinson" => Make(n, i => Math.Abs(i - middle), _ => 1),
            "antisymmetric wilkinson" => Make(n, i => middle - i, _ => 1),
            // Seven rows of W7+ at a time, barely coupled: clusters of eigenvalues.
            "glued" => Make(n, i => Math.Abs(i % 7 - 3), i => i % 7 == 6 ? 1e-8 : 1),
            "graded" => Make(n, i => Math.Pow(10, 12 - 24.0 * i / n), i => 0.3 * Math.Pow(10, 12 - 24.0 * (i + 0.5) / n)),
            "split" => Make(n, _ => random.NextDouble(), i => i % 3 == 2 ? 0 : random.NextDouble()),
            "clustered" => Make(n, i => 1 + 1e-9 * i, _ => 1e-9),
            "constant" => Make(n, _ => 1, _ => 0),
            "zero" => Make(n, _ => 0, _ => 0),
            "huge" => Make(n, _ => 1e150 * (random.NextDouble() - 0.5), _ => 1e150 * random.NextDouble()),
            "tiny" => Make(n, _ => 1e-150 * (random.NextDouble() - 0.5), _ => 1e-150 * random.NextDouble()),
            _ => throw new ArgumentOutOfRangeException(nameof(family), family, null),
        };
    }

    public static Tridiagonal Make(int n, Func<int, double> diagonal, Func<int, double> offDiagonal)
        => new([.. Enumerable.Range(0, n).Select(diagonal)], [.. Enumerable.Range(0, n - 1).Select(offDiagonal)]);

    /// <summary>The same matrix divided by a power of 2, so that no oracle's squares overflow, and that power.</summary>
    public (Tridiagonal Scaled, double Unit) ToUnit()
    {
        double unit = Scale > 0 ? Math.ScaleB(1, Math.ILogB(Scale)) : 1;
        return (new([.. Diagonal.Select(a => a / unit)], [.. OffDiagonal.Select(b => b / unit)]), unit);
    }

    /// <summary>Eigenvalues in ascending order, by MathNet's dense solver.</summary>
    public double[] Eigenvalues()
    {
        (Tridiagonal scaled, double unit) = ToUnit();
        return [.. scaled.Dense().Evd(Symmetricity.Symmetric).EigenValues.Select(value => unit * value.Real).Order()];
    }

    public Matrix<double> Dense() => Matrix<double>.Build.Dense(
        Order, Order, (i, j) => i == j ? Diagonal[i] : Math.Abs(i - j) == 1 ? OffDiagonal[Math.Min(i, j)] : 0);

    /// <summary>||T v - value v||.</summary>
    public double Residual(double value, ReadOnlySpan<double> v)
    {
        double square = 0;
        for (int i = 0; i < Order; i++)
        {
            double sum = (Diagonal[i] - value) * v[i];
            if (i > 0) sum += OffDiagonal[i - 1] * v[i - 1];
            if (i < Order - 1) sum += OffDiagonal[i] * v[i + 1];
            square += sum * sum;
        }

        return Math.Sqrt(square);
    }
}
