namespace HessianKernels.SecondMoment;

public sealed partial class CurvatureSet
{
    /// <summary>
    /// The set that Theorem 2 of paper 003 is proved by: <c>H_i = m e_1 e_1^T</c> for the first sigma examples, <c>m = lambda_1 n / sigma</c>, and zero for the others.
    /// Under Bernoulli sampling it is stable in mean square exactly where <c>lambda_1 &lt; (2 sigma / eta) / (sigma + n/b - 1)</c>.
    /// </summary>
    /// <param name="examples">n, at least 1.</param>
    /// <param name="coherence">sigma, from 1 to n.</param>
    /// <param name="largestEigenvalue">lambda_1 of the mean, finite and above 0.</param>
    /// <param name="spread">
    /// True for the set of the paper's experiments: <c>H_i = m e_{i - sigma + 1} e_{i - sigma + 1}^T</c> for i > sigma, counted from 1, in n - sigma + 1 dimensions. Same sigma and lambda_1.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static CurvatureSet Coherent(int examples, int coherence, double largestEigenvalue, bool spread = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(examples, 1);
        if (coherence < 1 || coherence > examples)
            throw new ArgumentOutOfRangeException(nameof(coherence), coherence, $"Expected 1 to {examples} examples with the same curvature; found {coherence}.");
        if (!double.IsFinite(largestEigenvalue) || largestEigenvalue <= 0)
            throw new ArgumentOutOfRangeException(nameof(largestEigenvalue), largestEigenvalue, $"Found {largestEigenvalue}; expected a finite number above 0.");
        int parameters = spread ? examples - coherence + 1 : 1;
        double root = Math.Sqrt(largestEigenvalue * examples / coherence);
        double[] jacobian = Workspace.Allocate<double>((long)examples * parameters);
        for (int i = 0; i < (spread ? examples : coherence); i++) jacobian[i * parameters + Math.Max(0, i - coherence + 1)] = root;
        return FromJacobian<double>(jacobian, examples, parameters);
    }
}
