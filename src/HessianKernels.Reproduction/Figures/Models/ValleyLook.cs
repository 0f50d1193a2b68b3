namespace HessianKernels.Reproduction.Figures.Models;

/// <summary>What a look along the descent direction found.</summary>
/// <param name="Step">When.</param>
/// <param name="Interaction">g^T H g / ||g||^2.</param>
/// <param name="Ratios">The same with H taken further along -eta g, over it, at <see cref="ValleyLook.Shares"/> of a step.</param>
/// <param name="Loss">L - L(theta) at equal distances of 1 / <see cref="ValleyLook.PointsAStep"/> of a step.</param>
internal sealed record Valley(long Step, double Interaction, double[] Ratios, double[] Loss)
{
    /// <summary>Where the loss is back at its first value, in steps, by a straight line; NaN where it is not within reach.</summary>
    public double Across
    {
        get
        {
            int at = Array.FindIndex(Loss, 2, loss => loss >= 0);
            return at < 0 || Loss[1] >= 0 ? double.NaN : (at - 1 + Loss[at - 1] / (Loss[at - 1] - Loss[at])) / ValleyLook.PointsAStep;
        }
    }

    /// <summary>Where between here and there the loss is least, as a share of the way: one half for a quadratic.</summary>
    public double Bottom
    {
        get
        {
            int least = Array.IndexOf(Loss, Loss.Min());
            if (least <= 0 || least == Loss.Length - 1) return double.NaN;
            // The vertex of the parabola through the three lowest points.
            double before = Loss[least - 1] - Loss[least], after = Loss[least + 1] - Loss[least];
            return (least + 0.5 * (before - after) / (before + after)) / ValleyLook.PointsAStep / Across;
        }
    }
}

/// <summary>Looks at the loss and its curvature along the descent direction of full-batch descent, every so many steps.</summary>
internal sealed class ValleyLook : IRunLook, IDisposable
{
    /// <summary>Points of the loss a step.</summary>
    public const int PointsAStep = 12;

    private const int Points = 4 * PointsAStep;

    private readonly int _every;
    private readonly List<Valley> _found;
    private readonly INetworkPoint _here, _there;

    public ValleyLook(INetworkTrainer trainer, int every, List<Valley> found)
    {
        (_every, _found) = (every, found);
        _here = trainer.Point();
        _there = trainer.Point();
    }

    /// <summary>The paper's alpha.</summary>
    public static double[] Shares { get; } = [0.25, 0.5, 0.75, 1, 1.25];

    public double[][] State
    {
        get => [.. _found.Select(valley => (double[])[valley.Step, valley.Interaction, .. valley.Ratios, .. valley.Loss])];
        set => _found.AddRange(value.Select(row => new Valley((long)row[0], row[1], row[2..^(Points + 1)], row[^(Points + 1)..])));
    }

    public void Observe(INetworkTrainer trainer, double learningRate, int batchSize, CancellationToken cancellation)
    {
        if (trainer.Step % _every != 0) return;
        trainer.Lead(_here, cancellation);
        trainer.Lead(_there, cancellation);
        double[] gradient = _here.Gradient(), start = trainer.Parameters();
        double loss = _here.Value(), form = _here.HessianForm(gradient);
        void Go(double share)
        {
            cancellation.ThrowIfCancellationRequested();
            double[] moved = [.. start];
            QuadraticRegression.AddScaled(-learningRate * share, gradient, moved);
            _there.MoveTo(moved);
        }

        double[] ratios = new double[Shares.Length], losses = new double[Points + 1];
        for (int k = 0; k < ratios.Length; k++)
        {
            Go(Shares[k]);
            ratios[k] = _there.HessianForm(gradient) / form;
        }

        for (int k = 1; k <= Points; k++)
        {
            Go((double)k / PointsAStep);
            losses[k] = _there.Value() - loss;
        }

        _found.Add(new(trainer.Step, form / QuadraticRegression.Dot(gradient, gradient), ratios, losses));
    }

    public void Dispose()
    {
        _here.Dispose();
        _there.Dispose();
    }
}
