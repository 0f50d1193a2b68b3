namespace HessianKernels.SecondMoment;

/// <summary>How a search for the edge of the typical path ended.</summary>
public enum TypicalLearningRateStatus
{
    /// <summary>gamma crosses zero between two learning rates as close as was asked for.</summary>
    Converged,

    /// <summary>No learning rate tried had gamma below zero and a larger one gamma above.</summary>
    NotBracketed,

    /// <summary>Cancelled: the value is the middle of the bracket so far; NaN where there was none.</summary>
    Cancelled,
}

/// <summary>The learning rate at which the typical path turns from converging to diverging: where gamma crosses zero from below.</summary>
/// <param name="Value">eta, where the estimate of gamma crosses zero.</param>
/// <param name="Lower">The nearest learning rate below that was tried and has gamma below zero by two standard errors; 0 where none has.</param>
/// <param name="Upper">The nearest learning rate above that was tried and has gamma above zero by two standard errors; infinite where none has.</param>
/// <param name="Slope">About d gamma / d eta there; NaN unless converged.</param>
/// <param name="LearningRatesTried">How many estimates of gamma it took.</param>
/// <param name="Status">How the search ended.</param>
public readonly record struct TypicalLearningRate(
    double Value, double Lower, double Upper, double Slope, int LearningRatesTried, TypicalLearningRateStatus Status);
