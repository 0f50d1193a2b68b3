using HessianKernels.Networks.Tensors;
using Xunit;

namespace HessianKernels.Conformance;

public abstract partial class TensorSpaceConformance<TView>
{
    [Fact]
    public void TransposesEachOfABatch()
    {
        foreach ((int batch, int rows, int columns) in ((int, int, int)[])
            [(0, 3, 4), (2, 0, 4), (2, 3, 0), (1, 1, 1), (1, 17, 5), (3, 16, 16), (2, 33, 31), (5, 3, 1024), (1, 1, 50), (40, 3, 17), (1, 300, 301),
                .. KernelSizes.All.SelectMany(n => ((int, int, int)[])[(n, 2, 3), (1, n, 3), (2, 3, n)])])
        {
            Check($"transpose [{batch}, {rows}, {columns}]", [Uniform(batch * rows * columns, 1)], Before(false, batch * rows * columns),
                (s, t, r) => s.Transpose(batch, rows, columns, t[0].View, r.View),
                Each(0, (x, _, i) =>
                {
                    int b = i / (rows * columns), c = i % (rows * columns) / rows, r = i % rows;
                    return (x[0][(b * rows + r) * columns + c], 0);
                }));
        }
    }

    [Fact]
    public void CopiesRowsAStrideApart()
    {
        foreach ((int rows, int columns, int from, int to) in ((int, int, int, int)[])
            [(0, 3, 3, 3), (3, 0, 1, 1), (1, 5, 100, 7), (4, 5, 5, 9), (4, 5, 11, 5), (33, 17, 20, 19), (300, 250, 251, 252), (5, 3, 0, 3),
                .. KernelSizes.All.SelectMany(n => ((int, int, int, int)[])[(n, 3, 5, 7), (3, n, n + 5, n + 9)])])
        {
            Check($"{rows} rows of {columns}", [Uniform(rows * from + columns, 1)], Uniform(rows * to + columns, 2),
                (s, t, r) => s.CopyRows(rows, columns, t[0].View, from, r.View, to),
                Each(0, (x, before, i) => (i / to < rows && i % to < columns ? x[0][i / to * from + i % to] : before, 0)));
        }
    }

    [Fact]
    public void GathersRows()
    {
        foreach ((int rows, int columns) in ((int, int)[])[(0, 3), (1, 5), (7, 17), (40, 3), (300, 251), .. KernelSizes.All.SelectMany(n => ((int, int)[])[(n, 3), (2, n)])])
        {
            int[] index = new int[rows];
            Random random = new(3);
            for (int r = 0; r < rows; r++) index[r] = random.Next(50);
            Check($"{rows} of 50 rows of {columns}", [Uniform(50 * columns, 1)], Before(false, rows * columns),
                (s, t, r) => s.GatherRows(index, columns, t[0].View, r.View), Each(0, (x, _, i) => (x[0][index[i / columns] * columns + i % columns], 0)));
        }
    }

    [Fact]
    public void MultipliesMatricesAlone()
    {
        foreach ((int m, int n, int k) in ((int, int, int)[])
            [(0, 3, 2), (3, 0, 2), (3, 4, 0), (1, 1, 1), (1, 7, 5), (9, 1, 33), (1, 40, 17), (8, 48, 16), (33, 17, 65), (70, 50, 300), (130, 131, 129), (300, 1, 200),
                .. KernelSizes.All.SelectMany(n => ((int, int, int)[])[(n, 3, 2), (3, n, 2), (2, 3, n)])])
        {
            for (int transposed = 0; transposed < 4; transposed++)
                foreach ((double alpha, double beta) in ((double, double)[])[(1, 0), (-0.7, 1), (0.3, 0.5)]) CheckProducts(m, n, k, (transposed & 1) > 0, (transposed & 2) > 0, alpha, beta, 1, 0, 0, 0);
        }
    }

    [Fact]
    public void MultipliesMatricesOfABatch()
    {
        foreach ((int m, int n, int k, int batch) in ((int, int, int, int)[])
            [(3, 4, 5, 0), (10, 32, 1, 700), (1, 5, 7, 30), (17, 33, 1, 3), (8, 16, 9, 50), (65, 40, 20, 5), (130, 131, 100, 2)])
        {
            int a = m * k + 2, b = k * n + 1, c = m * n + 3;
            for (int transposed = 0; transposed < 4; transposed++) CheckProducts(m, n, k, (transposed & 1) > 0, (transposed & 2) > 0, 0.9, transposed % 2, batch, a, b, c);
            CheckProducts(m, n, k, false, true, 1, 0, batch, 0, b, c);
            CheckProducts(m, n, k, true, false, 1, 0.5, batch, a, 0, c);
        }

        // Onto one matrix, one after the other.
        CheckProducts(10, 32, 3, true, false, 0.5, 1, 40, 33, 97, 0);
    }

    private void CheckProducts(int m, int n, int k, bool transposeA, bool transposeB, double alpha, double beta, int batch, int strideA, int strideB, int strideC)
    {
        int length(int stride, int one) => batch == 0 ? 0 : (batch - 1) * stride + one;
        double[] c = Before(beta != 0 || strideC > 0, length(strideC, m * n), 3);
        Check($"{batch} of [{m}, {k}] [{k}, {n}], transposed {transposeA}, {transposeB}, alpha {alpha}, beta {beta}",
            [Uniform(length(strideA, m * k), 1), Uniform(length(strideB, k * n), 2)], c,
            (s, t, r) => s.Gemm(transposeA, transposeB, m, n, k, alpha, t[0].View, t[1].View, beta, r.View, batch, strideA, strideB, strideC),
            (x, before) =>
            {
                double[] expected = [.. before], bound = new double[before.Length];
                for (int g = 0; g < batch; g++)
                    for (int i = 0; i < m; i++)
                        for (int j = 0; j < n; j++)
                        {
                            double sum = 0, magnitude = 0;
                            for (int l = 0; l < k; l++)
                            {
                                double term = x[0][g * strideA + (transposeA ? l * m + i : i * k + l)] * x[1][g * strideB + (transposeB ? j * k + l : l * n + j)];
                                sum += term;
                                magnitude += Math.Abs(term);
                            }

                            int at = g * strideC + i * n + j;
                            double held = beta == 0 ? 0 : beta * expected[at];
                            expected[at] = alpha * sum + held;
                            bound[at] += Eps * ((4 + 2 * Math.Sqrt(k)) * Math.Abs(alpha) * magnitude + 4 * Math.Abs(held));
                        }

                return (expected, bound);
            });
    }
}
