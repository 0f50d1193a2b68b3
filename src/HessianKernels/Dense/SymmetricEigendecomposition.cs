using HessianKernels.Kernels;

namespace HessianKernels.Dense;

/// <summary>
/// All eigenvalues, and all eigenvectors, of a dense symmetric matrix: Householder tridiagonalisation, divide and conquer on the tridiagonal
/// matrix, and the reflections applied to its eigenvectors. Of every computed pair <c>||A v - lambda v||</c> is a small multiple of
/// <c>n eps ||A||</c>, and so is <c>||V V^T - I||</c> of <c>n eps</c>, whatever the eigenvalues.
/// </summary>
internal static unsafe class SymmetricEigendecomposition
{
    // A power of 2 whose inverse is a normal number too.
    private const int LargestExponent = 1000;

    /// <summary>
    /// Decomposes <c>A = V^T diag(lambda) V</c>: on return the rows of <paramref name="matrix"/> are the unit eigenvectors, <c>[n, n]</c>,
    /// row k that of
    /// <c>eigenvalues[k]</c>, in descending order. Only the elements on and below A's diagonal are read. At most 14/3 n^3 flops, and
    /// <see cref="ScratchBytes"/> of memory for the time of the call. An eigenvector's sign is not determined.
    /// </summary>
    /// <param name="matrix">A on entry, the eigenvectors on return; <c>[n, n]</c>, row-major.</param>
    /// <param name="n">The order.</param>
    /// <param name="eigenvalues"><c>[n]</c>, descending.</param>
    /// <param name="threads">Most threads; 0 for one a processor. Changes no bit.</param>
    /// <exception cref="ArgumentException">An element on or below the diagonal is NaN or infinite.</exception>
    public static void Decompose(Span<double> matrix, int n, Span<double> eigenvalues, int threads = 0)
    {
        if (n == 0) return;
        threads = threads == 0 ? Environment.ProcessorCount : threads;
        double unit = Normalize(matrix, n);
        double* stack = stackalloc double[Scratch.OnStack];
        using Scratch scratch = new(stack, Scratch.OnStack, ScratchElements(n));
        double* q = scratch.Pointer, work = q + (nint)n * n, d = work + WorkOfOrder(n) * (nint)n, e = d + n, tau = e + n;
        fixed (double* a = matrix)
        {
            HouseholderTridiagonal.Reduce(a, n, d, e, tau, work, threads);
            DivideAndConquer.Decompose(n, d, e, q, work, threads);
            HouseholderTridiagonal.Apply(a, n, tau, q, work, threads);
        }

        // Descending: the keys are negated, the places follow.
        Span<double> keys = new(e, n);
        Span<int> places = new(tau, n);
        for (int i = 0; i < n; i++) (keys[i], places[i]) = (-d[i], i);
        keys.Sort(places);
        for (int k = 0; k < n; k++)
        {
            eigenvalues[k] = d[places[k]] * unit;
            new Span<double>(q + places[k] * (nint)n, n).CopyTo(matrix.Slice(k * n, n));
        }
    }

    /// <summary>
    /// The eigenvalues alone, descending, at 4/3 n^3 flops. On return the elements of <paramref name="matrix"/> on and below the diagonal are
    /// destroyed, the others as they were.
    /// </summary>
    /// <inheritdoc cref="Decompose"/>
    public static void Eigenvalues(Span<double> matrix, int n, Span<double> eigenvalues, int threads = 0)
    {
        if (n == 0) return;
        double unit = Normalize(matrix, n);
        double* stack = stackalloc double[Scratch.OnStack];
        using Scratch scratch = new(stack, Scratch.OnStack, (HouseholderTridiagonal.ReduceWork + 3L) * n);
        double* d = scratch.Pointer, e = d + n, tau = e + n;
        fixed (double* a = matrix) HouseholderTridiagonal.Reduce(a, n, d, e, tau, tau + n, threads == 0 ? Environment.ProcessorCount : threads);
        ImplicitQl.Decompose(n, d, e, null, 0, 0);
        Span<double> values = new(d, n);
        values.Sort();
        for (int k = 0; k < n; k++) eigenvalues[k] = values[n - 1 - k] * unit;
    }

    /// <summary>Bytes that <see cref="Decompose"/> takes for the time of the call, beside its arguments: about 12 n^2 + 4 KiB n.</summary>
    public static long ScratchBytes(int n) => sizeof(double) * ScratchElements(n);

    private static long ScratchElements(int n) => (n + (long)WorkOfOrder(n) + 3) * n;

    private static int WorkOfOrder(int n)
        => Math.Max(DivideAndConquer.Work(n), Math.Max(HouseholderTridiagonal.ReduceWork, HouseholderTridiagonal.ApplyWork));

    /// <summary>
    /// Divides the lower triangle by a power of 2, so that its largest element is about 1 and no square overflows; nothing is rounded but what
    /// is 300 orders smaller.
    /// </summary>
    private static double Normalize(Span<double> matrix, int n)
    {
        double largest = 0;
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double element = Math.Abs(matrix[i * n + j]);
                if (!double.IsFinite(element))
                {
                    throw new ArgumentException(
                        $"matrix[{i}, {j}] is {matrix[i * n + j]}; the elements on and below the diagonal must be finite.", nameof(matrix));
                }

                largest = Math.Max(largest, element);
            }
        }

        if (largest == 0) return 1;
        int exponent = Math.Clamp(Math.ILogB(largest), -LargestExponent, LargestExponent);
        double inverse = Math.ScaleB(1, -exponent);
        for (int i = 0; i < n; i++)
            for (int j = 0; j <= i; j++) matrix[i * n + j] *= inverse;
        return Math.ScaleB(1, exponent);
    }
}
