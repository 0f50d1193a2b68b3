namespace HessianKernels.Reproduction.Figures.Models;

/// <summary>
/// Now and then, over batches that are drawn apart from the run's own: <c>E[g_B^T H g_B] / ||g||^2</c>, and the change of the full loss
/// that a step is expected to make, <c>(E[L(theta - eta g_B)] - L) / ||g||^2</c>.
/// </summary>
/// <remarks>
/// Both are means over the same batches. The second takes <c>-eta E[g_B] . g</c> as what it is, <c>-eta ||g||^2</c>, and the mean over
/// batches of the rest alone.
/// </remarks>
internal sealed class LossChangeLook : IRunLook, IDisposable
{
    private readonly int _every, _batches;
    private readonly List<(long Step, double Interaction, double Change)> _found;
    private readonly INetworkPoint _full, _moved, _batch;

    /// <param name="trainer">Whom to look at.</param>
    /// <param name="every">Steps between two looks.</param>
    /// <param name="batches">Drawn a look.</param>
    /// <param name="found">What was found; is added to.</param>
    public LossChangeLook(
        INetworkTrainer trainer, int every, int batches, List<(long Step, double Interaction, double Change)> found)
    {
        (_every, _batches, _found) = (every, batches, found);
        _full = trainer.Point();
        _moved = trainer.Point(new() { Order = 1 });
        _batch = trainer.Point(new() { Order = 1, Capacity = trainer.Options.BatchSize });
    }

    public double[][] State
    {
        get => [.. _found.Select(point => (double[])[point.Step, point.Interaction, point.Change])];
        set => _found.AddRange(value.Select(row => ((long)row[0], row[1], row[2])));
    }

    public void Observe(INetworkTrainer trainer, double learningRate, int batchSize, CancellationToken cancellation)
    {
        if (trainer.Step % _every != 0) return;
        foreach (INetworkPoint point in (INetworkPoint[])[_full, _moved, _batch]) trainer.Lead(point, cancellation);
        double[] gradient = _full.Gradient(), start = trainer.Parameters();
        double loss = _full.Value(), square = QuadraticRegression.Dot(gradient, gradient), bent = 0, beyond = 0;
        RandomNumbers random = new(trainer.Options.Seed, (ulong)trainer.Step);
        int[] order = [.. Enumerable.Range(0, trainer.Examples)];
        for (int number = 0; number < _batches; number++)
        {
            cancellation.ThrowIfCancellationRequested();
            random.Choose(batchSize, order);
            _batch.Select(order.AsSpan(0, batchSize));
            double[] direction = _batch.Gradient(), moved = [.. start];
            bent += _full.HessianForm(direction) / _batches;
            QuadraticRegression.AddScaled(-learningRate, direction, moved);
            _moved.MoveTo(moved);
            beyond += (_moved.Value() - loss + learningRate * QuadraticRegression.Dot(gradient, direction)) / _batches;
        }

        _found.Add((trainer.Step, bent / square, beyond / square - learningRate));
    }

    public void Dispose()
    {
        _full.Dispose();
        _moved.Dispose();
        _batch.Dispose();
    }
}
