using HessianKernels.Krylov;

namespace HessianKernels.Reproduction.Figures.Models;

/// <summary>What full-batch descent meets, step by step, at the parameters before each.</summary>
internal sealed class DescentCurve
{
    /// <summary>L.</summary>
    public List<double> Loss { get; } = [];

    /// <summary>lambda_1 of H.</summary>
    public List<double> Sharpness { get; } = [];

    /// <summary>lambda_2.</summary>
    public List<double> Second { get; } = [];

    /// <summary>g^T H g / ||g||^2: the interaction-aware sharpness of the full batch.</summary>
    public List<double> Interaction { get; } = [];

    /// <summary>|cos(q_1, g)|.</summary>
    public List<double> Cosine { get; } = [];

    /// <summary>|q_1 . g|.</summary>
    public List<double> Along { get; } = [];

    /// <summary>cos of the gradient and the one before; NaN at the first step.</summary>
    public List<double> Turn { get; } = [];

    /// <summary>|cos| of q_1 and the one before; NaN at the first step.</summary>
    public List<double> AxisTurn { get; } = [];

    /// <summary>All of them.</summary>
    public IReadOnlyList<List<double>> Columns => [Loss, Sharpness, Second, Interaction, Cosine, Along, Turn, AxisTurn];

    public int Count => Loss.Count;

    /// <summary>The steps, from 0.</summary>
    public double[] Steps => [.. Enumerable.Range(0, Count).Select(step => (double)step)];

    public Table ToTable(string name) => Table.Of(
        name, ("step", Steps), ("loss", Loss), ("sharpness", Sharpness), ("second_eigenvalue", Second),
        ("interaction_aware_sharpness", Interaction), ("cosine_q1_gradient", Cosine), ("gradient_along_q1", Along),
            ("cosine_gradient_before", Turn), ("cosine_q1_before", AxisTurn));
}

/// <summary>Looks at every step of full-batch descent.</summary>
internal sealed class DescentLook : IRunLook, IDisposable
{
    private readonly DescentCurve _curve;
    private readonly INetworkPoint _point;
    private double[] _vectors = [], _top = [], _gradient = [];

    public DescentLook(INetworkTrainer trainer, DescentCurve curve)
    {
        _curve = curve;
        _point = trainer.Point();
    }

    public double[][] State
    {
        get => [_vectors, _top, _gradient, .. _curve.Columns.Select(column => column.ToArray())];
        set
        {
            (_vectors, _top, _gradient) = (value[0], value[1], value[2]);
            foreach ((List<double> column, double[] values) in _curve.Columns.Zip(value[3..])) column.AddRange(values);
        }
    }

    public void Observe(INetworkTrainer trainer, double learningRate, int batchSize, CancellationToken cancellation)
    {
        trainer.Lead(_point, cancellation);
        double[] gradient = _point.Gradient();
        double square = Dot(gradient, gradient);
        LanczosOptions options = new()
        {
            Which = SpectrumEnd.Largest, Tolerance = 1e-3, MaximumApplications = 500, Seed = (ulong)trainer.Step, FindMultiplicity = false,
            Validate = false,
        };
        LanczosResult<double> largest = _point.TopK(2, options, _vectors, cancellation);
        cancellation.ThrowIfCancellationRequested();
        double[] top = largest.Eigenvectors[..gradient.Length];
        double along = Math.Abs(Dot(top, gradient)), loss = _point.Value(), interaction = _point.HessianForm(gradient) / square;
        _curve.Loss.Add(loss);
        _curve.Sharpness.Add(largest.Eigenvalues[0]);
        _curve.Second.Add(largest.Eigenvalues[1]);
        _curve.Interaction.Add(interaction);
        _curve.Along.Add(along);
        _curve.Cosine.Add(along / Math.Sqrt(square));
        _curve.Turn.Add(_gradient.Length == 0 ? double.NaN : Dot(gradient, _gradient) / Math.Sqrt(square * Dot(_gradient, _gradient)));
        _curve.AxisTurn.Add(_top.Length == 0 ? double.NaN : Math.Abs(Dot(top, _top)));
        (_vectors, _top, _gradient) = (largest.Eigenvectors, top, gradient);
    }

    public void Dispose() => _point.Dispose();

    private static double Dot(double[] x, double[] y) => QuadraticRegression.Dot(x, y);
}
