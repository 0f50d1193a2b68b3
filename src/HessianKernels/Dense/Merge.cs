using HessianKernels.Kernels;

namespace HessianKernels.Dense;

/// <summary>
/// One merge of divide and conquer: the eigenpairs of <c>diag(d) + rho z z^T</c>, applied to the rows of a matrix whose first rows are zero to the right of its first half and whose others are
/// zero in it.
/// </summary>
internal unsafe ref struct Merge(double* d, double* z, int n, int half, double rho, double* vectors, nint stride, double* scratch, int* index, int threads)
{
    private const double Epsilon = 2.220446049250313e-16;

    // Chunks of the secular equations: their number is not to depend on the threads.
    private const int RootsAChunk = 16;

    // z, then n numbers each; scratch begins with two n x n matrices.
    private readonly double* _poles = z + n, _squares = z + 2 * n, _values = z + 3 * n, _weights = z + 4 * n;

    // Rows in ascending order of d; the rows that take part, by what halves they fill; those that do not.
    private readonly int* _order = index, _kept = index + n, _filled = index + 2 * n, _deflated = index + 3 * n;
    private int _count, _out;

    /// <summary>What a row fills: the first half, both (after a rotation), the second.</summary>
    private const int First = 0, Both = 1, Second = 2;

    public void Run()
    {
        Deflate();
        if (_count > 0)
        {
            GroupByHalves();
            SolveSecular();
            Recombine();
        }

        Sort();
    }

    /// <summary>
    /// Takes out rows that the perturbation does not move: those with a negligible z, and one of every two whose values agree to rounding, after a rotation that moves its z to the other.
    /// </summary>
    private void Deflate()
    {
        double norm = 0, largest = 0;
        for (int i = 0; i < n; i++)
        {
            norm += z[i] * z[i];
            _order[i] = i;
            _filled[i] = i < half ? First : Second;
            largest = Math.Max(largest, Math.Abs(d[i]));
        }

        norm = Math.Sqrt(norm);
        rho *= norm * norm;
        double largestZ = 0;
        for (int i = 0; i < n; i++)
        {
            z[i] /= norm;
            largestZ = Math.Max(largestZ, Math.Abs(z[i]));
        }

        MergeOrder();
        double tolerance = 8 * Epsilon * Math.Max(largest, largestZ);
        (_count, _out) = (0, 0);
        int before = -1;
        for (int at = 0; at < n; at++)
        {
            int row = _order[at];
            if (rho * Math.Abs(z[row]) <= tolerance)
            {
                _deflated[_out++] = row;
                continue;
            }

            if (before >= 0 && Rotates(before, row, tolerance)) _deflated[_out++] = before;
            else if (before >= 0) _kept[_count++] = before;
            before = row;
        }

        if (before >= 0) _kept[_count++] = before;
    }

    /// <summary>Two ascending halves become one ascending order.</summary>
    private readonly void MergeOrder()
    {
        for (int at = 0, i = 0, j = half; at < n; at++) _order[at] = j == n || (i < half && d[i] <= d[j]) ? i++ : j++;
    }

    /// <summary>Rotates the z of the first row into the second where what that couples the two by is negligible.</summary>
    private readonly bool Rotates(int first, int second, double tolerance)
    {
        double s = z[first], c = z[second], length = double.Hypot(c, s), gap = d[second] - d[first];
        (c, s) = (c / length, -s / length);
        if (Math.Abs(gap * c * s) > tolerance) return false;
        z[second] = length;
        z[first] = 0;
        if (_filled[first] != _filled[second]) _filled[first] = _filled[second] = Both;
        double* x = vectors + first * stride, y = vectors + second * stride;
        for (int k = 0; k < n; k++) (x[k], y[k]) = (c * x[k] + s * y[k], c * y[k] - s * x[k]);
        (double a, double b) = (d[first], d[second]);
        d[first] = a * c * c + b * s * s;
        d[second] = a * s * s + b * c * c;
        return true;
    }

    /// <summary>Copies the rows that take part side by side, those of the first half, of both, of the second; their place stays in <c>_order</c>.</summary>
    private readonly void GroupByHalves()
    {
        double* rows = scratch + (nint)n * n;
        int place = 0;
        for (int group = First; group <= Second; group++)
        {
            for (int i = 0; i < _count; i++)
            {
                if (_filled[_kept[i]] != group) continue;
                new Span<double>(vectors + _kept[i] * stride, n).CopyTo(new Span<double>(rows + (nint)place * n, n));
                // Pole i stands at this place among the rows.
                _order[i] = place++;
            }
        }

        for (int i = 0; i < _count; i++)
        {
            _poles[i] = d[_kept[i]];
            _squares[i] = z[_kept[i]] * z[_kept[i]];
        }
    }

    private readonly void SolveSecular()
    {
        int chunks = (_count + RootsAChunk - 1) / RootsAChunk;
        RootsJob roots = new() { Poles = _poles, Squares = _squares, Values = _values, Differences = scratch, Count = _count, Rho = rho };
        ParallelLoop.Run(ref roots, chunks, _count < 64 ? 1 : threads);
        WeightsJob weights = new() { Poles = _poles, Differences = scratch, Weights = _weights, Count = _count, Z = z, Kept = _kept };
        ParallelLoop.Run(ref weights, chunks, _count < 64 ? 1 : threads);
        VectorsJob vectorsJob = new() { Differences = scratch, Weights = _weights, Places = _order, Count = _count };
        ParallelLoop.Run(ref vectorsJob, chunks, _count < 64 ? 1 : threads);
    }

    /// <summary>New rows are combinations of those that took part; into their places.</summary>
    private readonly void Recombine()
    {
        double* rows = scratch + (nint)n * n;
        int first = 0, both = 0;
        for (int i = 0; i < _count; i++)
        {
            if (_filled[_kept[i]] == First) first++;
            if (_filled[_kept[i]] == Both) both++;
        }

        // The result goes where the rows that took part were, which now lie side by side: through the front of the matrix, after those that did not have been put by.
        int left = first + both, right = _count - first;
        for (int i = 0; i < _out; i++)
            new Span<double>(vectors + _deflated[i] * stride, n).CopyTo(new Span<double>(rows + (nint)(_count + i) * n, n));
        Gemm.Multiply(false, false, _count, half, left, 1.0, scratch, _count, rows, n, 0.0, vectors, stride, threads);
        Gemm.Multiply(false, false, _count, n - half, right, 1.0, scratch + first, _count, rows + (nint)first * n + half, n, 0.0, vectors + half, stride, threads);
        for (int i = 0; i < _out; i++)
        {
            _squares[i] = d[_deflated[i]];
            new Span<double>(rows + (nint)(_count + i) * n, n).CopyTo(new Span<double>(vectors + (_count + i) * stride, n));
        }

        for (int i = 0; i < _count; i++) d[i] = _values[i];
        for (int i = 0; i < _out; i++) d[_count + i] = _squares[i];
    }

    /// <summary>Brings values, and rows with them, into ascending order.</summary>
    private readonly void Sort()
    {
        new Span<int>(_order, n).Clear();
        for (int i = 0; i < n; i++) _order[i] = i;
        double* values = _values;
        new Span<double>(d, n).CopyTo(new Span<double>(values, n));
        new Span<double>(values, n).Sort(new Span<int>(_order, n));
        bool sorted = true;
        for (int i = 0; i < n; i++) sorted &= _order[i] == i;
        if (sorted) return;
        double* rows = scratch;
        for (int i = 0; i < n; i++) new Span<double>(vectors + _order[i] * stride, n).CopyTo(new Span<double>(rows + (nint)i * n, n));
        for (int i = 0; i < n; i++) new Span<double>(rows + (nint)i * n, n).CopyTo(new Span<double>(vectors + i * stride, n));
        new Span<double>(values, n).CopyTo(new Span<double>(d, n));
    }

    /// <summary>Root j, and <c>d_i - x_j</c> in row j.</summary>
    private struct RootsJob : IChunkJob
    {
        public double* Poles, Squares, Values, Differences;
        public double Rho;
        public int Count;

        public readonly void Run(int chunk, int lane)
        {
            int end = Math.Min(Count, (chunk + 1) * RootsAChunk);
            for (int j = chunk * RootsAChunk; j < end; j++) Values[j] = SecularEquation.Root(j, Poles, Squares, Count, Rho, Differences + (nint)j * Count);
        }
    }

    /// <summary>
    /// The z for which the roots found are exact: <c>z_i^2 = prod_j (x_j - d_i) / prod_(j != i) (d_j - d_i)</c>, but for a common factor (Gu and Eisenstat).
    /// </summary>
    private struct WeightsJob : IChunkJob
    {
        public double* Poles, Differences, Weights, Z;
        public int* Kept;
        public int Count;

        public readonly void Run(int chunk, int lane)
        {
            int end = Math.Min(Count, (chunk + 1) * RootsAChunk);
            for (int i = chunk * RootsAChunk; i < end; i++) Weights[i] = Differences[(nint)i * Count + i];
            for (int j = 0; j < Count; j++)
            {
                double* row = Differences + (nint)j * Count;
                for (int i = chunk * RootsAChunk; i < end; i++)
                    if (i != j) Weights[i] *= row[i] / (Poles[i] - Poles[j]);
            }

            for (int i = chunk * RootsAChunk; i < end; i++) Weights[i] = Math.CopySign(Math.Sqrt(Math.Abs(Weights[i])), Z[Kept[i]]);
        }
    }

    /// <summary>Row j becomes the unit eigenvector <c>z_i / (d_i - x_j)</c>, its elements where the rows stand that they multiply.</summary>
    private struct VectorsJob : IChunkJob
    {
        public double* Differences, Weights;
        public int* Places;
        public int Count;

        public readonly void Run(int chunk, int lane)
        {
            double* stack = stackalloc double[Scratch.OnStack];
            using Scratch made = new(stack, Scratch.OnStack, Count);
            int end = Math.Min(Count, (chunk + 1) * RootsAChunk);
            for (int j = chunk * RootsAChunk; j < end; j++)
            {
                double* row = Differences + (nint)j * Count;
                double square = 0;
                for (int i = 0; i < Count; i++)
                {
                    double element = Weights[i] / row[i];
                    made.Pointer[Places[i]] = element;
                    square += element * element;
                }

                double scale = 1 / Math.Sqrt(square);
                for (int i = 0; i < Count; i++) row[i] = made.Pointer[i] * scale;
            }
        }
    }
}
