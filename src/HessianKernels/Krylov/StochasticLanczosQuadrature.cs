using HessianKernels.Spaces;

namespace HessianKernels.Krylov;

/// <summary>
/// Stochastic Lanczos quadrature for a batch of operators on any space (Ubaru, Chen and Saad, SIAM J. Matrix Anal. Appl. 38, 2017, Algorithm 1; Ghorbani, Krishnan
/// and Xiao, ICML 2019; Golub and Meurant, Matrices, Moments and Quadrature, 2010).
/// </summary>
/// <remarks>
/// A random unit vector v sees the spectrum through the measure with mass <c>(u_i^T v)^2</c> at lambda_i. m Lanczos steps from v give its m-point Gauss rule:
/// nodes are T's eigenvalues theta_k, weights the squared first components tau_k of T's eigenvectors, and
/// <code>
///  v^T f(A) v = sum_k tau_k f(theta_k)     exactly for polynomials of degree 2 m - 1;     E v^T f(A) v = tr f(A) / n
/// </code>
/// </remarks>
internal static class StochasticLanczosQuadrature
{
    // A coupling below this many units of rounding of T is none: what lies beyond carries a weight of its square.
    private const double NoiseUnits = 10;

    /// <summary>Elements of memory on the space's side: m + 1 vectors, three coefficients a step, three scalars; each times Batch.</summary>
    public static long Elements(int batch, int stride, int steps) => batch * ((steps + 1L) * stride + 3L * steps + 3);

    /// <summary>Runs every probe on every item: probes * steps products with the batch, fewer where all items' Krylov spaces are exhausted.</summary>
    /// <exception cref="OperationCanceledException">Cancelled before the first probe was finished.</exception>
    public static SpectralQuadrature[] Run<TView, TSpace, TOperator>(
        TSpace space, TOperator matrix, TView memory, SpectralDensityOptions options, IProgress<int>? progress, CancellationToken cancellation)
        where TView : allows ref struct
        where TSpace : IVectorSpace<TView>
        where TOperator : ILinearOperator<TView>
    {
        int batch = space.Batch, steps = Math.Min(options.Steps, space.Length);
        long coefficients = (long)steps * batch, at = (steps + 1L) * batch * space.Stride;
        long scalars = at + 3 * coefficients;
        LanczosBasis<TView> basis = new()
        {
            Vectors = space.Slice(memory, 0, at),
            Alpha = space.Slice(memory, at, coefficients),
            Beta = space.Slice(memory, at + coefficients, coefficients),
            Coefficients = space.Slice(memory, at + 2 * coefficients, coefficients),
            Reference = space.Slice(memory, scalars, batch),
            SecondPasses = space.Slice(memory, scalars + batch, batch),
            Norm = space.Slice(memory, scalars + 2 * batch, batch),
        };
        double[] alpha = new double[coefficients], beta = new double[coefficients], zero = new double[batch], diagonal = new double[steps], offDiagonal = new double[steps];
        int[] sizes = new int[batch];
        bool[] failed = new bool[batch];
        SpectralQuadrature[] results = new SpectralQuadrature[batch];
        for (int b = 0; b < batch; b++) results[b] = new(space.Length, steps, options.Probes);
        space.Write(zero, basis.Reference);
        space.Write(zero, basis.SecondPasses);

        for (int probe = 0, applications = 0; probe < options.Probes; probe++)
        {
            TView start = Tridiagonalization.Slot(space, basis.Vectors, 0);
            space.Random(options.Distribution, options.Seed, (ulong)probe, start);
            space.Normalize(start, basis.Norm);
            Array.Fill(sizes, 0);
            for (int j = 0, read = 0; j < steps && read >= 0; j++)
            {
                if (cancellation.IsCancellationRequested) return Cancelled(results, failed, probe, cancellation);
                Tridiagonalization.Step(space, matrix, basis, j);
                applications++;
                progress?.Report(applications);
                if ((j + 1) % space.ReadInterval != 0 && j != steps - 1) continue;

                int count = j + 1 - read;
                space.Read(space.Slice(basis.Alpha, (long)read * batch, (long)count * batch), alpha.AsSpan(read * batch, count * batch));
                space.Read(space.Slice(basis.Beta, (long)read * batch, (long)count * batch), beta.AsSpan(read * batch, count * batch));
                bool open = false;
                for (int b = 0; b < batch; b++)
                {
                    if (sizes[b] == 0) sizes[b] = SizeOf(alpha, beta, batch, b, j + 1, space.Epsilon);
                    open |= sizes[b] == 0;
                }

                read = open ? j + 1 : -1;
            }

            for (int b = 0; b < batch; b++)
            {
                if (failed[b]) continue;
                int size = sizes[b] == 0 ? steps : sizes[b];
                for (int j = 0; j < size; j++) (diagonal[j], offDiagonal[j]) = (alpha[j * batch + b], beta[j * batch + b]);
                failed[b] = !results[b].Add(diagonal.AsSpan(0, size), offDiagonal.AsSpan(0, size), exhausted: sizes[b] != 0);
            }
        }

        for (int b = 0; b < batch; b++) results[b].Status = failed[b] ? SpectralQuadratureStatus.NotFinite : SpectralQuadratureStatus.Complete;
        return results;
    }

    /// <summary>Order of T where its Krylov space is exhausted within the first <paramref name="count"/> steps (or is not made of numbers), else 0.</summary>
    private static int SizeOf(double[] alpha, double[] beta, int batch, int item, int count, double epsilon)
    {
        double largest = 0;
        for (int j = 0; j < count; j++)
        {
            double a = alpha[j * batch + item], b = beta[j * batch + item];
            // Not finite: the rest can only be so too, and the rule says so when it is made.
            if (!double.IsFinite(a) || !double.IsFinite(b)) return j + 1;
            largest = Math.Max(largest, Math.Max(Math.Abs(a), b));
            if (b <= NoiseUnits * epsilon * largest) return j + 1;
        }

        return 0;
    }

    private static SpectralQuadrature[] Cancelled(SpectralQuadrature[] results, bool[] failed, int probesDone, CancellationToken cancellation)
    {
        if (probesDone == 0) throw new OperationCanceledException("Cancelled before the first probe was finished.", cancellation);
        for (int b = 0; b < results.Length; b++) results[b].Status = failed[b] ? SpectralQuadratureStatus.NotFinite : SpectralQuadratureStatus.Cancelled;
        return results;
    }
}
