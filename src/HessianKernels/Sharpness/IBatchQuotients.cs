namespace HessianKernels.Sharpness;

/// <summary>What <see cref="BatchSharpness"/> asks of batches one by one, for another place than the CPU to compute: their curvatures along their own gradients.</summary>
public interface IBatchQuotients
{
    /// <summary>Whose gradients and Hessians it holds.</summary>
    ExampleDerivatives Derivatives { get; }

    /// <summary>
    /// For each batch, with <c>g_B = (1/b) sum g_i</c> and <c>H_B = (1/b) sum H_i</c> over its draws: <c>g_B^T H_B g_B / ||g_B||^2</c>, 0 where g_B is 0, and
    /// lambda_max(H_B).
    /// </summary>
    /// <param name="draws">The batches' examples, batch after batch; one may come more than once.</param>
    /// <param name="starts">Where each batch begins, and the end: one more than there are batches.</param>
    /// <param name="batchSize">b, whatever the number of draws.</param>
    /// <param name="quotients">One a batch.</param>
    /// <param name="eigenvalues">One a batch, or empty where they are not asked for.</param>
    /// <param name="seed">Names the random vectors of the search for them.</param>
    /// <param name="cancellation">Ends the call between two pieces of work.</param>
    /// <returns>How many batches from the first on are computed: fewer than all only where cancelled.</returns>
    int Compute(
        ReadOnlySpan<int> draws, ReadOnlySpan<int> starts, int batchSize, Span<double> quotients, Span<double> eigenvalues, ulong seed,
        CancellationToken cancellation);
}
