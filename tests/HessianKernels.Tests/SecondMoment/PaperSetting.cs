using HessianKernels.SecondMoment;

namespace HessianKernels.Tests.SecondMoment;

/// <summary>The three settings of paper 000, appendix A.4 and figure 7: D = 100 examples, P = 120 parameters, B = 5.</summary>
internal sealed class PaperSetting
{
    private const int Examples = 100, Parameters = 120, Batch = 5;

    private PaperSetting(string name, double[] gram)
    {
        Name = name;
        Space = CurvatureSet.FromGram<double>(gram, Examples, 1).Reduce();
    }

    /// <summary>flat, dispersed or localised.</summary>
    public string Name { get; }

    /// <summary>The set on its range.</summary>
    public FunctionSpace Space { get; }

    /// <summary>Batches of 5 without replacement.</summary>
    public BatchSampling Sampling { get; } = BatchSampling.WithoutReplacement(Examples, Batch);

    /// <summary>
    /// flat: J Gaussian. dispersed: Theta with eigenvalues 1 / (a^2 + 1), a = 1 .. 100, in a random basis. localised:
    /// Theta = diag(|s|) + J_0 J_0^T / D, s of deviation 0.1.
    /// </summary>
    public static PaperSetting Of(string name)
    {
        const int n = Examples;
        double[] gram = new double[n * n], jacobian = Gaussian(n * Parameters, 1);
        switch (name)
        {
            case "flat":
                AddProducts(jacobian, Parameters, 1, gram);
                break;
            case "dispersed":
                double[] basis = Orthonormal(Gaussian(n * n, 2), n);
                for (int a = 0; a < n; a++)
                    for (int i = 0; i < n; i++)
                        for (int j = 0; j < n; j++) gram[i * n + j] += n / ((a + 1.0) * (a + 1) + 1) * (basis[a * n + i] * basis[a * n + j]);
                break;
            case "localised":
                AddProducts(jacobian, Parameters, 1, gram);
                double[] s = Gaussian(n, 3);
                for (int i = 0; i < n; i++) gram[i * n + i] += n * Math.Abs(0.1 * s[i]);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(name), name, "Expected flat, dispersed or localised.");
        }

        return new(name, gram);
    }

    private static void AddProducts(double[] jacobian, int columns, double scale, double[] gram)
    {
        for (int i = 0; i < Examples; i++)
        {
            for (int j = 0; j < Examples; j++)
            {
                double sum = 0;
                for (int k = 0; k < columns; k++) sum += jacobian[i * columns + k] * jacobian[j * columns + k];
                gram[i * Examples + j] += scale * sum;
            }
        }
    }

    private static double[] Gaussian(int count, int seed)
    {
        Random random = new(seed);
        double[] numbers = new double[count];
        for (int i = 0; i < count; i++) numbers[i] = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return numbers;
    }

    private static double[] Orthonormal(double[] rows, int n)
    {
        for (int a = 0; a < n; a++)
        {
            Span<double> row = rows.AsSpan(a * n, n);
            for (int pass = 0; pass < 2; pass++)
            {
                for (int b = 0; b < a; b++)
                {
                    double inner = 0;
                    for (int i = 0; i < n; i++) inner += rows[b * n + i] * row[i];
                    for (int i = 0; i < n; i++) row[i] -= inner * rows[b * n + i];
                }
            }

            double square = 0;
            foreach (double x in row) square += x * x;
            foreach (ref double x in row) x /= Math.Sqrt(square);
        }

        return rows;
    }
}
