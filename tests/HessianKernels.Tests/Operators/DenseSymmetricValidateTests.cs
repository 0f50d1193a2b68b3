using System.Numerics;
using HessianKernels.Conformance;
using HessianKernels.Operators;
using Xunit;

namespace HessianKernels.Tests.Operators;

public sealed class ValidateOfDouble : DenseSymmetricValidateTests<double>;

public sealed class ValidateOfSingle : DenseSymmetricValidateTests<float>;

public abstract class DenseSymmetricValidateTests<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private static readonly T Eps = T.CreateTruncating(typeof(T) == typeof(float) ? Math.Pow(2, -23) : Math.Pow(2, -52));

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(64)]
    [InlineData(300)]
    public void PassesWhatIsSymmetricToRounding(int n)
    {
        T[] a = Matrices.Symmetric<T>(2, n, 1);
        DenseSymmetric.Validate<T>(a, n);
        for (int i = 0; i < n; i++)
            for (int j = 0; j < i; j++)
                a[(i * n) + j] += T.CreateTruncating(20) * Eps * a[(i * n) + i];
        DenseSymmetric.Validate<T>(a, n);
        if (n > 1) Assert.Throws<ArgumentException>(() => DenseSymmetric.Validate<T>(a, n, tolerance: 0));
    }

    [Fact]
    public void SaysWhereTheWorstAsymmetryIs()
    {
        const int N = 150;
        T[] a = Matrices.Symmetric<T>(3, N, 2);
        a[(((1 * N) + 20) * N) + 77] += T.CreateTruncating(0.25);
        a[(((1 * N) + 120) * N) + 9] += T.CreateTruncating(0.5);
        string message = Message(a, N);
        Assert.Contains("Matrix 1 of 3", message, StringComparison.Ordinal);
        Assert.Contains("a[120, 9]", message, StringComparison.Ordinal);
        Assert.Contains("a[9, 120]", message, StringComparison.Ordinal);
        Assert.Contains("differ by 0.5", message, StringComparison.Ordinal);
        Assert.Contains("is allowed", message, StringComparison.Ordinal);
        Assert.Contains("'weights'", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(149, 149)]
    [InlineData(3, 148)]
    [InlineData(148, 3)]
    public void SaysWhatIsNotFinite(int row, int column)
    {
        const int N = 150;
        foreach (T bad in (T[])[T.NaN, T.PositiveInfinity, T.NegativeInfinity])
        {
            T[] a = Matrices.Symmetric<T>(2, N, 3);
            a[((N + row) * N) + column] = bad;
            string message = Message(a, N);
            Assert.Contains($"Matrix 1 of 2 has {bad.ToString(null, System.Globalization.CultureInfo.InvariantCulture)}", message, StringComparison.Ordinal);
            Assert.Contains($"row {row}, column {column}", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void FiniteElementsTooFarApartAreAsymmetric()
    {
        T largest = typeof(T) == typeof(float) ? (T)(object)float.MaxValue : (T)(object)double.MaxValue;
        Assert.Contains("not symmetric", Message([T.One, largest, -largest, T.One], 2), StringComparison.Ordinal);
        DenseSymmetric.Validate<T>([T.One, largest, largest, T.One], 2);
        DenseSymmetric.Validate<T>(new T[16], 4);
    }

    [Fact]
    public void RefusesWhatIsNoMatrix()
    {
        Assert.Throws<ArgumentException>(() => DenseSymmetric.Validate<T>(new T[10], 3));
        Assert.Throws<ArgumentException>(() => DenseSymmetric.Validate<T>([], 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => DenseSymmetric.Validate<T>(new T[9], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => DenseSymmetric.Validate<T>(new T[9], 3, tolerance: double.NaN));
    }

    [Fact]
    public void AllocatesNothing()
    {
        T[] a = Matrices.Symmetric<T>(1, 300, 4);
        Allocation.AssertNone(() => DenseSymmetric.Validate<T>(a, 300, threads: 2));
    }

    private static string Message(T[] a, int n) => Assert.Throws<ArgumentException>(() => DenseSymmetric.Validate<T>(a, n, "weights")).Message;
}
