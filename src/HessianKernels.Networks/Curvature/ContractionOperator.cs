using HessianKernels.Networks.Tensors;
using HessianKernels.SecondMoment;
using HessianKernels.Spaces;

namespace HessianKernels.Networks.Curvature;

/// <summary><c>-2 eta H + eta^2 (alpha H^2 + kappa (1/n) sum_i H_i^2)</c> of the examples' Gauss-Newton matrices, in parameter space.</summary>
internal sealed class ContractionOperator<TView> : ILinearOperator<TView>, IDisposable where TView : allows ref struct
{
    private readonly ModelPoint<TView> point;
    private readonly double learningRate, alpha;

    // [2, n, C, C]: S_i / n, and eta^2 kappa / n of S_i J_i J_i^T S_i. And what they give, [2, d].
    private readonly ITensorMemory<TView> blocks, results;

    public ContractionOperator(ModelPoint<TView> point, double learningRate, BatchSampling sampling)
    {
        (this.point, this.learningRate, alpha) = (point, learningRate, sampling.Alpha);
        int n = point.Examples, c = point.Outputs;
        double[] hessians = point.LogitHessians(), grams = point.ExampleGrams(OutputSignals.Units(c)), product = new double[c * c];
        double square = learningRate * learningRate * sampling.Kappa / n;
        for (int i = 0; i < n; i++)
        {
            Span<double> s = hessians.AsSpan(i * c * c, c * c), g = grams.AsSpan(i * c * c, c * c);
            Multiply(s, g, c, 1, product);
            Multiply(product, s, c, square, g);
            foreach (ref double element in s) element /= n;
        }

        ITensorSpace<TView> space = point.Space;
        blocks = space.Allocate(2L * hessians.Length);
        results = space.Allocate(2L * Length);
        space.Write(hessians, space.Slice(blocks.View, 0, hessians.Length));
        space.Write(grams, space.Slice(blocks.View, hessians.Length, hessians.Length));
    }

    public int Batch => 1;

    public int Length => point.ParameterCount;

    public void Apply(TView input, TView output)
    {
        ITensorSpace<TView> space = point.Space;
        TView mean = space.Slice(results.View, 0, Length);
        space.Fill(0, results.View);
        point.MultiplyOutputs(2, blocks.View, input, results.View);
        space.Copy(space.Slice(results.View, Length, Length), output);
        // H (eta^2 alpha H - 2 eta) input.
        space.Scale(learningRate * learningRate * alpha, mean);
        space.AddScaled(-2 * learningRate, input, mean);
        point.MultiplyOutputs(1, blocks.View, mean, output);
    }

    public void Dispose()
    {
        blocks.Dispose();
        results.Dispose();
    }

    private static void Multiply(ReadOnlySpan<double> a, ReadOnlySpan<double> b, int c, double scale, Span<double> result)
    {
        for (int i = 0; i < c; i++)
            for (int j = 0; j < c; j++)
            {
                double sum = 0;
                for (int k = 0; k < c; k++) sum += a[i * c + k] * b[k * c + j];
                result[i * c + j] = scale * sum;
            }
    }
}
