using HessianKernels.SecondMoment;

namespace HessianKernels.Tests.SecondMoment;

/// <summary>Every batch of a small set, with its probability: the oracle of what is drawn.</summary>
internal static class EnumeratedBatches
{
    /// <summary>How often each example comes, <c>[n]</c>, and how probable that is.</summary>
    public static IEnumerable<(double Probability, int[] Counts)> Of(BatchSampling sampling)
    {
        (int n, int b) = (sampling.Examples, sampling.BatchSize);
        if (sampling.Scheme == BatchScheme.WithReplacement)
        {
            for (int code = 0; code < (int)Math.Pow(n, b); code++)
            {
                int[] counts = new int[n];
                for (int k = 0, rest = code; k < b; k++, rest /= n) counts[rest % n]++;
                yield return (Math.Pow(n, -b), counts);
            }

            yield break;
        }

        int[] masks = [.. Enumerable.Range(0, 1 << n)];
        bool bernoulli = sampling.Scheme == BatchScheme.Bernoulli;
        if (!bernoulli) masks = [.. masks.Where(mask => int.PopCount(mask) == b)];
        foreach (int mask in masks)
        {
            int size = int.PopCount(mask);
            double p = bernoulli ? Math.Pow((double)b / n, size) * Math.Pow(1 - (double)b / n, n - size) : 1.0 / masks.Length;
            if (p > 0) yield return (p, [.. Enumerable.Range(0, n).Select(i => mask >> i & 1)]);
        }
    }

    /// <summary><c>E log |1 - eta h_B|</c> of curvatures in one dimension: gamma.</summary>
    public static double Exponent(BatchSampling sampling, double[] curvatures, double learningRate)
        => Of(sampling).Sum(batch => batch.Probability * Math.Log(Math.Abs(1 - learningRate / sampling.BatchSize * batch.Counts.Zip(curvatures, (c, h) => c * h).Sum())));
}
