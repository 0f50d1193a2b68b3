using HessianKernels.Kernels;
using HessianKernels.SecondMoment;

namespace HessianKernels.Sharpness;

/// <summary>The batches of a scheme, each had by its number alone: all there are, in lexicographic order, or random ones.</summary>
internal abstract class BatchSource(int batchSize, int mostDraws)
{
    /// <summary>b: what the sum over the draws is divided by.</summary>
    public int BatchSize => batchSize;

    /// <summary>Most draws that a batch may be made of.</summary>
    public int MostDraws => mostDraws;

    /// <summary>Writes a batch's draws, ascending, an example as often as it was drawn.</summary>
    /// <param name="number">Which batch.</param>
    /// <param name="draws"><c>[MostDraws]</c>.</param>
    /// <param name="weight">The batch's probability among all, where all are enumerated; else 1.</param>
    /// <returns>How many draws.</returns>
    public abstract int Fill(long number, Span<int> draws, out double weight);

    protected static int Most(BatchSampling sampling) => sampling.Scheme == BatchScheme.Bernoulli ? sampling.Examples : sampling.BatchSize;

    /// <summary>How many batches there are, but no more than one above a limit.</summary>
    public static long Count(BatchSampling sampling, long limit)
    {
        long n = sampling.Examples, b = sampling.BatchSize;
        return sampling.Scheme switch
        {
            BatchScheme.WithoutReplacement => Binomial(n, b, limit),
            BatchScheme.WithReplacement => Binomial(n + b - 1, b, limit),
            // Batches that cannot come are none.
            _ => n == b ? 1 : n < 62 ? Math.Min(1L << (int)n, limit + 1) : limit + 1,
        };
    }

    private static long Binomial(long n, long k, long limit)
    {
        k = Math.Min(k, n - k);
        long count = 1;
        for (long i = 1; i <= k; i++)
        {
            // Grows all the way to the middle, where k is: once above the limit, always above.
            count = (long)((Int128)count * (n - k + i) / i);
            if (count > limit) return limit + 1;
        }

        return count;
    }
}

/// <summary>All batches of a scheme.</summary>
internal sealed class EveryBatch(BatchSampling sampling, long count) : BatchSource(sampling.BatchSize, Most(sampling))
{
    private int Examples => sampling.Examples;

    /// <inheritdoc/>
    public override int Fill(long number, Span<int> draws, out double weight)
    {
        if (sampling.Scheme == BatchScheme.Bernoulli) return Subset(number, draws, out weight);
        weight = 1.0 / count;
        if (sampling.Scheme == BatchScheme.WithoutReplacement)
        {
            Combination(number, Examples, draws[..BatchSize]);
            return BatchSize;
        }

        // A multiset of b from n is a set of b from n + b - 1, the j-th element moved down by j.
        Combination(number, Examples + BatchSize - 1, draws[..BatchSize]);
        weight = 1;
        for (int j = 0, run = 0; j < BatchSize; j++)
        {
            draws[j] -= j;
            run = j > 0 && draws[j] == draws[j - 1] ? run + 1 : 1;
            // Builds b! / (c_1! ... c_n!) / n^b without leaving double's range early.
            weight *= (j + 1.0) / ((double)run * Examples);
        }

        return BatchSize;
    }

    private int Subset(long number, Span<int> draws, out double weight)
    {
        double p = BatchSize / (double)Examples;
        weight = 1;
        if (BatchSize == Examples) number = -1;
        int size = 0;
        for (int i = 0; i < Examples; i++)
        {
            bool drawn = number == -1 || (number >> i & 1) != 0;
            weight *= drawn ? p : 1 - p;
            if (drawn) draws[size++] = i;
        }

        return size;
    }

    /// <summary>The set of a number in the lexicographic order of all sets of as many of 0 .. n - 1.</summary>
    private void Combination(long number, int n, Span<int> set)
    {
        // From here: the number of sets of the elements not yet decided on, and those of them that hold the next element.
        long sets = count;
        for (int element = 0, found = 0; found < set.Length; element++)
        {
            int left = n - element, wanted = set.Length - found;
            long with = (long)((Int128)sets * wanted / left);
            if (number < with)
            {
                set[found++] = element;
                sets = with;
                continue;
            }

            number -= with;
            sets -= with;
        }
    }
}

/// <summary>One batch that the caller names.</summary>
/// <param name="batch">Its draws, ascending.</param>
internal sealed class GivenBatch(int[] batch) : BatchSource(batch.Length, batch.Length)
{
    /// <inheritdoc/>
    public override int Fill(long number, Span<int> draws, out double weight)
    {
        batch.CopyTo(draws);
        weight = 1;
        return batch.Length;
    }
}

/// <summary>Independent random batches: batch t is a function of the seed and t.</summary>
internal sealed class RandomBatch(BatchSampling sampling, ulong seed) : BatchSource(sampling.BatchSize, Most(sampling))
{
    private int Examples => sampling.Examples;

    /// <inheritdoc/>
    public override int Fill(long number, Span<int> draws, out double weight)
    {
        weight = 1;
        ulong stream = (ulong)number;
        if (sampling.Scheme == BatchScheme.Bernoulli)
        {
            int size = 0;
            for (int i = 0; i < Examples; i++)
                if (Below(stream, i, Examples) < BatchSize) draws[size++] = i;
            return size;
        }

        draws = draws[..BatchSize];
        if (sampling.Scheme == BatchScheme.WithReplacement)
        {
            for (int j = 0; j < BatchSize; j++) draws[j] = Below(stream, j, Examples);
            draws.Sort();
            return BatchSize;
        }

        // Floyd: the j-th draw is of the first n - b + j + 1 examples; one already taken stands for the last of these, which cannot
        // have been.
        for (int j = 0; j < BatchSize; j++)
        {
            int last = Examples - BatchSize + j, draw = Below(stream, j, last + 1);
            int at = draws[..j].BinarySearch(draw);
            if (at >= 0) (draw, at) = (last, ~j);
            draws[~at..j].CopyTo(draws[(~at + 1)..]);
            draws[~at] = draw;
        }

        return BatchSize;
    }

    /// <summary>Uniform on 0 .. bound - 1, but for 2^-32 of bias at the most.</summary>
    private int Below(ulong stream, int index, int bound)
    {
        (uint high, uint low, _, _) = Philox.Block(seed, stream, (ulong)index);
        return (int)Math.BigMul((ulong)high << 32 | low, (ulong)bound, out _);
    }
}
