namespace HessianKernels.SecondMoment;

/// <summary>
/// <c>tr T^k(I) = E||J_k ... J_1||_F^2</c> on the range, for the Jacobians <c>J_t = I - eta H_{B_t}</c> of independent batches: how much k
/// steps stretch a random direction in mean square. In all d parameters, d - m more.
/// </summary>
public static class SecondMomentTrace
{
    /// <summary>The traces for k = 0 .. K: one product of 2 n r m^2 flops each.</summary>
    /// <param name="space">The set.</param>
    /// <param name="learningRate">eta, finite and positive.</param>
    /// <param name="sampling">How batches are drawn from as many examples as the set has.</param>
    /// <param name="steps">K, at least 0.</param>
    /// <param name="options">Limits, threads; the defaults where null.</param>
    /// <param name="progress">Told k.</param>
    /// <param name="cancellation">Ends the run: the traces so far are returned.</param>
    /// <returns><c>[K + 1]</c>, or fewer where cancelled; the first is m.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range, or one array cannot hold a matrix.</exception>
    /// <exception cref="ArgumentException">The sampling is from another number of examples.</exception>
    /// <exception cref="InvalidOperationException">The memory needed is above the limit; the message names both.</exception>
    public static double[] Of(
        FunctionSpace space, double learningRate, BatchSampling sampling, int steps, SecondMomentOptions? options = null,
        IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        Point.Check(space, learningRate, sampling);
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        double[] traces = new double[steps + 1];
        if (space.Rank == 0) return traces;
        options = (options ?? SecondMomentOptions.Default).Check();
        options.ThrowIfOver(RequiredBytes(space, options), $"The traces of {space.Examples} examples on {space.Rank} dimensions");
        SecondMomentOperator operation = new(space, learningRate, sampling, options);
        double[] moment = new double[operation.Length], next = new double[operation.Length];
        PackedSymmetric.Identity(space.Rank, moment);
        traces[0] = space.Rank;
        for (int k = 1; k <= steps; k++)
        {
            if (cancellation.IsCancellationRequested) return traces[..k];
            operation.Apply(moment, next);
            (moment, next) = (next, moment);
            for (int a = 0, at = 0; a < space.Rank; a++, at += a + 1) traces[k] += moment[at];
            progress?.Report(k);
        }

        return traces;
    }

    /// <summary>Bytes that <see cref="Of"/> takes beyond the set: T and two of its vectors.</summary>
    /// <param name="space">The set.</param>
    /// <param name="options">The options of the call.</param>
    public static long RequiredBytes(FunctionSpace space, SecondMomentOptions? options = null)
        => SecondMomentOperator.RequiredBytes(space, options) + sizeof(double) * (long)space.Rank * (space.Rank + 1);
}
