using HessianKernels.Dense;
using HessianKernels.Kernels;

namespace HessianKernels.SecondMoment;

/// <summary>
/// The cone of positive semidefinite blocks, one an example, which <see cref="ExampleNoise"/> maps into itself: a pair (theta, q) of it with
/// q well inside the cone is the top pair.
/// </summary>
/// <remarks>
/// With p the top vector, in the cone too, and r the residual, <c>lambda_max - theta = &lt;p, r> / &lt;p, q></c>. For r = 1 that is at most
/// <c>||r|| / min_i q_i</c>, and the proof is complete. For r > 1, a block has nothing where its example has no curvature (a softmax's
/// logits have such a direction each), so q_i is measured by <c>G_i = Phi_i Phi_i^T</c>: the least eigenvalue of
/// <c>G_i^{-1/2} q_i G_i^{-1/2}</c> on the directions with at least a thousandth of the example's largest curvature. What has less in all
/// examples has less noise too.
/// </remarks>
internal sealed unsafe class BlockCone
{
    // How far above theta the proof may leave lambda_max before it is no proof.
    private const double Proof = 1e-3, Share = 1e-3;

    private readonly int _examples, _rows;

    // An example's directions, as rows times sqrt(largest curvature / own curvature); and how many there are.
    private readonly double[] _directions;
    private readonly int[] _counts;

    public BlockCone(FunctionSpace space)
    {
        (_examples, _rows) = (space.Examples, space.Rows);
        int r = _rows, m = space.Rank;
        (_directions, _counts) = (new double[_examples * r * r], new int[_examples]);
        double[] curvatures = new double[r];
        fixed (double* factors = space.FactorsArray, directions = _directions)
        {
            for (int i = 0; i < _examples; i++)
            {
                double* phi = factors + (nint)i * r * m;
                for (int k = 0; k < r; k++)
                    for (int l = 0; l <= k; l++) directions[(i * r + k) * r + l] = Dot.Sequential(phi + (nint)k * m, phi + (nint)l * m, m);
                Span<double> own = _directions.AsSpan(i * r * r, r * r);
                SymmetricEigendecomposition.Decompose(own, r, curvatures, 1);
                while (_counts[i] < r && curvatures[_counts[i]] > 0 && curvatures[_counts[i]] >= Share * curvatures[0]) _counts[i]++;
                for (int k = 0; k < _counts[i]; k++)
                    for (int l = 0; l < r; l++) own[k * r + l] *= Math.Sqrt(curvatures[0] / curvatures[k]);
            }
        }
    }

    public static long RequiredBytes(FunctionSpace space)
        => (long)space.Examples * (sizeof(double) * space.Rows * space.Rows + sizeof(int)) + sizeof(double) * 4L * space.Rows * (space.Rows + 1);

    /// <summary>Whether a pair, of residual norm ||r||, is known to be the top one.</summary>
    /// <param name="vector">q, packed blocks, of either sign.</param>
    /// <param name="residual">||r||.</param>
    /// <param name="theta">The Ritz value.</param>
    public bool Proves(ReadOnlySpan<double> vector, double residual, double theta)
    {
        int r = _rows, block = r * (r + 1) / 2;
        double sign = 0, least = double.PositiveInfinity;
        for (int i = 0; i < _examples; i++)
            for (int k = 0, at = i * block; k < r; k++, at += k + 1) sign += vector[at];
        double[] full = new double[r * r], inside = new double[r * r], values = new double[r];
        for (int i = 0; i < _examples; i++)
        {
            int count = _counts[i];
            if (count == 0) continue;
            PackedSymmetric.Unpack(vector.Slice(i * block, block), r, full);
            ReadOnlySpan<double> directions = _directions.AsSpan(i * r * r, count * r);
            for (int k = 0; k < count; k++)
                for (int l = 0; l <= k; l++)
                    inside[k * count + l] = Math.Sign(sign) * Form(directions.Slice(k * r, r), full, directions.Slice(l * r, r));
            if (count == 1) values[0] = inside[0];
            else SymmetricEigendecomposition.Eigenvalues(inside, count, values, 1);
            least = Math.Min(least, values[count - 1]);
        }

        return least > 0 && residual <= (r == 1 ? Proof : Proof * Share) * theta * least;
    }

    /// <summary><c>x^T A y</c>.</summary>
    private static double Form(ReadOnlySpan<double> x, ReadOnlySpan<double> a, ReadOnlySpan<double> y)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double row = 0;
            for (int j = 0; j < y.Length; j++) row += a[i * x.Length + j] * y[j];
            sum += x[i] * row;
        }

        return sum;
    }
}
