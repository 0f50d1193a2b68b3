namespace HessianKernels.Krylov;

/// <summary>
/// One system's conjugate gradient run as the host sees it: scalars in, verdicts out. The space decides by the same comparisons, so that an
/// item that has ended here moves no more there.
/// </summary>
internal struct ConjugateGradientItem
{
    // The recurrence's residual drifts from the true one: aiming a little below the tolerance, the true one is met too.
    private const double Aim = 0.9;

    private readonly double _rightHandSide, _scale, _target;
    private readonly bool _guessed, _preconditioned;
    private double _curvature;
    private int _applications, _preconditions;
    private ConjugateGradientsStatus _status;

    /// <summary>Begins a run, and ends it where there is nothing to do.</summary>
    /// <param name="rightHandSide">||b||.</param>
    /// <param name="scale">rho = ||b - A x_0||.</param>
    /// <param name="target">The tolerance on ||b - A x||.</param>
    /// <param name="guessed">Whether a product was spent on x_0.</param>
    /// <param name="preconditioned">Whether there is a preconditioner.</param>
    public ConjugateGradientItem(double rightHandSide, double scale, double target, bool guessed, bool preconditioned)
    {
        (_rightHandSide, _scale, _target, _guessed, _preconditioned) = (rightHandSide, rightHandSide == 0 ? 0 : scale, target, guessed, preconditioned);
        _applications = guessed ? 1 : 0;
        _curvature = double.NaN;
        Running = true;
        if (!double.IsFinite(rightHandSide) || !double.IsFinite(scale)) End(ConjugateGradientsStatus.NotFinite);
        else if (_scale <= target) End(ConjugateGradientsStatus.Converged);
        else Bound = Aim * target / _scale * (Aim * target / _scale);
    }

    /// <summary>False once the run has ended.</summary>
    public bool Running { get; private set; }

    /// <summary>True once its iterate was copied out.</summary>
    public bool Retired { get; set; }

    /// <summary>True where a step left no finite iterate: the solution stays what it was on entry.</summary>
    public bool IterateLost { get; private set; }

    public int Iterations { get; private set; }

    /// <summary>Whether there is an iterate beside the solution on entry.</summary>
    public readonly bool Moved => Iterations > 0 && !IterateLost;

    /// <summary>rho: the size of the residual that the iteration's vectors are in units of.</summary>
    public readonly double Scale => _scale;

    /// <summary>What r^T r must come down to, rounded as the space stores it.</summary>
    public double Bound { get; set; }

    public void End(ConjugateGradientsStatus status) => (_status, Running) = (status, false);

    /// <summary>Takes the first r^T z.</summary>
    public void Start(double product)
    {
        if (!Running) return;
        if (_preconditioned) _preconditions++;
        Take(product);
    }

    /// <summary>Takes p^T q.</summary>
    /// <returns>True where it is not positive.</returns>
    public bool Step(double curvature)
    {
        if (!Running) return false;
        _applications++;
        if (!double.IsFinite(curvature)) End(ConjugateGradientsStatus.NotFinite);
        else if (curvature <= 0) End(ConjugateGradientsStatus.NotPositiveDefinite);
        if (_status != ConjugateGradientsStatus.NotPositiveDefinite) return false;
        _curvature = curvature;
        return true;
    }

    /// <summary>Makes the curvature a Rayleigh quotient.</summary>
    /// <param name="square">p^T p.</param>
    public void Explain(double square)
    {
        // Once only, at the step that met it: afterwards the direction is no longer the one.
        if (_status == ConjugateGradientsStatus.NotPositiveDefinite && !Retired) _curvature /= square;
    }

    /// <summary>Takes r^T r and r^T z of the new residual, and finds the end.</summary>
    public void Continue(double square, double product)
    {
        if (!Running) return;
        Iterations++;
        if (_preconditioned) _preconditions++;
        if (!double.IsFinite(square))
        {
            End(ConjugateGradientsStatus.NotFinite);
            IterateLost = true;
        }
        else if (square <= Bound)
        {
            End(ConjugateGradientsStatus.Converged);
        }
        else
        {
            Take(product);
        }
    }

    /// <summary>Further steps were made before it was seen that one had ended it.</summary>
    public void Overrun() => IterateLost |= _status == ConjugateGradientsStatus.NotFinite;

    /// <summary>The evidence, with the true residual of what is returned.</summary>
    /// <param name="residual">||b - A x||; not read where no step was taken, since it is known.</param>
    public readonly ConjugateGradientsEvidence Conclude(double residual)
    {
        bool measured = Iterations > 0;
        if (!measured) residual = _scale;
        return new()
        {
            Status = _status switch
            {
                ConjugateGradientsStatus.Converged or ConjugateGradientsStatus.IterationLimit when residual <= _target => ConjugateGradientsStatus.Converged,
                ConjugateGradientsStatus.Converged => ConjugateGradientsStatus.RoundingLimit,
                _ => _status,
            },
            Iterations = Iterations,
            ResidualNorm = residual,
            RightHandSideNorm = _rightHandSide,
            Curvature = _curvature,
            OperatorApplications = _applications + (measured ? 1 : 0),
            PreconditionerApplications = _preconditions,
        };
    }

    private void Take(double product)
    {
        if (!double.IsFinite(product)) End(ConjugateGradientsStatus.NotFinite);
        else if (product <= 0) End(_preconditioned ? ConjugateGradientsStatus.PreconditionerNotPositiveDefinite : ConjugateGradientsStatus.Converged);
    }
}
