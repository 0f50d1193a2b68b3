using System.Runtime.InteropServices;

namespace HessianKernels.Krylov;

internal sealed partial class TraceSamples
{
    /// <summary>R, column after column with <c>capacity</c> rows: <c>A W = Q R</c>.</summary>
    public double[] Triangle { get; } = new double[capacity * capacity];

    /// <summary>H = Q^T A Q.</summary>
    public double[] Compression { get; } = new double[capacity * capacity];

    /// <summary>C = Q^T W, a column a test vector.</summary>
    public double[] Overlap { get; } = new double[capacity * capacity];

    /// <summary>m, the columns that are finished.</summary>
    public int TestVectors { get; set; }

    /// <summary>
    /// XTrace's m estimates from one factorisation (Epperly, Tropp and Webber 2024). Leaving test vector i out takes
    /// one direction Q s_i from the range: the one orthogonal to the other columns of A W, <c>R^T s_i = const e_i</c>, <c>||s_i|| = 1</c>. With
    /// <c>x_i = (I - s_i s_i^T) c_i</c>, c_i and r_i the columns of C and R, and unit test vectors,
    /// <code>
    ///  t_i = tr H - s_i^T H s_i + (n - m + 1) (c_i^T r_i - 2 x_i^T r_i + x_i^T H x_i) / (1 - ||x_i||^2)
    /// </code>
    /// where A's symmetry has been used (Q^T A w_i = r_i). Where columns of A W depend on others, Q has zeros in their place, m in the formula is the rank, and
    /// s_i leads out of the range: see <see cref="Downdate"/>. 6 m^3 flops or so, nothing of length n.
    /// </summary>
    /// <param name="length">n.</param>
    public TraceEstimate LeaveOneOut(int length)
    {
        int m = TestVectors;
        if (m == 0) return new() { Value = double.NaN, StandardError = double.NaN };
        double trace = 0;
        for (int j = 0; j < m; j++) trace += Compression[j * capacity + j];
        // Vectors that span the whole space show all of A's range: nothing is left to estimate.
        if (m == length) return new() { Value = trace, Samples = m, RangeDimension = Rank };

        Samples.Clear();
        double[] removed = new double[m], kept = new double[m], image = new double[m];
        for (int i = 0; i < m; i++)
        {
            Downdate(i, removed);
            ReadOnlySpan<double> overlap = Overlap.AsSpan(i * capacity, m), column = Triangle.AsSpan(i * capacity, m);
            double along = 0, square = 0;
            for (int j = 0; j < m; j++)
            {
                // Where Q has a zero vector there is nothing to remove.
                if (Triangle[j * capacity + j] == 0) removed[j] = 0;
                along += removed[j] * overlap[j];
                square += removed[j] * removed[j];
            }

            double outside = 1, remainder = 0;
            for (int j = 0; j < m; j++)
            {
                kept[j] = overlap[j] - along * removed[j];
                outside -= overlap[j] * overlap[j];
                remainder += (overlap[j] - 2 * kept[j]) * column[j];
            }

            // In two parts: 1 - ||x||^2 at once would lose the second where the range is nearly everything.
            outside = Math.Max(0, outside) + along * along * (2 - square);
            double estimate = trace - Quadratic(removed, image);
            remainder += Quadratic(kept, image);
            if (outside != 0) estimate += (length - Rank + square) * remainder / outside;
            Samples.Add(estimate);
        }

        SampleMean mean = SampleMean.Of(CollectionsMarshal.AsSpan(Samples));
        return new() { Value = mean.Value, StandardError = mean.StandardError, Samples = m, RangeDimension = Rank };
    }

    /// <summary>
    /// The unit vector s with <c>R^T s = const e_i</c>, by forward substitution. A zero on R's diagonal, where a column depended on those before it, is replaced by the column's
    /// rounding: s then leads almost wholly into that place, where Q is zero, unless column i has no part in the dependence. That is the answer: with a dependent column
    /// to stand in for it, leaving i out takes nothing from the range.
    /// </summary>
    private void Downdate(int i, Span<double> s)
    {
        const double Huge = 1e100;
        s.Clear();
        double largest = 0;
        for (int k = i; k < s.Length; k++)
        {
            ReadOnlySpan<double> column = Triangle.AsSpan(k * capacity, k + 1);
            double right = k == i ? 1 : 0, size = 0;
            for (int j = 0; j < k; j++)
            {
                right -= column[j] * s[j];
                size += column[j] * column[j];
            }

            // A column of zeros depends on nothing and nothing on it.
            double pivot = column[k] != 0 ? column[k] : size > 0 ? epsilon * Math.Sqrt(size) : 1;
            s[k] = right / pivot;
            largest = Math.Max(largest, Math.Abs(s[k]));
            if (largest <= Huge) continue;
            for (int j = 0; j <= k; j++) s[j] /= largest;
            largest = 1;
        }

        double square = 0;
        foreach (double value in s) square += value * value;
        double norm = Math.Sqrt(square);
        foreach (ref double value in s) value /= norm;
    }

    /// <summary><c>v^T H v</c>.</summary>
    private double Quadratic(ReadOnlySpan<double> v, Span<double> image)
    {
        double sum = 0;
        for (int j = 0; j < v.Length; j++)
        {
            ReadOnlySpan<double> column = Compression.AsSpan(j * capacity, v.Length);
            image[j] = 0;
            for (int k = 0; k < v.Length; k++) image[j] += column[k] * v[k];
            sum += image[j] * v[j];
        }

        return sum;
    }
}
