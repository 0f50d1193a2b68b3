using HessianKernels.Krylov;

namespace HessianKernels.Reproduction.Figures.Models;

/// <summary>The largest eigenvalues of a Hessian and their eigenvectors.</summary>
/// <param name="Values">Falling.</param>
/// <param name="Vectors">One after another, each of unit length.</param>
internal sealed record TopEigenpairs(double[] Values, double[] Vectors)
{
    private int Length => Vectors.Length / Values.Length;

    /// <summary>The i-th eigenvector.</summary>
    public ReadOnlySpan<double> Vector(int i) => Vectors.AsSpan(i * Length, Length);

    /// <summary>Of the point's Hessian.</summary>
    /// <param name="point">Where.</param>
    /// <param name="count">How many.</param>
    /// <param name="near">Those of a point near by, to begin from; null where there are none.</param>
    /// <param name="cancellation">Ends the search.</param>
    public static TopEigenpairs Of(INetworkPoint point, int count, TopEigenpairs? near, CancellationToken cancellation)
    {
        LanczosOptions options = new()
        {
            Which = SpectrumEnd.Largest, Tolerance = 1e-4, MaximumApplications = 1000, FindMultiplicity = false, Validate = false,
        };
        // Within a product, too.
        point.Cancellation = cancellation;
        LanczosResult<double> top = point.TopK(count, options, near is null ? default : near.Vectors, cancellation);
        cancellation.ThrowIfCancellationRequested();
        return new(top.Eigenvalues, top.Eigenvectors);
    }

    /// <summary>At several points of a path, each search begun with what the one before found.</summary>
    /// <param name="run">The figure's.</param>
    /// <param name="setting">Network and data.</param>
    /// <param name="path">Its points.</param>
    /// <param name="count">How many pairs.</param>
    public static TopEigenpairs[] Along(FigureRun run, NetworkSetting setting, IReadOnlyList<double[]> path, int count)
        => setting.At(run, path[0], point =>
        {
            TopEigenpairs[] found = new TopEigenpairs[path.Count];
            for (int i = 0; i < found.Length; i++)
            {
                point.MoveTo(path[i]);
                found[i] = Of(point, count, i == 0 ? null : found[i - 1], run.Cancellation);
            }

            return found;
        });

    /// <summary>|v_i . w_i|.</summary>
    public double Similarity(TopEigenpairs other, int i) => Subspaces.AbsoluteSimilarity(Vector(i), other.Vector(i));

    /// <summary>The cosine of the Fubini-Study distance of the spans, the product of the cosines of their principal angles: 1 where they
    /// are the same.</summary>
    public double SubspaceSimilarity(TopEigenpairs other)
        => Math.Cos(Subspaces.Compare<double>(Vectors, other.Vectors, Length, new() { Orthonormalize = true, Threads = 1 })
            .Distance(SubspaceDistance.FubiniStudy));
}
