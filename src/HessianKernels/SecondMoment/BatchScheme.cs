namespace HessianKernels.SecondMoment;

/// <summary>How a batch is drawn from the examples.</summary>
public enum BatchScheme
{
    /// <summary>b different examples, every subset alike (a random reshuffling's marginal).</summary>
    WithoutReplacement,

    /// <summary>b independent draws; an example may come more than once.</summary>
    WithReplacement,

    /// <summary>Each example on its own with probability b / n; the step is scaled by 1 / b, whatever the batch's size came to.</summary>
    Bernoulli,

    /// <summary>Any scheme, known by its alpha and kappa alone.</summary>
    Custom,
}
