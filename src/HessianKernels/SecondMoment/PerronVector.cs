using HessianKernels.Krylov;
using HessianKernels.Spaces;

namespace HessianKernels.SecondMoment;

/// <summary>
/// The largest eigenvalue of an operator that maps a cone (positive vectors, positive semidefinite matrices) into itself. Its vector lies
/// in that cone (Krein and Rutman; Perron and Frobenius for matrices), so a start inside the cone overlaps with it: no random start is
/// needed, and no search for what a start may have missed.
/// </summary>
internal static class PerronVector
{
    // Vectors of a basis: as many as 256 MiB hold, within reason.
    private const int FewestVectors = 24, MostVectors = 48, Elements = 1 << 25;

    /// <summary>Runs Lanczos from a start inside the cone.</summary>
    /// <param name="matrix">The operator.</param>
    /// <param name="start">The start on entry; on return the unit vector found, where one was.</param>
    /// <param name="options">Tolerance and limits.</param>
    /// <param name="storeProducts">Whether memory for twice the basis is a fair price for one product.</param>
    /// <param name="progress">Told of every look.</param>
    /// <param name="cancellation">Ends the run with what was found.</param>
    public static TopEigenvalue Find(
        ILinearOperator<Span<double>> matrix, Span<double> start, SecondMomentOptions options, bool storeProducts,
        IProgress<LanczosProgress>? progress, CancellationToken cancellation)
    {
        LanczosOptions settings = Settings(matrix.Length, options, storeProducts);
        LanczosResult<double> result = Lanczos.TopK<double>(matrix, 1, settings, start, progress, cancellation);
        LanczosEvidence evidence = result.Evidence;
        if (evidence.Found > 0) result.Eigenvectors.CopyTo(start);
        return new()
        {
            Value = result.Eigenvalues[0],
            Radius = result.EnclosureRadii[0],
            ResidualNorm = result.ResidualNorms[0],
            OperatorApplications = evidence.OperatorApplications,
            Status = evidence.Status,
        };
    }

    /// <summary>Bytes of a run.</summary>
    public static long RequiredBytes(long length, SecondMomentOptions options, bool storeProducts)
        => length > int.MaxValue ? long.MaxValue
            : Lanczos.EstimateMemory<double>((int)Math.Max(length, 1), 1, 1, Settings((int)Math.Max(length, 1), options, storeProducts),
                matrix: false).Total;

    internal static LanczosOptions Settings(int length, SecondMomentOptions options, bool storeProducts) => new()
    {
        Tolerance = options.Tolerance,
        MaximumApplications = options.MaximumApplications,
        MaximumBasis = Math.Min(length, Math.Clamp(Elements / length, FewestVectors, MostVectors)),
        FindMultiplicity = false,
        StoreProducts = storeProducts,
        Threads = options.Threads,
        TrustStart = true,
    };
}
