namespace HessianKernels.Krylov;

/// <summary>
/// Distances between subspaces as functions of their principal angles theta_1 &lt;= ... &lt;= theta_k (Ye and Lim, SIAM J. Matrix Anal. Appl. 37, 2016, section 2).
/// </summary>
public enum SubspaceDistance
{
    /// <summary>Geodesic on the Grassmannian: <c>sqrt( sum theta_i^2 )</c>.</summary>
    Geodesic,

    /// <summary><c>sqrt( sum sin^2 theta_i )</c>: the Frobenius distance of the projectors over sqrt 2.</summary>
    Chordal,

    /// <summary><c>sin theta_k</c>: the spectral distance of the projectors.</summary>
    Projection,

    /// <summary><c>arccos( prod cos theta_i )</c>.</summary>
    FubiniStudy,

    /// <summary><c>sqrt( 1 - prod cos^2 theta_i )</c>.</summary>
    BinetCauchy,

    /// <summary><c>theta_k</c>.</summary>
    Asimov,

    /// <summary><c>sqrt( -2 sum log cos theta_i )</c>: infinite where an angle is right.</summary>
    Martin,

    /// <summary><c>2 sqrt( sum sin^2(theta_i / 2) )</c>: the least Frobenius distance of orthonormal bases.</summary>
    Procrustes,

    /// <summary><c>2 sin(theta_k / 2)</c>: the least spectral distance of orthonormal bases.</summary>
    Spectral,
}
