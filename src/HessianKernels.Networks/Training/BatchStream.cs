using HessianKernels.SecondMoment;

namespace HessianKernels.Networks.Training;

/// <summary>
/// The batches of a run: that of step t is a function of (seed, t) alone, a reshuffling's of (seed, epoch, place in it), so that a run can
/// go on anywhere.
/// </summary>
internal sealed class BatchStream(int examples, BatchSelection selection, ulong seed)
{
    private BatchDraws? draws;
    private int drawnSize;
    private int[] order = [];
    private long orderOf = -1;

    /// <summary>Of a reshuffling: the epoch under way.</summary>
    public long Epoch { get; private set; }

    /// <summary>Of a reshuffling: examples of the epoch already used.</summary>
    public int Position { get; private set; }

    /// <summary>Goes back to where a checkpoint was.</summary>
    public void Restore(long epoch, int position) => (Epoch, Position) = (epoch, position);

    /// <summary>The most examples a batch may have.</summary>
    public int Most(int batchSize) => BatchDraws.Most(selection.Sampling(examples, batchSize));

    /// <summary>Draws the batch of a step.</summary>
    /// <returns>How many examples it has.</returns>
    public int Draw(long step, int batchSize, Span<int> batch)
    {
        if (selection == BatchSelection.Reshuffling) return NextOfEpoch(batchSize, batch);
        if (selection == BatchSelection.WithoutReplacement && batchSize == examples)
        {
            // The sum's order is then the examples' own, and no random number is spent.
            for (int i = 0; i < examples; i++) batch[i] = i;
            return examples;
        }

        if (draws is null || drawnSize != batchSize)
            (draws, drawnSize) = (new(selection.Sampling(examples, batchSize), seed, 0), batchSize);
        draws.Restart((ulong)step);
        return draws.Next(batch);
    }

    private int NextOfEpoch(int batchSize, Span<int> batch)
    {
        if (Position >= examples) (Epoch, Position) = (Epoch + 1, 0);
        if (orderOf != Epoch)
        {
            if (order.Length == 0) order = new int[examples];
            new BatchDraws(BatchSampling.WithoutReplacement(examples, examples), seed, (ulong)Epoch).Next(order);
            orderOf = Epoch;
        }

        int count = Math.Min(batchSize, examples - Position);
        order.AsSpan(Position, count).CopyTo(batch);
        Position += count;
        return count;
    }
}
