using ILGPU;

namespace HessianKernels.Gpu.Kernels;

/// <summary>
/// Lanczos for the largest eigenpair of thousands of small matrices, one group a matrix: the lower triangle, the basis and T lie in shared
/// memory, and nothing but the matrix is read from the device's.
/// <code>
///  shared:  | A packed, where it fits | v_0 .. v_(m-1), n + 1 apart |  in T;   w, alpha, beta, and the group's sums in double
/// </code>
/// </summary>
internal static class SmallLanczosKernels<T, TOps, TWide, TWideOps>
    where T : unmanaged
    where TOps : struct, IWide<T, T>
    where TWide : unmanaged
    where TWideOps : struct, IWide<T, TWide>
{
    /// <summary>Largest order, and most vectors of a basis.</summary>
    public const int MostLength = 128;

    /// <summary>Values that a matrix leaves behind: theta, ||A y - theta y||, products, the norm of T, 1 where it converged.</summary>
    public const int Outcomes = 5;

    private const double Enough = 0.83, NoiseUnits = 10;

    /// <summary>Grid <c>(matrices)</c>.</summary>
    /// <param name="matrices"><c>[matrices, n, n]</c>, every row begun at a multiple of 16 bytes; the lower triangle is read.</param>
    /// <param name="start">The vector that every run begins from, <c>[n]</c>.</param>
    /// <param name="vectors">The unit Ritz vectors, <c>[matrices, n]</c>.</param>
    /// <param name="outcomes"><c>[matrices, 5]</c>.</param>
    /// <param name="shape">Sizes and limits.</param>
    public static void Largest(ArrayView<T> matrices, ArrayView<T> start, ArrayView<T> vectors, ArrayView<double> outcomes, SmallShape shape)
    {
        ArrayView<T> memory = SharedMemory.GetDynamic<T>();
        ArrayView<double> sums = SharedMemory.Allocate<double>(Reduction.MostThreads);
        ArrayView<double> w = SharedMemory.Allocate<double>(MostLength);
        ArrayView<double> alpha = SharedMemory.Allocate<double>(MostLength);
        ArrayView<double> beta = SharedMemory.Allocate<double>(MostLength);
        ArrayView<double> removed = SharedMemory.Allocate<double>(MostLength);
        ArrayView<double> pivots = SharedMemory.Allocate<double>(MostLength);
        int n = shape.Length, stride = n + 1, packed = shape.Resident != 0 ? n * (n + 1) / 2 : 0;
        long matrix = (long)Grid.IdxX * n * shape.Leading, result = (long)Grid.IdxX * n;
        ArrayView<T> basis = memory.SubView(packed, shape.Basis * stride);
        if (shape.Resident != 0)
        {
            int lanes = TWideOps.Lanes(), loads = shape.Leading / lanes;
            for (int e = Group.IdxX; e < n * loads; e += Group.DimX)
            {
                int i = e / loads, j = (e - i * loads) * lanes, to = i * (i + 1) / 2;
                if (j <= i)
                {
                    TWide load = AtOnce<T, TWide, TWideOps>.Load(matrices, matrix + (long)i * shape.Leading + j);
                    for (int lane = 0; lane < IntrinsicMath.Min(lanes, i + 1 - j); lane++) memory[to + j + lane] = TWideOps.Lane(load, lane);
                }
            }
        }

        for (int i = Group.IdxX; i < n; i += Group.DimX) w[i] = TOps.Double(start[i]);
        Group.Barrier();
        double theta = 0, residual = 0, norm = 0;
        int products = 0, running = 1;
        while (running != 0)
        {
            Normalize(w, basis, 0, n, Norm(sums, w, n));
            int size = 0, stop = 0;
            double coupling = 0, last = 0;
            while (stop == 0)
            {
                Apply(matrices, matrix, memory, basis, size * stride, w, n, shape);
                products++;
                double a = Dot(sums, basis, size * stride, w, n);
                for (int i = Group.IdxX; i < n; i += Group.DimX)
                {
                    double before = size > 0 ? coupling * TOps.Double(basis[(size - 1) * stride + i]) : 0;
                    w[i] -= a * TOps.Double(basis[size * stride + i]) + before;
                }

                Group.Barrier();
                double b = Orthogonalize(sums, w, basis, removed, n, stride, size + 1, shape.Epsilon, norm);
                if (Group.IdxX == 0)
                {
                    alpha[size] = a;
                    beta[size] = b;
                }

                Group.Barrier();
                size++;
                norm = IntrinsicMath.Max(norm, Math.Abs(a) + b);
                coupling = b;
                bool full = size == shape.Basis | size == n | products >= shape.Limit;
                if (b == 0 | full | size % shape.Stride == 0)
                {
                    theta = Extreme(sums, alpha, beta, size);
                    last = LastComponent(alpha, beta, removed, pivots, theta, size);
                    norm = IntrinsicMath.Max(norm, Math.Abs(theta));
                    stop = b * last <= 0.5 * shape.Tolerance * norm | b == 0 | full ? 1 : 0;
                }

                if (stop == 0) Normalize(w, basis, size * stride, n, b);
            }

            // y = V s; s stands where coefficients were.
            LastComponent(alpha, beta, removed, pivots, theta, size);
            for (int i = Group.IdxX; i < n; i += Group.DimX)
            {
                double sum = 0;
                for (int j = 0; j < size; j++) sum += removed[j] * TOps.Double(basis[j * stride + i]);
                w[i] = sum;
            }

            Group.Barrier();
            Normalize(w, basis, 0, n, Norm(sums, w, n));
            Apply(matrices, matrix, memory, basis, 0, w, n, shape);
            products++;
            theta = Dot(sums, basis, 0, w, n);
            for (int i = Group.IdxX; i < n; i += Group.DimX) w[i] -= theta * TOps.Double(basis[i]);
            Group.Barrier();
            residual = Norm(sums, w, n);
            // A NaN converges nowhere and is handed on.
            running = residual > shape.Tolerance * norm & products < shape.Limit & size < n ? 1 : 0;
            if (running != 0)
                for (int i = Group.IdxX; i < n; i += Group.DimX) w[i] = TOps.Double(basis[i]);
            Group.Barrier();
        }

        for (int i = Group.IdxX; i < n; i += Group.DimX) vectors[result + i] = basis[i];
        if (Group.IdxX != 0) return;
        long at = (long)Grid.IdxX * Outcomes;
        outcomes[at] = theta;
        outcomes[at + 1] = residual;
        outcomes[at + 2] = products;
        outcomes[at + 3] = norm;
        outcomes[at + 4] = residual <= shape.Tolerance * norm + shape.Rounding * norm ? 1.0 : 0.0;
    }

    /// <summary><c>w = A v</c>, a thread a row; the sum in double.</summary>
    private static void Apply(ArrayView<T> matrices, long matrix, ArrayView<T> packed, ArrayView<T> basis, int v, ArrayView<double> w, int n, SmallShape shape)
    {
        for (int i = Group.IdxX; i < n; i += Group.DimX)
        {
            double sum = 0;
            if (shape.Resident != 0)
            {
                int row = i * (i + 1) / 2;
                for (int j = 0; j <= i; j++) sum += TOps.Dot(packed[row + j], basis[v + j]);
                int below = row + i + (i + 1);
                for (int j = i + 1; j < n; j++)
                {
                    sum += TOps.Dot(packed[below], basis[v + j]);
                    below += j + 1;
                }
            }
            else
            {
                for (int j = 0; j <= i; j++) sum += TOps.Dot(matrices[matrix + i * shape.Leading + j], basis[v + j]);
                for (int j = i + 1; j < n; j++) sum += TOps.Dot(matrices[matrix + j * shape.Leading + i], basis[v + j]);
            }

            w[i] = sum;
        }

        Group.Barrier();
    }

    private static double Dot(ArrayView<double> sums, ArrayView<T> basis, int v, ArrayView<double> w, int n)
    {
        double sum = 0;
        for (int i = Group.IdxX; i < n; i += Group.DimX) sum += TOps.Double(basis[v + i]) * w[i];
        return Reduction.Sum(sums, sum);
    }

    private static double Norm(ArrayView<double> sums, ArrayView<double> w, int n)
    {
        SquareSum sum = new(0, 0, 0);
        for (int i = Group.IdxX; i < n; i += Group.DimX) sum = sum.Plus(w[i]);
        return Reduction.Sum(sums, sum).Root();
    }

    /// <summary>v = w / norm; zero where the norm is.</summary>
    private static void Normalize(ArrayView<double> w, ArrayView<T> basis, int v, int n, double norm)
    {
        for (int i = Group.IdxX; i < n; i += Group.DimX) basis[v + i] = TOps.Rounded(norm == 0 ? 0 : w[i] / norm);
        Group.Barrier();
    }

    /// <summary>Classical Gram-Schmidt with the test of Kahan and Parlett; the norm of what is left, 0 where that is noise.</summary>
    private static double Orthogonalize(
        ArrayView<double> sums, ArrayView<double> w, ArrayView<T> basis, ArrayView<double> removed, int n, int stride, int count, double epsilon, double reference)
    {
        double before = Norm(sums, w, n), noise = NoiseUnits * epsilon * IntrinsicMath.Max(before, reference);
        double after = Pass(sums, w, basis, removed, n, stride, count);
        int again = after > noise & after < Enough * before ? 1 : 0;
        if (again == 0) return after <= noise ? 0 : after;
        double twice = Pass(sums, w, basis, removed, n, stride, count);
        return twice < Enough * after | twice <= noise ? 0 : twice;
    }

    private static double Pass(ArrayView<double> sums, ArrayView<double> w, ArrayView<T> basis, ArrayView<double> removed, int n, int stride, int count)
    {
        // A thread a vector; vectors are n + 1 apart, so that neighbouring threads read different banks.
        for (int j = Group.IdxX; j < count; j += Group.DimX)
        {
            double sum = 0;
            for (int i = 0; i < n; i++) sum += TOps.Double(basis[j * stride + i]) * w[i];
            removed[j] = sum;
        }

        Group.Barrier();
        for (int i = Group.IdxX; i < n; i += Group.DimX)
        {
            double element = w[i];
            for (int j = 0; j < count; j++) element -= removed[j] * TOps.Double(basis[j * stride + i]);
            w[i] = element;
        }

        Group.Barrier();
        return Norm(sums, w, n);
    }

    /// <summary>
    /// An upper bound of T's largest eigenvalue, some units of rounding above it, so that theta I - T is positive definite as it is computed, too: every
    /// thread counts the eigenvalues above one point of an interval (Sturm), and the interval between the last that has one and the next is cut again.
    /// </summary>
    private static double Extreme(ArrayView<double> sums, ArrayView<double> alpha, ArrayView<double> beta, int size)
    {
        double low = alpha[0], high = alpha[0], scale = 0;
        for (int i = 0; i < size; i++)
        {
            double radius = (i > 0 ? beta[i - 1] : 0) + (i + 1 < size ? beta[i] : 0);
            low = IntrinsicMath.Max(low, alpha[i]);
            high = IntrinsicMath.Max(high, alpha[i] + radius);
            scale = IntrinsicMath.Max(scale, Math.Abs(alpha[i]) + radius);
        }

        // The largest diagonal element is below it, Gershgorin's largest end above.
        double slack = scale * 4.440892098500626e-16;
        low -= slack;
        high += slack;
        int points = Group.DimX, rounds = 0;
        while (high - low > slack & rounds < 64)
        {
            double step = (high - low) / (points + 1), x = low + step * (Group.IdxX + 1);
            double d = 1;
            int above = 0;
            for (int i = 0; i < size; i++)
            {
                double off = i > 0 ? beta[i - 1] : 0;
                d = alpha[i] - x - off * off / d;
                d = Math.Abs(d) < 1e-290 ? -1e-290 : d;
                above += d > 0 ? 1 : 0;
            }

            // How many points have an eigenvalue above them: these are the first ones.
            double count = Reduction.Sum(sums, above > 0 ? 1.0 : 0.0);
            double from = low + step * count;
            high = IntrinsicMath.Min(high, from + step);
            low = IntrinsicMath.Max(low, from);
            rounds++;
        }

        // Each pivot of theta I - T is that of a T whose numbers are some units out: at the eigenvalue itself one in the middle may be negative.
        return high + 8 * slack;
    }

    /// <summary>
    /// The size of the last component of T's eigenvector of theta, a bound from above of its largest eigenvalue, by two steps of inverse
    /// iteration on the positive definite theta I - T; the unit vector is left in <paramref name="s"/>.
    /// </summary>
    private static double LastComponent(
        ArrayView<double> alpha, ArrayView<double> beta, ArrayView<double> s, ArrayView<double> pivots, double theta, int size)
    {
        Group.Barrier();
        if (Group.IdxX == 0)
        {
            double least = 1e-290;
            for (int i = 0; i < size; i++) least = IntrinsicMath.Max(least, Math.Abs(alpha[i]) * 1e-18);
            for (int i = 0; i < size; i++) s[i] = 1;
            for (int turn = 0; turn < 3; turn++)
            {
                // L D L^T x = s.
                pivots[0] = IntrinsicMath.Max(theta - alpha[0], least);
                for (int i = 1; i < size; i++)
                {
                    double ratio = beta[i - 1] / pivots[i - 1];
                    s[i] += ratio * s[i - 1];
                    pivots[i] = IntrinsicMath.Max(theta - alpha[i] - beta[i - 1] * ratio, least);
                }

                double largest = s[size - 1] / pivots[size - 1];
                s[size - 1] = largest;
                for (int i = size - 2; i >= 0; i--)
                {
                    s[i] = (s[i] + beta[i] * s[i + 1]) / pivots[i];
                    largest = IntrinsicMath.Max(largest, s[i]);
                }

                double square = 0;
                for (int i = 0; i < size; i++)
                {
                    s[i] /= largest;
                    square += s[i] * s[i];
                }

                double root = Math.Sqrt(square);
                for (int i = 0; i < size; i++) s[i] /= root;
            }
        }

        Group.Barrier();
        return Math.Abs(s[size - 1]);
    }
}

/// <summary>Sizes and limits of runs that are all alike.</summary>
internal readonly struct SmallShape(int length, int leading, int basis, int resident, int limit, int stride, double tolerance, double epsilon, double rounding)
{
    public readonly int Length = length, Leading = leading, Basis = basis, Resident = resident, Limit = limit, Stride = stride;

    public readonly double Tolerance = tolerance, Epsilon = epsilon, Rounding = rounding;
}
