namespace HessianKernels.SecondMoment;

/// <summary>
/// Numbers <c>w_ab = f(lambda_a, lambda_b)</c> of the pairs of eigenvalues, the lower triangle row by row, without the factors sqrt(2) of
/// <see cref="PackedSymmetric"/>: what the linear, deterministic part of a second moment is in the eigenbasis of H.
/// </summary>
internal static class PairWeights
{
    /// <summary><c>x + y - alpha x y</c>, x and y eta times the eigenvalues: W of MATHEMATICS 3, <c>I - T</c> without the noise.</summary>
    public static void Drift(ReadOnlySpan<double> eigenvalues, double learningRate, double alpha, Span<double> weights)
        => Fill(eigenvalues, learningRate, 0, 1, -alpha, 0, weights);

    /// <summary><c>lambda_a + lambda_b</c>: the Kronecker sum K.</summary>
    public static void Sum(ReadOnlySpan<double> eigenvalues, Span<double> weights) => Fill(eigenvalues, 1, 0, 1, 0, 0, weights);

    /// <summary><c>lambda_a lambda_b</c>: the map M to H M H.</summary>
    public static void Product(ReadOnlySpan<double> eigenvalues, Span<double> weights) => Fill(eigenvalues, 1, 0, 0, 1, 0, weights);

    /// <summary>
    /// <c>1 / sum_t h_t(a) h_t(b)</c>, the impulse responses of <c>h_{t+1} = (1 + mu - x) h_t - mu h_{t-1}</c>, <c>h_0 = 1</c>, <c>x = eta
    /// (lambda + rho)</c>:
    /// <code>(1 - mu) (x + y) - (x - mu y) (y - mu x) / (1 - mu^2)</code>
    /// which for mu = 0 is <c>1 - (1 - x)(1 - y)</c>.
    /// </summary>
    /// <remarks>
    /// With p = 1 + mu - x, q = 1 + mu - y and S, C, D the sums of h_t(a) h_t(b), h_{t-1}(a) h_t(b), h_t(a) h_{t-1}(b), the recursions of b
    /// and of a give <c>C = q S - mu D</c> and <c>D = p S - mu C</c>, and both <c>S = 1 + p C - mu (q C - mu S)</c>; so <c>S = (1 - mu^2) /
    /// ((1 - mu^2)^2 - (p - mu q)(q - mu p))</c>. Written without p and q nothing cancels where x and y are small. The product (x - mu y)(y
    /// - mu x) is <c>(1 + mu^2) x y - mu (x^2 + y^2)</c>.
    /// </remarks>
    public static void HeavyBall(
        ReadOnlySpan<double> eigenvalues, double learningRate, double momentum, double weightDecay, Span<double> weights)
    {
        double square = 1 - momentum * momentum, product = -(1 + momentum * momentum) / square;
        Fill(eigenvalues, learningRate, learningRate * weightDecay, 1 - momentum, product, momentum / square, weights);
    }

    /// <summary>Replaces every w by 1 / w.</summary>
    public static void Invert(Span<double> weights)
    {
        for (int i = 0; i < weights.Length; i++) weights[i] = 1 / weights[i];
    }

    /// <summary>Replaces every w by 1 / sqrt(w).</summary>
    public static void InvertRoot(Span<double> weights)
    {
        for (int i = 0; i < weights.Length; i++) weights[i] = 1 / Math.Sqrt(weights[i]);
    }

    /// <summary><c>linear (x + y) + product x y + squares (x^2 + y^2)</c>, <c>x = scale lambda_a + shift</c>.</summary>
    private static void Fill(
        ReadOnlySpan<double> eigenvalues, double scale, double shift, double linear, double product, double squares, Span<double> weights)
    {
        for (int a = 0, at = 0; a < eigenvalues.Length; a++)
        {
            double x = scale * eigenvalues[a] + shift, own = linear * x + squares * x * x;
            for (int b = 0; b <= a; b++)
            {
                double y = scale * eigenvalues[b] + shift;
                weights[at++] = own + (linear + product * x + squares * y) * y;
            }
        }
    }
}
