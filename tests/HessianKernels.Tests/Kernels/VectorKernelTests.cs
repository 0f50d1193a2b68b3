using System.Numerics;
using HessianKernels.Conformance;
using HessianKernels.Kernels;
using Xunit;

namespace HessianKernels.Tests.Kernels;

public sealed class VectorKernelsOfDouble : VectorKernelTests<double>;

public sealed class VectorKernelsOfSingle : VectorKernelTests<float>;

/// <summary>Dot, SubtractScaled, and Norm.</summary>
public abstract unsafe class VectorKernelTests<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private static readonly double Eps = KernelCase.Eps<T>();

    [Fact]
    public void DotIsTheSumOfProducts()
    {
        Random random = new(1);
        foreach (int n in KernelCase.Lengths)
        {
            Guarded<T> x = Guarded<T>.Random(n, random, n % 3).Freeze(), y = Guarded<T>.Random(n, random, n % 5).Freeze();
            double found = Dot.Of(x.Pointer, y.Pointer, n);
            foreach (int threads in KernelCase.Threads)
                Tolerance.SameBits<double>([found], [Dot.Of(x.Pointer, y.Pointer, n, threads)], $"Dot of {n} with {threads} threads");
            Oracle.Sum expected = Oracle.Dot(x.ToDoubles(), y.ToDoubles());
            // Sums are in double for float too.
            Tolerance.Equal(expected.Value, found, KernelCase.Units(n) * KernelCase.Eps<double>() * expected.Magnitude, $"Dot of {n}");
            x.AssertUnchanged("x");
            y.AssertUnchanged("y");
        }
    }

    [Fact]
    public void DotHandsNaNAndInfinityOn()
    {
        foreach (int n in (int[])[1, 7, 64, 200, 9000])
        {
            Guarded<T> x = Guarded<T>.Random(n, new(2)), y = Guarded<T>.Random(n, new(3));
            x.Span[n - 1] = T.PositiveInfinity;
            y.Span[n - 1] = T.One;
            Assert.Equal(double.PositiveInfinity, Dot.Of(x.Pointer, y.Pointer, n));
            x.Span[n / 2] = T.NaN;
            Assert.True(double.IsNaN(Dot.Of(x.Pointer, y.Pointer, n)));
        }
    }

    [Fact]
    public void SubtractScaledRoundsEachElementOnce()
    {
        Random random = new(4);
        T scale = T.CreateTruncating(0.7);
        foreach (int n in KernelCase.Lengths)
        {
            Guarded<T> x = Guarded<T>.Random(n, random, n % 3).Freeze(), y = Guarded<T>.Random(n, random);
            Guarded<T> found = KernelCase.SameForAllThreads(
                () => Copy(y), (z, threads) => SubtractScaled.Apply(scale, x.Pointer, z.Pointer, n, threads), $"SubtractScaled of {n}");
            for (int i = 0; i < n; i++) Assert.Equal(T.FusedMultiplyAdd(-scale, x.Span[i], y.Span[i]), found.Span[i]);
            x.AssertUnchanged("x");
        }
    }

    [Fact]
    public void NormIsTheRootOfTheSumOfSquares()
    {
        Random random = new(5);
        foreach (int n in KernelCase.Lengths)
        {
            Guarded<T> x = Guarded<T>.Random(n, random, n % 3).Freeze();
            double expected = Math.Sqrt(Oracle.Dot(x.ToDoubles(), x.ToDoubles()).Value), found = Norm.Of(x.Pointer, n);
            Tolerance.Equal(expected, found, KernelCase.Units(n) * KernelCase.Eps<double>() * expected, $"Norm of {n}");
            foreach (int threads in KernelCase.Threads) Assert.Equal(found, Norm.Of(x.Pointer, n, threads));
            x.AssertUnchanged("x");

            Guarded<T> unit = KernelCase.SameForAllThreads(
                () => Copy(x), (z, threads) => Norm.Divide(z.Pointer, found, n, threads), $"Divide of {n}");
            double[] bounds = new double[n];
            for (int i = 0; i < n; i++) bounds[i] = 2 * Eps * Math.Abs(double.CreateTruncating(x.Span[i]) / found);
            Tolerance.Equal<T>(Array.ConvertAll(x.ToDoubles(), element => element / found), unit.Span, bounds, $"x / ||x|| of {n}");
        }
    }

    [Theory]
    [InlineData(150)]
    [InlineData(-150)]
    [InlineData(160)]
    [InlineData(-161)]
    [InlineData(180)]
    [InlineData(-180)]
    public void NormNeitherOverflowsNorUnderflows(int exponent)
    {
        double size = Math.Pow(10, typeof(T) == typeof(float) ? exponent / 5 : exponent);
        foreach (int n in (int[])[1, 2, 17, 300, 9000])
        {
            Guarded<T> x = Guarded<T>.Random(n, new(6));
            foreach (ref T element in x.Span) element *= T.CreateTruncating(size);
            double expected = size * Math.Sqrt(Oracle.Dot(Scaled(x, size), Scaled(x, size)).Value), found = Norm.Of(x.Pointer, n);
            Tolerance.Equal(expected, found, KernelCase.Units(n) * 2.3e-16 * expected, $"Norm of {n} at {size}");
            Norm.Divide(x.Pointer, found, n);
            Tolerance.Equal(1, Norm.Of(x.Pointer, n), 2 * Eps + KernelCase.Units(n) * 2.3e-16, $"||x / ||x|| || of {n} at {size}");
        }
    }

    [Fact]
    public void NormOfTheSmallestAndLargestNumbers()
    {
        T[] x = [T.Epsilon, T.Epsilon, T.Epsilon, T.Epsilon];
        fixed (T* p = x)
        {
            Assert.Equal(2 * double.CreateTruncating(T.Epsilon), Norm.Of(p, 4));
            T largest = typeof(T) == typeof(float) ? (T)(object)float.MaxValue : (T)(object)double.MaxValue;
            x.AsSpan().Fill(largest / T.CreateTruncating(4));
            Tolerance.Equal(double.CreateTruncating(largest) / 2, Norm.Of(p, 4), 1e-15 * double.CreateTruncating(largest));
            // The reciprocal of this norm is not a normal number.
            double norm = Norm.Of(p, 4);
            Norm.Divide(p, norm, 4);
            Tolerance.Equal<T>([0.5, 0.5, 0.5, 0.5], x, 4 * Eps);
            x.AsSpan().Fill(T.Epsilon * T.CreateTruncating(1 << 20));
            norm = Norm.Of(p, 4);
            Norm.Divide(p, norm, 4);
            Tolerance.Equal<T>([0.5, 0.5, 0.5, 0.5], x, 4 * Eps);
        }
    }

    [Fact]
    public void NormOfZeroNaNAndInfinity()
    {
        foreach (int n in (int[])[1, 8, 63, 300])
        {
            Guarded<T> x = new(n);
            Assert.Equal(0, Norm.Of(x.Pointer, n));
            Norm.Divide(x.Pointer, 0, n);
            Assert.True(x.Span.IndexOfAnyExcept(T.Zero) < 0);
            x.Span[n - 1] = T.NegativeInfinity;
            Assert.Equal(double.PositiveInfinity, Norm.Of(x.Pointer, n));
            x.Span[0] = T.NaN;
            Assert.True(double.IsNaN(Norm.Of(x.Pointer, n)));
        }
    }

    private static double[] Scaled(Guarded<T> x, double size) => Array.ConvertAll(x.ToDoubles(), element => element / size);

    private static Guarded<T> Copy(Guarded<T> x)
    {
        Guarded<T> copy = new(x.Length, 1);
        x.Span.CopyTo(copy.Span);
        return copy;
    }
}
