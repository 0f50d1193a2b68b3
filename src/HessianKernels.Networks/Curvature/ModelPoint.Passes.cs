namespace HessianKernels.Networks.Curvature;

public sealed partial class ModelPoint<TView>
{
    /// <summary>How far a micro-batch has come.</summary>
    private enum Stage
    {
        None,

        /// <summary>Outputs, losses and activations are there.</summary>
        Forward,

        /// <summary>The signals of the loss, too.</summary>
        Signals,
    }

    /// <summary>The pass of one micro-batch, come at least as far as <paramref name="stage"/>.</summary>
    private ModelPass<TView> Ready(int piece, Stage stage)
    {
        int slot = Loaded(piece);
        ModelPass<TView> pass = passes[slot];
        Begin(pass);
        if (done[slot].Stage == Stage.None)
        {
            pass.Forward(Parameters);
            done[slot] = (piece, Stage.Forward);
        }

        if (stage == Stage.Signals && done[slot].Stage < Stage.Signals)
        {
            pass.Backward(Parameters, false, default!);
            done[slot] = (piece, Stage.Signals);
        }

        return pass;
    }

    private void Begin(ModelPass<TView> pass)
    {
        Cancellation.ThrowIfCancellationRequested();
        pass.Cancellation = Cancellation;
        Passes?.Report(pass.Examples);
    }

    /// <summary>The place of the pass that is shown a micro-batch's examples.</summary>
    private int Loaded(int piece)
    {
        int slot = Plan.Recompute ? 0 : piece;
        while (passes.Count <= slot)
        {
            int capacity = Plan.Recompute ? MicroBatch : Math.Min(MicroBatch, Plan.Capacity - passes.Count * MicroBatch);
            passes.Add(new(Space, Model, Loss, Math.Min(capacity, Plan.Capacity), Order, workspace));
            done.Add((-1, Stage.None));
        }

        if (done[slot].Piece != piece)
        {
            long first = First(piece);
            passes[slot].Show(all ? source.InputMemory : gathered!, all ? source.TargetMemory : gatheredTargets!, weights, first,
                Count(piece));
            done[slot] = (piece, Stage.None);
        }

        return slot;
    }

    private long First(int piece) => (long)piece * MicroBatch;

    private int Count(int piece) => (int)Math.Min(MicroBatch, Examples - First(piece));

    internal void ThrowIfNotOrder(int order, string what)
    {
        if (Order >= order) return;
        throw new InvalidOperationException(
            $"{what} needs a point of order {order}; this one is of order {Order} (ModelPointOptions.Order).");
    }

    /// <summary>Examples' part of a tensor <c>[n, columns]</c>.</summary>
    private TView Rows(TView tensor, int piece, int columns) => Space.Slice(tensor, First(piece) * columns, (long)Count(piece) * columns);
}
