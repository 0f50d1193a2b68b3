namespace HessianKernels.Krylov;

/// <summary>Which eigenvalues are wanted.</summary>
public enum SpectrumEnd
{
    /// <summary>The k algebraically largest, in descending order.</summary>
    Largest,

    /// <summary>The k algebraically smallest, in ascending order.</summary>
    Smallest,

    /// <summary>The k largest in magnitude, in descending order of magnitude.</summary>
    LargestMagnitude,

    /// <summary>The ceil(k/2) largest and the floor(k/2) smallest, in descending order.</summary>
    BothEnds,
}
