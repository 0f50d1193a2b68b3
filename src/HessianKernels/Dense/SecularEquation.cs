using System.Runtime.Intrinsics;
using HessianKernels.Kernels;

namespace HessianKernels.Dense;

/// <summary>
/// The eigenvalues of <c>diag(d) + rho z z^T</c>, d ascending and apart, rho positive, no z zero: the roots of
/// <c>f(x) = 1/rho + sum_j z_j^2 / (d_j - x)</c>, one after each pole. A root is kept as its nearest pole and its distance from it, so that
/// <c>d_j - x</c> has full relative precision (Li, LAPACK Working Note 89).
/// </summary>
internal unsafe struct SecularEquation : IChunkJob
{
    /// <summary>Roots a chunk.</summary>
    public const int RootsAChunk = 32;

    private const double Epsilon = 2.220446049250313e-16;
    private const int MostSteps = 100, FirstBisected = 8;

    public int Count;
    public double* Poles, Z;
    public double InverseRho;

    /// <summary>Out: the pole from which root i is measured, its value, and the distance.</summary>
    public double* Origins, Distances;

    public readonly void Run(int chunk, int lane)
    {
        int end = Math.Min(Count, (chunk + 1) * RootsAChunk);
        for (int i = chunk * RootsAChunk; i < end; i++) Solve(i);
    }

    private readonly void Solve(int root)
    {
        if (Count == 1)
        {
            (Origins[0], Distances[0]) = (Poles[0], Z[0] * Z[0] / InverseRho);
            return;
        }

        // The two poles of the model; the last root lies above both.
        bool last = root == Count - 1;
        int left = last ? root - 1 : root;
        double gap = Poles[left + 1] - Poles[left], low, high, x, origin;
        if (last)
        {
            double square = 0;
            for (int j = 0; j < Count; j++) square += Z[j] * Z[j];
            origin = Poles[root];
            (low, high) = (0, square / InverseRho * (1 + 1e-8));
            x = 0.5 * high;
        }
        else
        {
            origin = Poles[left];
            x = 0.5 * gap;
            Terms middle = Sum(left, origin, x);
            (low, high) = (0, x);
            if (middle.Value(InverseRho) < 0)
            {
                origin = Poles[left + 1];
                (low, high, x) = (-0.5 * gap, 0, -0.5 * gap);
            }
        }

        // First with the other poles' sum held where it is, then with every term's slope.
        Terms terms = Sum(left, origin, x);
        double leftPole = Poles[left] - origin, rightPole = Poles[left + 1] - origin;
        double next = Model(InverseRho + terms.Below + terms.Above, Z[left] * Z[left], Z[left + 1] * Z[left + 1], leftPole, rightPole, last);
        for (int step = 0; step < MostSteps; step++)
        {
            if (!(next > low && next < high)) next = Middle(low, high);
            if (!(next > low && next < high)) break;
            x = next;
            terms = Sum(left, origin, x);
            double value = terms.Value(InverseRho);
            if (Math.Abs(value) <= 8 * Epsilon * terms.Size(InverseRho)) break;
            if (value > 0) high = x;
            else low = x;

            double toLeft = leftPole - x, toRight = rightPole - x;
            double below = terms.BelowSlope + terms.Left / toLeft, above = terms.AboveSlope + terms.Right / toRight;
            next = x + Model(value - toLeft * below - toRight * above, toLeft * toLeft * below, toRight * toRight * above, toLeft, toRight, last);
            if (next == x) break;
            // A step that creeps would creep for long.
            if (step >= FirstBisected && step % 2 == 0) next = Middle(low, high);
        }

        (Origins[root], Distances[root]) = (origin, x);
    }

    /// <summary>The root of <c>c + p / (a - y) + q / (b - y)</c> between a and b, or above both; a less than b.</summary>
    private static double Model(double c, double p, double q, double a, double b, bool above)
    {
        double linear = c * (a + b) + p + q, constant = c * a * b + p * b + q * a;
        double root = Math.Sqrt(Math.Max(0, linear * linear - 4 * c * constant));
        if (above) return linear >= 0 ? (linear + root) / (2 * c) : 2 * constant / (linear - root);
        return linear <= 0 ? (linear - root) / (2 * c) : 2 * constant / (linear + root);
    }

    /// <summary>Half way: of the exponents where the ends are of different size.</summary>
    private static double Middle(double low, double high)
    {
        if (low == 0) return high / 1024;
        if (high == 0) return low / 1024;
        return low > 0 && high > 4 * low ? Math.Sqrt(low) * Math.Sqrt(high)
            : high < 0 && low < 4 * high ? -Math.Sqrt(-low) * Math.Sqrt(-high)
            : 0.5 * low + 0.5 * high;
    }

    private readonly Terms Sum(int left, double origin, double x)
    {
        Terms terms = default;
        Sum(0, left, origin, x, out terms.Below, out terms.BelowSlope);
        Sum(left + 2, Count, origin, x, out terms.Above, out terms.AboveSlope);
        terms.Left = Z[left] * Z[left] / (Poles[left] - origin - x);
        terms.Right = Z[left + 1] * Z[left + 1] / (Poles[left + 1] - origin - x);
        return terms;
    }

    /// <summary><c>sum z_j^2 / (d_j - x)</c> and <c>sum z_j^2 / (d_j - x)^2</c>.</summary>
    private readonly void Sum(int begin, int end, double origin, double x, out double sum, out double slope)
    {
        Vector512<double> sums = default, slopes = default, from = Vector512.Create(origin), at = Vector512.Create(x);
        int j = begin;
        for (; j <= end - Vector512<double>.Count; j += Vector512<double>.Count)
        {
            Vector512<double> z = Vector512.Load(Z + j), ratio = z / (Vector512.Load(Poles + j) - from - at);
            sums = Simd.MultiplyAdd(z, ratio, sums);
            slopes = Simd.MultiplyAdd(ratio, ratio, slopes);
        }

        (sum, slope) = (Simd.Sum(sums), Simd.Sum(slopes));
        for (; j < end; j++)
        {
            double ratio = Z[j] / (Poles[j] - origin - x);
            sum += Z[j] * ratio;
            slope += ratio * ratio;
        }
    }

    /// <summary>f's terms at a point: below the two nearest poles, at them, and above.</summary>
    private struct Terms
    {
        public double Below, BelowSlope, Left, Right, Above, AboveSlope;

        public readonly double Value(double inverseRho) => inverseRho + (Below + Left) + (Right + Above);

        public readonly double Size(double inverseRho) => inverseRho + Math.Abs(Below) + Math.Abs(Left) + Math.Abs(Right) + Math.Abs(Above);
    }
}
