using HessianKernels.Conformance;
using HessianKernels.Networks.Training;
using HessianKernels.SecondMoment;
using Xunit;

namespace HessianKernels.Networks.Tests.Training;

/// <summary>The batches' distribution, and that a batch depends on seed and step alone.</summary>
public class BatchStreamTests
{
    private static int[] Draw(BatchStream stream, long step, int size)
    {
        int[] batch = new int[Math.Max(64, stream.Most(size))];
        return batch[..stream.Draw(step, size, batch)];
    }

    /// <summary>Mean and second moments of the weights of g_B in the g_i: with alpha and kappa, E w_i w_j = (alpha + [i = j] kappa n) /
    /// n^2.</summary>
    [Theory]
    [InlineData(BatchSelection.WithoutReplacement, 7, 3)]
    [InlineData(BatchSelection.WithReplacement, 7, 3)]
    [InlineData(BatchSelection.Bernoulli, 7, 3)]
    [InlineData(BatchSelection.WithoutReplacement, 5, 1)]
    public void TheMomentsAreTheSelections(BatchSelection selection, int n, int b)
    {
        const int Draws = 40_000;
        BatchStream stream = new(n, selection, 11);
        BatchSampling sampling = selection.Sampling(n, b);
        double[] second = new double[n * n], fourth = new double[n * n], mean = new double[n];
        for (int t = 0; t < Draws; t++)
        {
            double[] weight = new double[n];
            foreach (int i in Draw(stream, t, b)) weight[i] += 1.0 / b;
            for (int i = 0; i < n; i++)
            {
                mean[i] += weight[i] / Draws;
                for (int j = 0; j < n; j++)
                {
                    double product = weight[i] * weight[j];
                    second[i * n + j] += product / Draws;
                    fourth[i * n + j] += product * product / Draws;
                }
            }
        }

        double[] expected = [.. Enumerable.Range(0, n * n).Select(at => (sampling.Alpha + (at / n == at % n ? sampling.Kappa * n : 0)) / (n * n))];
        // Five standard errors of each mean; where a product is constant, rounding.
        double[] bounds = [.. fourth.Select((mean4, at) => 5 * Math.Sqrt(Math.Max(0, mean4 - second[at] * second[at]) / Draws) + 1e-12)];
        Tolerance.Equal<double>(expected, second, bounds, "E w w^T");
        Tolerance.Equal<double>([.. Enumerable.Repeat(1.0 / n, n)], mean, 5 * Math.Sqrt(expected[0] / Draws), "E w");
    }

    [Fact]
    public void EverySubsetComesEquallyOften()
    {
        BatchStream stream = new(5, BatchSelection.WithoutReplacement, 3);
        const int Draws = 20_000;
        int[] seen = new int[32];
        for (int t = 0; t < Draws; t++)
        {
            int[] batch = Draw(stream, t, 2);
            Assert.Equal(2, batch.Distinct().Count());
            seen[(1 << batch[0]) | (1 << batch[1])]++;
        }

        double chi = seen.Where(count => count > 0).Sum(count => (count - Draws / 10.0) * (count - Draws / 10.0) / (Draws / 10.0));
        Assert.Equal(10, seen.Count(count => count > 0));
        // Nine degrees of freedom: above 33.7 once in ten thousand.
        Assert.True(chi < 33.7, $"chi^2 = {chi}");
    }

    [Fact]
    public void AnEpochIsEveryExampleOnceAndTheNextAnotherOrder()
    {
        BatchStream stream = new(10, BatchSelection.Reshuffling, 5);
        List<int[]> batches = [.. Enumerable.Range(0, 8).Select(t => Draw(stream, t, 3))];
        Assert.Equal([3, 3, 3, 1, 3, 3, 3, 1], batches.Select(batch => batch.Length));
        int[] first = [.. batches[..4].SelectMany(batch => batch)], second = [.. batches[4..].SelectMany(batch => batch)];
        Assert.Equal(Enumerable.Range(0, 10), first.Order());
        Assert.Equal(Enumerable.Range(0, 10), second.Order());
        Assert.NotEqual(first, second);
    }

    [Theory]
    [InlineData(BatchSelection.WithoutReplacement)]
    [InlineData(BatchSelection.WithReplacement)]
    [InlineData(BatchSelection.Bernoulli)]
    public void ABatchDependsOnSeedAndStepAlone(BatchSelection selection)
    {
        BatchStream all = new(20, selection, 5), some = new(20, selection, 5), other = new(20, selection, 6);
        int[][] batches = [.. Enumerable.Range(0, 10).Select(t => Draw(all, t, 4))];
        Assert.Equal(batches[8], Draw(some, 8, 4));
        Draw(some, 3, 9);
        Assert.Equal(batches[2], Draw(some, 2, 4));
        Assert.False(Enumerable.Range(0, 10).All(t => batches[t].SequenceEqual(Draw(other, t, 4))));
        Assert.NotEqual(batches[0], batches[1]);
    }

    [Fact]
    public void AReshufflingGoesOnWhereItWas()
    {
        BatchStream all = new(10, BatchSelection.Reshuffling, 5), other = new(10, BatchSelection.Reshuffling, 5);
        for (int t = 0; t < 5; t++) Draw(all, t, 3);
        other.Restore(all.Epoch, all.Position);
        for (int t = 5; t < 12; t++) Assert.Equal(Draw(all, t, t < 8 ? 3 : 4), Draw(other, t, t < 8 ? 3 : 4));
    }

    [Fact]
    public void TheFullBatchIsInOrder() => Assert.Equal([0, 1, 2, 3], Draw(new(4, BatchSelection.WithoutReplacement, 9), 17, 4));
}
