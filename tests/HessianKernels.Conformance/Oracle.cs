namespace HessianKernels.Conformance;

/// <summary>Plain loops in double, their sums compensated, with the sum of the terms' magnitudes that error bounds are made of.</summary>
public static class Oracle
{
    /// <summary>A value and the sum of |terms| it was added up from.</summary>
    public readonly record struct Sum(double Value, double Magnitude);

    /// <summary><c>sum_i x[i] y[i]</c>, the error of every product and every sum carried along (Ogita, Rump and Oishi's Dot2).</summary>
    public static Sum Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        double sum = 0, lost = 0, magnitude = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double product = x[i] * y[i], next = sum + product, part = next - sum;
            lost += Math.FusedMultiplyAdd(x[i], y[i], -product) + ((sum - (next - part)) + (product - part));
            sum = next;
            magnitude += Math.Abs(product);
        }

        return new(sum + lost, magnitude);
    }

    /// <summary><c>y = A x</c> for a row-major A of x.Length columns.</summary>
    public static Sum[] Multiply(ReadOnlySpan<double> a, int rows, ReadOnlySpan<double> x)
    {
        Sum[] y = new Sum[rows];
        for (int i = 0; i < rows; i++) y[i] = Dot(a.Slice(i * x.Length, x.Length), x);
        return y;
    }

    /// <summary>A^T of a row-major A.</summary>
    public static double[] Transpose(ReadOnlySpan<double> a, int rows, int columns)
    {
        double[] result = new double[a.Length];
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++)
                result[j * rows + i] = a[i * columns + j];
        return result;
    }

    /// <summary>The values.</summary>
    public static double[] Values(Sum[] sums) => Array.ConvertAll(sums, sum => sum.Value);

    /// <summary>Bounds: <paramref name="units"/> eps times the sum of |terms|.</summary>
    public static double[] Bounds(Sum[] sums, double epsilon, double units) => Array.ConvertAll(sums, sum => units * epsilon * sum.Magnitude);
}
