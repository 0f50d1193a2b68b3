using BenchmarkDotNet.Attributes;
using HessianKernels.Sharpness;

namespace HessianKernels.Benchmarks.Sharpness;

/// <summary>1000 random batches of 16 among 301 examples: Batch Sharpness alone, from dense Hessians and from factors of two rows.</summary>
public class BatchSharpnessBenchmark : IMeasured
{
    private const int N = 301, B = 16, Rows = 2, Batches = 1000;
    private ExampleDerivatives _derivatives = null!;
    private SharpnessOptions _options = null!;

    [Params("dense 63", "factors 63", "factors 10007")]
    public string Kind { get; set; } = "factors 63";

    [Params(1, 2)]
    public int Threads { get; set; }

    private int Parameters => int.Parse(Kind.Split(' ')[1]);

    private bool IsDense => Kind.StartsWith("dense", StringComparison.Ordinal);

    /// <summary>The gradients' means and the forms of the batches; the closed forms, made once, are left out.</summary>
    public Work Work => new(8.0 * N * Parameters * (IsDense ? Parameters : Rows), 2.0 * Batches * B * Parameters * (IsDense ? Parameters : Rows));

    [GlobalSetup]
    public void Setup()
    {
        int d = Parameters;
        double[] gradients = Pinned<double>.Normal(N * d, 1).Array, factors = Pinned<double>.Normal(N * Rows * d, 2).Array;
        _derivatives = IsDense
            ? ExampleDerivatives.FromHessians<double>(gradients, Hessians(factors, d), N)
            : ExampleDerivatives.FromFactors<double>(gradients, factors, N, Rows);
        _options = new() { EnumerationLimit = 0, RelativeError = 0, MaxBatches = Batches, LargestEigenvalues = false, Seed = 3, Threads = Threads };
        BatchExpectation found = Run().BatchSharpness;
        Check.That(found.Batches == Batches, $"{found.Batches} batches");

        // Gradients and factors are independent here: a form is 2 chi squares of one, whatever the batch.
        Check.Near(found.Value, Rows, 8 * found.StandardError + 8 * Math.Sqrt(2.0 * Rows / N), "Batch Sharpness");
        Check.Near(BatchSharpness.OfBatch(_derivatives, 5, 17, 290), Plain(gradients, factors, d, [5, 17, 290]), 1e-11, "a batch by plain loops");
    }

    [Benchmark]
    public SharpnessReport Run() => BatchSharpness.Analyze(_derivatives, B, _options);

    private static double[] Hessians(double[] factors, int d)
    {
        double[] hessians = new double[N * d * d];
        for (int i = 0; i < N; i++)
            for (int r = 0; r < Rows; r++)
                for (int j = 0; j < d; j++)
                    for (int k = 0; k < d; k++)
                        hessians[(i * d + j) * d + k] += factors[(i * Rows + r) * d + j] * factors[(i * Rows + r) * d + k];
        return hessians;
    }

    private static double Plain(double[] gradients, double[] factors, int d, int[] batch)
    {
        double[] g = new double[d];
        foreach (int i in batch)
            for (int j = 0; j < d; j++) g[j] += gradients[i * d + j] / batch.Length;
        double form = 0, square = 0;
        foreach (int i in batch)
        {
            for (int r = 0; r < Rows; r++)
            {
                double inner = 0;
                for (int j = 0; j < d; j++) inner += factors[(i * Rows + r) * d + j] * g[j];
                form += inner * inner / batch.Length;
            }
        }

        for (int j = 0; j < d; j++) square += g[j] * g[j];
        return form / square;
    }
}
