namespace HessianKernels.Krylov;

/// <summary>One system's conjugate gradient run as the host sees it: scalars in, coefficients and verdicts out.</summary>
internal struct ConjugateGradientItem
{
    // The recurrence's residual drifts from the true one: aiming a little below the tolerance, the true one is met too.
    private const double Aim = 0.9;

    private readonly double _rightHandSide, _scale, _target;
    private readonly bool _guessed, _preconditioned;
    private double _product, _curvature;
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
    }

    /// <summary>False once the run has ended.</summary>
    public bool Running { get; private set; }

    /// <summary>True once its iterate was copied out.</summary>
    public bool Retired { get; set; }

    /// <summary>True where the last step overflowed: the solution stays what it was on entry.</summary>
    public bool IterateLost { get; private set; }

    public int Iterations { get; private set; }

    /// <summary>rho: the size of the residual that the iteration's vectors are in units of.</summary>
    public readonly double Scale => _scale;

    /// <summary>Step length; 0 once ended.</summary>
    public double Alpha { get; private set; }

    /// <summary>Share of the old direction in the new; 0 once ended.</summary>
    public double Beta { get; private set; }

    public void End(ConjugateGradientsStatus status) => (_status, Running, Alpha, Beta) = (status, false, 0, 0);

    /// <summary>Takes the first r^T z.</summary>
    public void Start(double product)
    {
        if (!Running) return;
        if (_preconditioned) _preconditions++;
        Take(product);
    }

    /// <summary>Takes p^T q and finds alpha.</summary>
    /// <returns>True where it is not positive.</returns>
    public bool Step(double curvature)
    {
        if (!Running) return false;
        _applications++;
        if (!double.IsFinite(curvature)) End(ConjugateGradientsStatus.NotFinite);
        else if (curvature <= 0) End(ConjugateGradientsStatus.NotPositiveDefinite);
        else Alpha = _product / curvature;
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

    /// <summary>Takes r^T r and r^T z of the new residual, and finds beta or the end.</summary>
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
        else if (Math.Sqrt(square) * _scale <= Aim * _target)
        {
            End(ConjugateGradientsStatus.Converged);
        }
        else
        {
            Beta = product / _product;
            Take(product);
        }
    }

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
        _product = product;
        if (!double.IsFinite(product)) End(ConjugateGradientsStatus.NotFinite);
        else if (product <= 0) End(_preconditioned ? ConjugateGradientsStatus.PreconditionerNotPositiveDefinite : ConjugateGradientsStatus.Converged);
    }
}
