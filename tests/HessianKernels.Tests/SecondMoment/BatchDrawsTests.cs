using HessianKernels.SecondMoment;
using Xunit;

namespace HessianKernels.Tests.SecondMoment;

public class BatchDrawsTests
{
    public static TheoryData<BatchScheme, int, int> Cases()
    {
        TheoryData<BatchScheme, int, int> cases = [];
        foreach (BatchScheme scheme in (BatchScheme[])[BatchScheme.WithoutReplacement, BatchScheme.WithReplacement, BatchScheme.Bernoulli])
            foreach ((int n, int b) in ((int, int)[])[(1, 1), (2, 1), (5, 1), (5, 3), (5, 5), (9, 4)]) cases.Add(scheme, n, b);
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void TheMomentsOfTheCountsAreAlphaAndKappa(BatchScheme scheme, int n, int b)
    {
        const int draws = 100_000;
        BatchSampling sampling = BatchSampling.Of(scheme, n, b);
        BatchDraws stream = new(sampling, 7, 4);
        int[] batch = new int[BatchDraws.Most(sampling)];
        double[] first = new double[n], second = new double[n * n];
        for (int t = 0; t < draws; t++)
        {
            int[] counts = new int[n];
            int size = stream.Next(batch);
            for (int k = 0; k < size; k++) counts[batch[k]]++;
            if (scheme != BatchScheme.Bernoulli) Assert.Equal(b, size);
            if (scheme != BatchScheme.WithReplacement) Assert.True(counts.Max() <= 1);
            for (int i = 0; i < n; i++)
            {
                first[i] += counts[i] / (double)draws;
                for (int j = 0; j < n; j++) second[i * n + j] += counts[i] * counts[j] / (double)draws;
            }
        }

        // E[c_i c_j] = b^2 (alpha / n^2 + [i = j] kappa / n); five standard errors of a product that is at most b^2.
        for (int i = 0; i < n; i++)
        {
            Assert.Equal((double)b / n, first[i], 5 * Math.Sqrt((double)b / n / draws) * b);
            for (int j = 0; j < n; j++)
            {
                double expected = b * b * (sampling.Alpha / n / n + (i == j ? sampling.Kappa / n : 0));
                Assert.Equal(expected, second[i * n + j], 5 * Math.Sqrt(expected * b * b / draws) + 1e-12);
            }
        }
    }

    [Theory]
    [InlineData(BatchScheme.WithoutReplacement)]
    [InlineData(BatchScheme.WithReplacement)]
    [InlineData(BatchScheme.Bernoulli)]
    public void EveryBatchComesAsOftenAsItShould(BatchScheme scheme)
    {
        const int draws = 60_000;
        BatchSampling sampling = BatchSampling.Of(scheme, 4, 2);
        BatchDraws stream = new(sampling, 3, 0);
        Dictionary<string, int> seen = [];
        int[] batch = new int[4];
        for (int t = 0; t < draws; t++)
        {
            int[] counts = new int[4];
            foreach (int i in batch.AsSpan(0, stream.Next(batch))) counts[i]++;
            string key = string.Join("", counts);
            seen[key] = seen.GetValueOrDefault(key) + 1;
        }

        Dictionary<string, double> expected = EnumeratedBatches.Of(sampling).GroupBy(x => string.Join("", x.Counts)).ToDictionary(g => g.Key, g => g.Sum(x => x.Probability));
        Assert.Equal(expected.Keys.Order(), seen.Keys.Order());
        double chi = expected.Sum(e => Math.Pow(seen[e.Key] - draws * e.Value, 2) / (draws * e.Value));
        // The mean of chi squared is the number of cells less one; six of its standard deviations above is not met by chance.
        Assert.True(chi < expected.Count - 1 + 6 * Math.Sqrt(2 * (expected.Count - 1)), $"chi squared {chi} of {expected.Count} cells");
    }

    [Fact]
    public void StreamsDifferAndRepeat()
    {
        BatchSampling sampling = BatchSampling.WithReplacement(1000, 50);
        int[] a = new int[50], b = new int[50], c = new int[50];
        new BatchDraws(sampling, 1, 0).Next(a);
        new BatchDraws(sampling, 1, 0).Next(b);
        new BatchDraws(sampling, 1, 2).Next(c);
        Assert.Equal(a, b);
        Assert.NotEqual(a, c);
        new BatchDraws(sampling, 2, 0).Next(c);
        Assert.NotEqual(a, c);
    }
}
