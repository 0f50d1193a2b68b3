using HessianKernels.Conformance;
using HessianKernels.Kernels;
using Xunit;

namespace HessianKernels.Tests.Kernels;

/// <summary>Floats multiplied in double: what comes of them widened first, bit for bit.</summary>
public sealed unsafe class WidenedSyrkTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void IsTheProductOfTheWidened(bool transpose)
    {
        Random random = new(3);
        foreach ((int n, int k) in SyrkTests<double>.Shapes)
        {
            (int rows, int columns) = transpose ? (k, n) : (n, k);
            Guarded<float> a = Guarded<float>.Random(rows * columns, random, 1).Freeze();
            double[] widened = a.ToDoubles(), start = [.. Enumerable.Range(0, n * n).Select(_ => random.NextDouble())];
            double[] expected = [.. start];
            fixed (double* w = widened, e = expected) Syrk.Multiply(transpose, n, k, 0.75, w, columns, -0.5, e, n, 2);
            foreach (int threads in (int[])[1, 2, 5])
            {
                double[] found = [.. start];
                fixed (double* f = found) Gemm.MultiplyLowerWidened(transpose, n, k, 0.75, a.Pointer, columns, -0.5, f, n, threads);
                for (int i = 0; i < found.Length; i++)
                {
                    Assert.True(
                        BitConverter.DoubleToInt64Bits(expected[i]) == BitConverter.DoubleToInt64Bits(found[i]),
                        $"{n} x {k}, {threads} threads, element ({i / n}, {i % n}): {found[i]}, expected {expected[i]}");
                }
            }

            a.AssertUnchanged($"a of {n} x {k}");
        }
    }
}
