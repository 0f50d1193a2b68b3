using System.Numerics;
using HessianKernels.Conformance;

namespace HessianKernels.Tests.Operators;

/// <summary>Matrices that operators are made of.</summary>
internal static class Matrices
{
    public static T[] Random<T>(int count, int seed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Guarded<T>.Random(count, new(seed)).Span.ToArray();

    public static T[] Symmetric<T>(int batch, int n, int seed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T[] a = Random<T>(batch * n * n, seed);
        for (int b = 0; b < batch; b++)
            for (int i = 0; i < n; i++)
                for (int j = 0; j < i; j++)
                    a[(b * n + j) * n + i] = a[(b * n + i) * n + j];
        return a;
    }

    /// <summary>Sets of orthonormal vectors, <c>[sets, count, n]</c>.</summary>
    public static T[] Orthonormal<T>(int sets, int count, int n)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double[] q = Random<double>(sets * count * n, 99);
        for (int k = 0; k < sets * count; k++)
        {
            Span<double> v = q.AsSpan(k * n, n);
            for (int pass = 0; pass < 2; pass++)
            {
                for (int other = k - (k % count); other < k; other++)
                {
                    ReadOnlySpan<double> w = q.AsSpan(other * n, n);
                    double c = Oracle.Dot(v, w).Value;
                    for (int i = 0; i < n; i++) v[i] -= c * w[i];
                }
            }

            double norm = Math.Sqrt(Oracle.Dot(v, v).Value);
            for (int i = 0; i < n; i++) v[i] /= norm;
        }

        return Array.ConvertAll(q, T.CreateTruncating);
    }

    public static double[] Product(double[] a, double[] b, int n)
    {
        double[] c = new double[n * n];
        for (int i = 0; i < n; i++)
            for (int k = 0; k < n; k++)
                for (int j = 0; j < n; j++)
                    c[i * n + j] += a[i * n + k] * b[k * n + j];
        return c;
    }

    public static double[] ToDoubles<T>(T[] a)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Array.ConvertAll(a, e => double.CreateTruncating(e));
}
