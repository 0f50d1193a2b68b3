using HessianKernels.SecondMoment;

namespace HessianKernels.Reproduction.Figures.Models;

/// <summary>The three linear models of paper 000, A.4: D = 100 examples, P = 120 parameters, batches of B = 5 without
/// replacement.</summary>
internal sealed class LinearSetting
{
    public const int Examples = 100, Parameters = 120, BatchSize = 5;

    /// <summary>Their names, in the paper's order.</summary>
    public static readonly string[] Names = ["flat", "dispersed", "localised"];

    private LinearSetting(string name, CurvatureSet set) => (Name, Space) = (name, set.Reduce());

    public string Name { get; }

    public FunctionSpace Space { get; }

    public BatchSampling Sampling { get; } = BatchSampling.WithoutReplacement(Examples, BatchSize);

    public double LargestEigenvalue => Space.Eigenvalues[0];

    /// <summary>
    /// flat: J Gaussian. dispersed: Theta with the eigenvalues 1 / (a^2 + 1) in a random basis. localised: Theta = diag(|s|) + J_0 J_0^T /
    /// D,
    /// s of deviation 0.1.
    /// </summary>
    public static LinearSetting Of(string name, ulong seed)
    {
        const int n = Examples;
        RandomNumbers random = new(seed, (ulong)Array.IndexOf(Names, name) + 1000);
        if (name == "flat") return new(name, CurvatureSet.FromJacobian<double>(random.Normals(n * Parameters), n, Parameters));
        double[] gram = new double[n * n];
        if (name == "dispersed")
        {
            double[] basis = Orthonormal(random.Normals(n * n), n);
            for (int a = 0; a < n; a++)
                for (int i = 0; i < n; i++)
                    for (int j = 0; j < n; j++) gram[i * n + j] += n / ((a + 1.0) * (a + 1) + 1) * (basis[a * n + i] * basis[a * n + j]);
            return new(name, CurvatureSet.FromGram<double>(gram, n, 1));
        }

        double[] jacobian = random.Normals(n * Parameters), s = random.Normals(n);
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
                for (int k = 0; k < Parameters; k++) gram[i * n + j] += jacobian[i * Parameters + k] * jacobian[j * Parameters + k];
            gram[i * n + i] += n * Math.Abs(0.1 * s[i]);
        }

        return new(name, CurvatureSet.FromGram<double>(gram, n, 1));
    }

    /// <summary>Gram and Schmidt, twice.</summary>
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
