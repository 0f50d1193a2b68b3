namespace HessianKernels.Krylov;

/// <summary>The angles between two subspaces, and the distances made of them.</summary>
public sealed class PrincipalAngles
{
    private readonly double[] _angles;

    internal PrincipalAngles(double[] angles) => _angles = angles;

    /// <summary>
    /// The min(p, q) principal angles in radians, ascending, within [0, pi/2]: <c>cos theta_i</c> is the i-th largest singular value of V^T W. Accurate to rounding, small
    /// angles too, as far as the bases are orthonormal.
    /// </summary>
    public ReadOnlySpan<double> Angles => _angles;

    /// <summary>Dimension of the first subspace: p, or the rank of the vectors given where they were orthonormalised.</summary>
    public int FirstDimension { get; init; }

    /// <summary>Dimension of the second subspace.</summary>
    public int SecondDimension { get; init; }

    /// <summary>||I - V^T V||_F of the first basis as it was compared.</summary>
    public double FirstOrthogonality { get; init; }

    /// <summary>||I - W^T W||_F of the second basis as it was compared.</summary>
    public double SecondOrthogonality { get; init; }

    /// <summary>
    /// A distance between the subspaces. Where their dimensions p and q differ there are two readings (Ye and Lim 2016), both given by the formulas of
    /// <see cref="SubspaceDistance"/>:
    /// </summary>
    /// <param name="distance">Which.</param>
    /// <param name="missingAsRightAngles">
    /// False: over the min(p, q) angles there are, the distance from the smaller subspace to the nearest one of its dimension inside the larger (a point to a Schubert
    /// variety): 0 where one contains the other, and no metric. True: the |p - q| missing angles count as pi/2, which makes a metric on subspaces of all dimensions.
    /// </param>
    public double Distance(SubspaceDistance distance, bool missingAsRightAngles = false)
    {
        int missing = missingAsRightAngles ? Math.Abs(FirstDimension - SecondDimension) : 0;
        double largest = missing > 0 ? Math.PI / 2 : _angles.Length == 0 ? 0 : _angles[^1];
        return distance switch
        {
            SubspaceDistance.Geodesic => Root(theta => theta * theta, missing),
            SubspaceDistance.Chordal => Root(theta => Square(Math.Sin(theta)), missing),
            SubspaceDistance.Procrustes => 2 * Root(theta => Square(Math.Sin(theta / 2)), missing),
            SubspaceDistance.Martin => Root(LogSecantSquare, missing),
            SubspaceDistance.BinetCauchy => BinetCauchy(missing),
            SubspaceDistance.FubiniStudy => FubiniStudy(missing),
            SubspaceDistance.Projection => Math.Sin(largest),
            SubspaceDistance.Asimov => largest,
            SubspaceDistance.Spectral => 2 * Math.Sin(largest / 2),
            _ => throw new ArgumentOutOfRangeException(
                nameof(distance), distance, $"Found {distance}; expected one of {string.Join(", ", Enum.GetNames<SubspaceDistance>())}."),
        };
    }

    // 1 - prod cos^2 as a sum of positive terms: the difference would lose angles below 1e-8.
    private double BinetCauchy(int missing)
    {
        double square = missing > 0 ? 1 : 0;
        foreach (double theta in _angles) square = Square(Math.Sin(theta)) + square * Square(Math.Cos(theta));
        return Math.Sqrt(square);
    }

    // The arc cosine loses small angles, the arc sine large ones; the arc tangent of both neither.
    private double FubiniStudy(int missing)
    {
        double product = missing > 0 ? 0 : 1;
        foreach (double theta in _angles) product *= Math.Cos(theta);
        return Math.Atan2(BinetCauchy(missing), product);
    }

    /// <summary><c>-2 log cos theta = log(1 + tan^2 theta)</c>, the logarithm of 1 + x in Kahan's way, which keeps a small x.</summary>
    private static double LogSecantSquare(double theta)
    {
        if (theta >= Math.PI / 2) return double.PositiveInfinity;
        double x = Square(Math.Tan(theta)), sum = 1 + x;
        return sum == 1 ? x : Math.Log(sum) * (x / (sum - 1));
    }

    private static double Square(double x) => x * x;

    private double Root(Func<double, double> term, int missing) => Math.Sqrt(Sum(term, missing));

    private double Sum(Func<double, double> term, int missing)
    {
        double sum = missing > 0 ? missing * term(Math.PI / 2) : 0;
        foreach (double theta in _angles) sum += term(theta);
        return sum;
    }
}
