using HessianKernels.Kernels;

namespace HessianKernels.Benchmarks;

/// <summary>The problems that benchmarks and comparison solve: the same for a seed, always.</summary>
internal static unsafe class Inputs
{
    /// <summary>
    /// A bulk with its edge at 2 (the Gaussian orthogonal ensemble over sqrt(n)) and ten spikes s u u^T, s = 4 .. 13, u orthonormal: eigenvalues near s + 1/s.
    /// </summary>
    public static double[] Spiked(int n, ulong seed = 1)
    {
        const int Spikes = 10;
        double[] a = Symmetric(n, seed, 1 / Math.Sqrt(n));
        double[][] u = new double[Spikes][];
        for (int s = 0; s < Spikes; s++)
        {
            u[s] = Pinned<double>.Normal(n, seed + 1 + (ulong)s).Array;
            // Twice is enough.
            for (int pass = 0; pass < 2; pass++)
                for (int r = 0; r < s; r++) Add(-Inner(u[r], u[s]), u[r], u[s]);
            double norm = Math.Sqrt(Inner(u[s], u[s]));
            for (int i = 0; i < n; i++) u[s][i] /= norm;
        }

        for (int i = 0; i < n; i++)
            for (int s = 0; s < Spikes; s++) Add((s + 4) * u[s][i], u[s], a.AsSpan(i * n, i + 1));
        Mirror(a, n);
        return a;
    }

    /// <summary>A stack of independent symmetric Gaussian matrices over sqrt(n), <c>[count, n, n]</c>.</summary>
    public static double[] Stack(int count, int n, ulong seed = 100)
    {
        double[] stack = new double[count * n * n];
        for (int i = 0; i < count; i++) Symmetric(n, seed + (ulong)i, 1 / Math.Sqrt(n)).CopyTo(stack, i * n * n);
        return stack;
    }

    private static double[] Symmetric(int n, ulong seed, double scale)
    {
        double[] a = Pinned<double>.Normal(n * n, seed).Array;
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++) a[i * n + j] *= scale;
            a[i * n + i] *= Math.Sqrt(2);
        }

        Mirror(a, n);
        return a;
    }

    private static void Mirror(double[] a, int n)
    {
        for (int i = 0; i < n; i++)
            for (int j = 0; j < i; j++) a[j * n + i] = a[i * n + j];
    }

    private static double Inner(double[] x, double[] y)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i++) sum += x[i] * y[i];
        return sum;
    }

    private static void Add(double scale, double[] x, Span<double> y)
    {
        for (int i = 0; i < y.Length; i++) y[i] += scale * x[i];
    }

    /// <summary>A diagonal in [0, 1) with 30 raised places, evenly spaced: 2.5, 2.55, ..., 3.95.</summary>
    public static Pinned<double> Diagonal(int n, ulong seed = 7)
    {
        const int Raised = 30;
        Pinned<double> diagonal = new(n);
        for (int i = 0; i < n; i++) diagonal.Array[i] = Philox.Block(seed, 0, (ulong)i).Item1 / 4294967296.0;
        for (int s = 0; s < Raised; s++) diagonal.Array[(int)((s + 0.5) * n / Raised)] = 2.5 + 0.05 * s;
        return diagonal;
    }
}
