namespace HessianKernels.Gpu.Tests;

/// <summary>Inputs.</summary>
internal static class Matrices
{
    /// <summary>Uniform numbers in [-1, 1).</summary>
    public static double[] Numbers(int count, int seed)
    {
        Random random = new(seed);
        double[] numbers = new double[count];
        for (int i = 0; i < count; i++) numbers[i] = 2 * random.NextDouble() - 1;
        return numbers;
    }

    /// <summary>Symmetric matrices, <c>[batch, n, n]</c>.</summary>
    public static double[] Random(int batch, int n, int seed)
    {
        double[] a = Numbers(batch * n * n, seed);
        for (int b = 0; b < batch; b++)
            for (int i = 0; i < n; i++)
                for (int j = 0; j < i; j++) a[(b * n + j) * n + i] = a[(b * n + i) * n + j];
        return a;
    }
}
