namespace HessianKernels.Reproduction.Figures.Models;

/// <summary>Numbers measured now and then where a run is, beside what a tracker records.</summary>
/// <param name="trainer">Of the run.</param>
/// <param name="every">Steps between two looks, from step 0 on.</param>
/// <param name="measure">Given the training set at the run's parameters, eta and b of the step, and the step.</param>
internal sealed class PointLook(
    INetworkTrainer trainer, int every, Func<INetworkPoint, double, int, long, CancellationToken, double> measure) : IRunLook, IDisposable
{
    private readonly INetworkPoint _point = trainer.Point();
    private readonly List<double> _steps = [], _values = [];

    public IReadOnlyList<double> Steps => _steps;

    public IReadOnlyList<double> Values => _values;

    /// <summary>The median of the values from a step on; NaN where there is none.</summary>
    public double Late(long from) => Median.Of(_values.Where((_, i) => _steps[i] >= from));

    public double[][] State
    {
        get => [[.. _steps], [.. _values]];
        set
        {
            _steps.AddRange(value[0]);
            _values.AddRange(value[1]);
        }
    }

    public void Observe(INetworkTrainer trainer, double learningRate, int batchSize, CancellationToken cancellation)
    {
        if (trainer.Step % every != 0) return;
        trainer.Lead(_point, cancellation);
        double value = measure(_point, learningRate, batchSize, trainer.Step, cancellation);
        // What was ended before its time is no value.
        cancellation.ThrowIfCancellationRequested();
        _steps.Add(trainer.Step);
        _values.Add(value);
    }

    /// <summary>Gives the point's memory back; what was measured stays.</summary>
    public void Dispose() => _point.Dispose();
}
