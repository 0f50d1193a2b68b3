using HessianKernels.Dense;

namespace HessianKernels.SecondMoment;

/// <summary>
/// The contraction of Wu et al. (paper 002 eq. 37) on the range: <c>E||w'||^2 &lt;= Norm ||w||^2</c> for one step of SGD. Below 1 it is
/// sufficient for stability, since <c>lambda_max(T) &lt;= Norm</c>; it is not necessary.
/// </summary>
/// <param name="Norm"><c>lambda_max( (I - eta H)^2 + eta^2 E[H_B^2] - eta^2 H^2 )</c>, which is 1 + Shifted.</param>
/// <param name="Shifted"><c>lambda_max( -2 eta H + eta^2 E[H_B^2] )</c>: its sign decides, without the rounding of the 1.</param>
public readonly record struct Contraction(double Norm, double Shifted)
{
    /// <summary>One product with the noise map and the eigenvalues of one m x m matrix.</summary>
    /// <param name="space">The set; not zero.</param>
    /// <param name="learningRate">eta, finite and positive.</param>
    /// <param name="sampling">How batches are drawn from as many examples as the set has.</param>
    /// <param name="options">Limits, threads; the defaults where null.</param>
    /// <exception cref="ArgumentOutOfRangeException">The learning rate or an option is out of its range.</exception>
    /// <exception cref="ArgumentException">The sampling is from another number of examples, or the set is zero.</exception>
    /// <exception cref="InvalidOperationException">The memory needed is above the limit; the message names both.</exception>
    /// <remarks><c>E[H_B^2] = alpha H^2 + kappa (1/n) sum_i H_i^2</c>, and the last sum is the noise map's value at I.</remarks>
    public static unsafe Contraction Of(
        FunctionSpace space, double learningRate, BatchSampling sampling, SecondMomentOptions? options = null)
    {
        Point.Check(space, learningRate, sampling);
        options = (options ?? SecondMomentOptions.Default).Check();
        if (space.Rank == 0) throw new ArgumentException("The set is zero: its range has no dimension.", nameof(space));
        options.ThrowIfOver(RequiredBytes(space, options), $"The contraction of {space.Examples} examples on {space.Rank} dimensions");
        int m = space.Rank;
        NoiseMap map = new(space, options.ThreadCount);
        double[] matrix = new double[PackedSymmetric.Square(m)], blocks = new double[map.BlocksLength], values = new double[m];
        fixed (double* c = matrix, q = blocks)
        {
            for (int a = 0; a < m; a++) c[(nint)a * m + a] = 1;
            map.Quadratics(c, q);
            map.Sign(q);
            map.Gather(q, learningRate * learningRate * sampling.Kappa / space.Examples, c);
            for (int a = 0; a < m; a++)
            {
                double x = learningRate * space.Eigenvalues[a];
                c[(nint)a * m + a] += x * (sampling.Alpha * x - 2);
            }
        }

        SymmetricEigendecomposition.Eigenvalues(matrix, m, values, options.Threads);
        return new(1 + values[0], values[0]);
    }

    /// <summary>Bytes that <see cref="Of"/> takes beyond the set.</summary>
    /// <param name="space">The set.</param>
    /// <param name="options">The options of the call.</param>
    public static long RequiredBytes(FunctionSpace space, SecondMomentOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(space);
        // At most: two more matrices are more than the eigenvalues alone take.
        long m = space.Rank;
        return WeightedMoment.RequiredBytes(space, 0, (options ?? SecondMomentOptions.Default).Check().ThreadCount)
            + sizeof(double) * (2 * m * m + m);
    }
}
