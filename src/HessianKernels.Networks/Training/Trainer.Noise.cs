using HessianKernels.Kernels;
using HessianKernels.Networks.Tensors;
using HessianKernels.SecondMoment;

namespace HessianKernels.Networks.Training;

public sealed unsafe partial class Trainer<TView>
{
    // Streams of the noise, beside those of the batches.
    private const ulong NoiseStreams = 1UL << 62;

    private ITensorMemory<TView>? noise, squaredNorm;
    private double[] normals = [], noiseVariance = [];

    /// <summary>All examples: with a batch's Gaussian weights, or, where noise is added to the gradient, with equal ones.</summary>
    private int ChooseAll(int batchSize, double rate, int substep)
    {
        int n = examples.Count;
        for (int i = 0; i < n; i++) chosen[i] = i;
        weights.AsSpan().Fill(1.0 / n);
        if (options.Noise.Kind is GradientNoiseKind.Diagonal or GradientNoiseKind.Isotropic) return n;

        // Cov(w) = (kappa / n) (I - (c / n) 1 1^T); of the equation, over a time eta / s, s times as much for the mean's weight.
        BatchSampling sampling = options.Selection.Sampling(n, batchSize);
        Normals(n, substep);
        double scale = Math.Sqrt(sampling.Kappa / n * options.Noise.Substeps), mean = 0;
        for (int i = 0; i < n; i++) mean += normals[i] / n;
        for (int i = 0; i < n; i++) weights[i] += scale * (normals[i] - sampling.Centring * mean);
        return n;
    }

    /// <summary><c>gradient += N(0, V)</c> where the noise is of that kind.</summary>
    private void AddNoise(TView at, int batchSize)
    {
        if (options.Noise.Kind is not (GradientNoiseKind.Diagonal or GradientNoiseKind.Isotropic)) return;
        int d = Model.ParameterCount;
        noise ??= Space.Allocate(d);
        if (Step % options.Noise.RefreshEvery == 0 || noiseVariance.Length == 0) MeasureNoise(at);
        double kappa = options.Selection.Sampling(examples.Count, batchSize).Kappa;
        Normals(d, 0);
        for (int j = 0; j < d; j++) normals[j] *= Math.Sqrt(kappa * noiseVariance[noiseVariance.Length == 1 ? 0 : j]);
        Space.Write(normals.AsSpan(0, d), noise.View);
        Space.AddScaled(1, noise.View, gradient.View);
    }

    /// <summary>The diagonal of <c>(1/n) sum_i g_i g_i^T - c g g^T</c>, or its mean. The gradient is the full one.</summary>
    private void MeasureNoise(TView at)
    {
        int d = Model.ParameterCount, n = examples.Count;
        double centring = options.Selection == BatchSelection.Bernoulli ? 0 : 1;
        double[] g = new double[d], variance = new double[d];
        batch.SquaredGradients(at, noise!.View);
        Space.Read(noise.View, variance);
        Space.Read(gradient.View, g);
        // Rounding may leave less than nothing of a variance.
        for (int j = 0; j < d; j++) variance[j] = Math.Max(0, variance[j] / n - centring * g[j] * g[j]);
        noiseVariance = options.Noise.Kind == GradientNoiseKind.Isotropic ? [variance.Sum() / d] : variance;
    }

    private void Normals(int count, int substep)
    {
        if (normals.Length < count) normals = new double[count];
        ulong stream = NoiseStreams + (ulong)Step * (ulong)options.Noise.Substeps + (ulong)substep;
        fixed (double* at = normals) RandomVector.Normal(options.Seed, stream, at, count, Environment.ProcessorCount);
    }
}
