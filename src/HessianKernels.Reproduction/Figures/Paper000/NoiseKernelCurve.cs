using HessianKernels.Reproduction.Figures.Models;
using HessianKernels.SecondMoment;

namespace HessianKernels.Reproduction.Figures.Paper000;

/// <summary>Loss, largest eigenvalue and noise kernel norms of the tangent kernel along a run.</summary>
internal sealed class NoiseKernelCurve(double learningRate, int batchSize)
{
    public double LearningRate => learningRate;

    public int BatchSize => batchSize;

    /// <summary>Examples seen over n.</summary>
    public List<double> Epochs { get; } = [];

    public List<double> Loss { get; } = [];

    /// <summary>Of Theta.</summary>
    public List<double> LambdaMax { get; } = [];

    public List<double> Exact { get; } = [];

    /// <summary>K of eq. 9.</summary>
    public List<double> Diagonal { get; } = [];

    /// <summary>K_HD of eq. 10.</summary>
    public List<double> HighDimensional { get; } = [];

    /// <summary>K_tr of eq. 11.</summary>
    public List<double> Trace { get; } = [];

    /// <summary>All of them.</summary>
    public IReadOnlyList<List<double>> Columns => [Epochs, Loss, LambdaMax, Exact, Diagonal, HighDimensional, Trace];

    /// <summary>Whether the run ended before its time.</summary>
    public bool Diverged { get; set; }

    /// <summary>The first epoch looked at by which the loss is at most a share of the first; infinite where it never is.</summary>
    public double EpochsTo(double share)
    {
        int at = Loss.FindIndex(loss => loss <= share * Loss[0]);
        return at < 0 ? double.PositiveInfinity : Epochs[at];
    }

    public Table ToTable(string name) => Table.Of(
        name, ("epoch", Epochs), ("loss", Loss), ("lambda_max", LambdaMax), ("K_exact", Exact), ("K", Diagonal), ("K_HD", HighDimensional),
        ("K_tr", Trace));
}

/// <summary>Looks at a run's tangent kernel at some steps.</summary>
internal sealed class NoiseKernelLook : IRunLook, IDisposable
{
    private readonly IReadOnlySet<long> _at;
    private readonly NoiseKernelCurve _curve;
    private readonly INetworkPoint _point;

    public NoiseKernelLook(INetworkTrainer trainer, IReadOnlySet<long> at, NoiseKernelCurve curve)
    {
        (_at, _curve) = (at, curve);
        _point = trainer.Point(new() { Order = 1 });
    }

    public double[][] State
    {
        get => [.. _curve.Columns.Select(column => column.ToArray())];
        set
        {
            foreach ((List<double> column, double[] values) in _curve.Columns.Zip(value)) column.AddRange(values);
        }
    }

    public void Observe(INetworkTrainer trainer, double learningRate, int batchSize, CancellationToken cancellation)
    {
        if (!_at.Contains(trainer.Step)) return;
        trainer.Lead(_point, cancellation);
        FunctionSpace space = _point.Curvatures(cancellation).Reduce(cancellation: cancellation);
        BatchSampling sampling = BatchSampling.WithoutReplacement(trainer.Examples, batchSize);
        NoiseKernelNorms norms = NoiseKernel.Norms(space, learningRate, sampling, new() { Tolerance = 1e-4, Threads = 1 }, null,
            cancellation);
        cancellation.ThrowIfCancellationRequested();
        double loss = _point.Value();
        _curve.Epochs.Add((double)trainer.Step * batchSize / trainer.Examples);
        _curve.Loss.Add(loss);
        _curve.LambdaMax.Add(space.Eigenvalues[0]);
        _curve.Exact.Add(norms.Exact.Value);
        _curve.Diagonal.Add(norms.Diagonal.Value);
        _curve.HighDimensional.Add(norms.HighDimensionalAsymptotic);
        _curve.Trace.Add(norms.Trace);
    }

    public void Dispose() => _point.Dispose();
}
