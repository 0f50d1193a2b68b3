using HessianKernels.SecondMoment;

namespace HessianKernels.Sharpness;

/// <summary>
/// The third moment of a batch's draws: for the number of times c_i that example i is drawn,
/// <code>
/// (1/b^3) sum_ijk E[c_i c_j c_k] x_i^T A_j x_k
///    = whole  x^T A x  +  pair [ (1/n) sum_i x_i^T A x_i + (2/n) sum_i x_i^T A_i x ]  +  own (1/n) sum_i x_i^T A_i x_i
/// </code>
/// with x and A the means. E[c_i c_j c_k] knows only which of i, j, k are one example, so that three weights say all of it.
/// </summary>
/// <remarks>
/// <code>
/// scheme                 whole                                  pair                                  own
/// without replacement    (b-1)(b-2) n^2 / (b^2 (n-1)(n-2))      (b-1)(n-b) n / (b^2 (n-1)(n-2))       (n-b)(n-2b) / (b^2 (n-1)(n-2))
/// with replacement       (b-1)(b-2) / b^2                       (b-1) / b^2                           1 / b^2
/// Bernoulli(b/n)         1                                      1/b - 1/n                             (1/b - 1/n)(1/b - 2/n)
/// </code>
/// Without replacement b = 1 and b = n are (0, 0, 1) and (1, 0, 0), whatever n is.
/// </remarks>
internal readonly record struct ThirdMoment(double Whole, double Pair, double Own)
{
    public static ThirdMoment Of(BatchSampling sampling)
    {
        double n = sampling.Examples, b = sampling.BatchSize;
        switch (sampling.Scheme)
        {
            case BatchScheme.WithoutReplacement when sampling.BatchSize == 1: return new(0, 0, 1);
            case BatchScheme.WithoutReplacement when sampling.BatchSize == sampling.Examples: return new(1, 0, 0);
            case BatchScheme.WithoutReplacement:
                double all = b * b * (n - 1) * (n - 2);
                return new((b - 1) * (b - 2) * n * n / all, (b - 1) * (n - b) * n / all, (n - b) * (n - 2 * b) / all);
            case BatchScheme.WithReplacement: return new((b - 1) * (b - 2) / (b * b), (b - 1) / (b * b), 1 / (b * b));
            case BatchScheme.Bernoulli: return new(1, 1 / b - 1 / n, (1 / b - 1 / n) * (1 / b - 2 / n));
            default:
                throw new ArgumentException(
                    $"Found the scheme {sampling.Scheme}; alpha and kappa do not say what third moments are: expected WithoutReplacement, "
                    + "WithReplacement or Bernoulli.",
                    nameof(sampling));
        }
    }
}
