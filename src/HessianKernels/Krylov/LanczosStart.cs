namespace HessianKernels.Krylov;

/// <summary>What a run finds in slot 0 when it begins.</summary>
internal enum LanczosStart
{
    /// <summary>Nothing: it draws a random vector.</summary>
    Random,

    /// <summary>The random unit vector of its seed, drawn before: the items of a batch all begin from it.</summary>
    Drawn,

    /// <summary>A vector of the caller's.</summary>
    Callers,
}
