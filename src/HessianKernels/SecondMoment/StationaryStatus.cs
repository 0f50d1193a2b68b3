namespace HessianKernels.SecondMoment;

/// <summary>How a search for a stationary covariance ended.</summary>
public enum StationaryStatus
{
    /// <summary>The residual is within the tolerance.</summary>
    Converged,

    /// <summary>SGD is not stable in mean square there: no covariance is stationary, and none is returned.</summary>
    Unstable,

    /// <summary>
    /// The search was cut short, or rounding kept the residual above the tolerance: what was found is returned, and its residual tells how
    /// good it is.
    /// </summary>
    Partial,
}
