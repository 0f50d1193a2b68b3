namespace HessianKernels.SecondMoment;

/// <summary>How an estimate of a Lyapunov exponent ended.</summary>
public enum LyapunovStatus
{
    /// <summary>All steps were made.</summary>
    Completed,

    /// <summary>Cancelled: the estimate is of the spans that every run had ended.</summary>
    Cancelled,

    /// <summary>A product took a vector to zero, or beyond the range of double: the exponent told is minus or plus infinity.</summary>
    OutOfRange,
}

/// <summary>The top Lyapunov exponent at one learning rate.</summary>
/// <param name="LearningRate">eta.</param>
/// <param name="Value">gamma, per step: below 0 almost every path converges, above 0 almost every path diverges.</param>
/// <param name="StandardError">Of <paramref name="Value"/>, from the spread of the means of spans: it lies within two of these about 95 times in 100.</param>
/// <param name="Runs">Independent runs.</param>
/// <param name="Steps">Steps that counted, of each run.</param>
/// <param name="Status">How the estimate ended.</param>
public readonly record struct LyapunovEstimate(double LearningRate, double Value, double StandardError, int Runs, int Steps, LyapunovStatus Status);
