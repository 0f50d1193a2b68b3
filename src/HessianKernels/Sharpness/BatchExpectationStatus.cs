namespace HessianKernels.Sharpness;

/// <summary>How an expectation over batches came to be.</summary>
public enum BatchExpectationStatus
{
    /// <summary>All batches were enumerated: there is no sampling error.</summary>
    Exact,

    /// <summary>Random batches were drawn until the standard error asked for was reached.</summary>
    Converged,

    /// <summary>
    /// The limit of batches was reached before the standard error asked for. The estimate stands, with its own standard error.
    /// </summary>
    LimitReached,

    /// <summary>
    /// The caller cancelled. The estimate is of the batches finished before. Where they were being enumerated, these are the first in
    /// lexicographic order, no random choice: the standard error is NaN.
    /// </summary>
    Cancelled,
}
