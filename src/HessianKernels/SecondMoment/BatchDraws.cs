using System.Runtime.Intrinsics;
using HessianKernels.Kernels;

namespace HessianKernels.SecondMoment;

/// <summary>One batch after another, from one stream of random numbers.</summary>
internal sealed class BatchDraws
{
    private const int Words = 16;

    private readonly BatchSampling _sampling;
    private readonly ulong _seed;
    private readonly int[] _order;

    // Eight blocks of the generator, the first words of all and then the second, and how many words of them have been used.
    private readonly ulong[] _words = new ulong[Words];
    private ulong _stream, _index;
    private int _used = Words;

    public BatchDraws(BatchSampling sampling, ulong seed, ulong stream)
    {
        (_sampling, _seed, _stream) = (sampling, seed, stream);
        _order = sampling.Scheme == BatchScheme.WithoutReplacement ? [.. Enumerable.Range(0, sampling.Examples)] : [];
    }

    /// <summary>The most examples that a batch may have, counted as often as they come.</summary>
    public static int Most(BatchSampling sampling) => sampling.Scheme == BatchScheme.Bernoulli ? sampling.Examples : sampling.BatchSize;

    /// <summary>Throws where only the moments of a scheme are known, from which no batch can be drawn.</summary>
    public static void ThrowIfNotDrawable(BatchSampling sampling, FunctionSpace space)
    {
        ArgumentNullException.ThrowIfNull(sampling);
        if (sampling.Scheme == BatchScheme.Custom)
            throw new ArgumentException(
                "A custom sampling is known by alpha and kappa alone, and random batches cannot be drawn from those; " +
                "expected without replacement, with replacement or Bernoulli.",
                nameof(sampling));
        if (sampling.Examples != space.Examples)
            throw new ArgumentException($"The sampling is of {sampling.Examples} examples; the set has {space.Examples}.", nameof(sampling));
    }

    /// <summary>Goes to the beginning of a stream: what follows is what a new one would draw, whatever was drawn before.</summary>
    public void Restart(ulong stream)
    {
        (_stream, _index, _used) = (stream, 0, Words);
        for (int k = 0; k < _order.Length; k++) _order[k] = k;
    }

    /// <summary>Draws a batch into the first places of a span with room for <see cref="Most"/>.</summary>
    /// <returns>How many examples it has.</returns>
    public int Next(Span<int> batch)
    {
        (int n, int b) = (_sampling.Examples, _sampling.BatchSize);
        switch (_sampling.Scheme)
        {
            case BatchScheme.WithReplacement:
                for (int k = 0; k < b; k++) batch[k] = Below(n);
                return b;
            case BatchScheme.WithoutReplacement:
                // The first b steps of a shuffle; it may start from any order, so from the last one.
                for (int k = 0; k < b; k++)
                {
                    int other = k + Below(n - k);
                    (_order[k], _order[other]) = (_order[other], _order[k]);
                    batch[k] = _order[k];
                }

                return b;
            default:
                return Bernoulli(batch, n, b);
        }
    }

    /// <summary>The gaps between those drawn are geometric: about b random numbers, not n.</summary>
    private int Bernoulli(Span<int> batch, int n, int b)
    {
        int count = 0;
        if (b == n)
        {
            for (; count < n; count++) batch[count] = count;
            return n;
        }

        double scale = 1 / Math.Log((double)(n - b) / n), at = -1;
        while (true)
        {
            // In (0, 1]: the logarithm of 0 is never asked for.
            double u = ((Word() >> 11) + 1) * (1.0 / (1L << 53));
            at += 1 + Math.Floor(Math.Log(u) * scale);
            if (at >= n) return count;
            batch[count++] = (int)at;
        }
    }

    /// <summary>One of 0 .. n - 1; the unevenness is below n / 2^64.</summary>
    private int Below(int n) => (int)Math.BigMul(Word(), (ulong)n, out _);

    private ulong Word()
    {
        if (_used == Words)
        {
            Philox.EightBlocks(_seed, _stream, _index, out Vector512<ulong> first, out Vector512<ulong> second);
            first.CopyTo(_words);
            second.CopyTo(_words, Words / 2);
            (_index, _used) = (_index + Words / 2, 0);
        }

        int word = _used++;
        return _words[word / 2 + (word & 1) * (Words / 2)];
    }
}
