namespace HessianKernels.Krylov;

/// <summary>How a Lanczos run is to be made. Every default suits a first call.</summary>
public sealed record LanczosOptions
{
    /// <summary>The defaults.</summary>
    public static LanczosOptions Default { get; } = new();

    /// <summary>Which eigenvalues are wanted; the largest by default.</summary>
    public SpectrumEnd Which { get; init; } = SpectrumEnd.Largest;

    /// <summary>
    /// A pair has converged when ||A y - theta y|| is at most this times ||A|| (estimated by the largest Ritz value in magnitude). Between 0 and 1; by default the square root of
    /// the element type's epsilon: 1.5e-8 in double, 3.5e-4 in float. Below 8 epsilon it is taken as 8 epsilon.
    /// </summary>
    public double? Tolerance { get; init; }

    /// <summary>
    /// Most basis vectors held at a time: at least min(n, k + 3); by default n up to order 128, above min(n, max(2 k + 20, 40)). Fewer take less memory and more products.
    /// </summary>
    public int? MaximumBasis { get; init; }

    /// <summary>Most products with the operator in the iteration, for each batch item, at least 1. Reaching it is the status <see cref="LanczosStatus.Partial"/>.</summary>
    public int MaximumApplications { get; init; } = 100_000;

    /// <summary>Names the random vectors: same seed, same bits, whatever the thread count.</summary>
    public ulong Seed { get; init; }

    /// <summary>Most threads used; 0 for one a processor. Changes no bit of any result.</summary>
    public int Threads { get; init; }

    /// <summary>
    /// A Krylov space shows one copy of a multiple eigenvalue. Where this is true, a run whose k pairs have converged locks them and looks once more from a
    /// random vector orthogonal to them, until a missed copy shows or is less likely than <see cref="MissProbability"/>. Costs some further products; of a dense matrix
    /// of order 512 or more the first five are made beside the first five of the run, reading the matrix once for two.
    /// </summary>
    public bool FindMultiplicity { get; init; } = true;

    /// <summary>
    /// How improbable a missed copy must be made, in (0, 1). What was reached is reported (<see cref="LanczosEvidence.MissProbability"/>); where wanted eigenvalues crowd, it may
    /// fall short, since the look ends after half the steps of the search before it, or 16.
    /// </summary>
    public double MissProbability { get; init; } = 0.02;

    /// <summary>
    /// Whether the products A v are kept beside the basis, so that residuals A y - theta y come from products made rather than k more of them. Doubles the
    /// memory; trusts the operator to be linear. By default (null) so for a dense matrix of order above 256, and not for any other operator.
    /// </summary>
    public bool? StoreProducts { get; init; }

    /// <summary>Whether a dense matrix is searched for NaN, infinities and asymmetry first: one pass over it.</summary>
    public bool Validate { get; init; } = true;

    /// <summary>Whether a run that ends early, cancelled or at <see cref="MaximumApplications"/>, leaves a checkpoint it can be resumed from. Copies the basis.</summary>
    public bool KeepCheckpoint { get; init; }

    /// <summary>
    /// Whether the caller's start is taken as it is, without the little randomness that otherwise keeps anything from being invisible to it: for a start that is
    /// known to overlap the wanted vector, as a positive one does a Perron vector.
    /// </summary>
    internal bool TrustStart { get; init; }
}
