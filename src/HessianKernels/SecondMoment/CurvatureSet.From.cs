using System.Numerics;
using HessianKernels.Dense;
using HessianKernels.Kernels;
using HessianKernels.Operators;

namespace HessianKernels.SecondMoment;

public sealed unsafe partial class CurvatureSet
{
    private static readonly double s_double = ElementType.Epsilon<double>();

    /// <summary>Rank-one curvatures <c>H_i = j_i j_i^T</c>: one output, mean squared error.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="jacobian">J, <c>[n, d]</c>, row-major; not copied.</param>
    /// <param name="examples">n, at least 1.</param>
    /// <param name="parameters">d, at least 1.</param>
    /// <param name="threads">Most threads that look for NaN; 0 for one a processor.</param>
    /// <exception cref="ArgumentException">The number of elements is another, or one is NaN or infinite: which example, and the
    /// column.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static CurvatureSet FromJacobian<T>(ReadOnlyMemory<T> jacobian, int examples, int parameters, int threads = 0)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ThrowIfNoShape(examples, 1, parameters, threads);
        FactorRows.Validate(jacobian.Span, examples, 1, parameters, (nameof(jacobian), "examples x parameters"), ThreadsOf(threads));
        return new(examples, 1, FactorRows.Of(jacobian, examples, parameters), s_double);
    }

    /// <summary>Curvatures <c>H_i = F_i^T F_i</c>.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="factors">F, <c>[n, r, d]</c>, row-major; not copied.</param>
    /// <param name="examples">n, at least 1.</param>
    /// <param name="rows">r, at least 1.</param>
    /// <param name="parameters">d, at least 1.</param>
    /// <param name="threads">Most threads that look for NaN; 0 for one a processor.</param>
    /// <exception cref="ArgumentException">The number of elements is another, or one is NaN or infinite: which example, row and
    /// column.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static CurvatureSet FromFactors<T>(ReadOnlyMemory<T> factors, int examples, int rows, int parameters, int threads = 0)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ThrowIfNoShape(examples, rows, parameters, threads);
        FactorRows.Validate(factors.Span, examples, rows, parameters, (nameof(factors), "examples x rows x parameters"), ThreadsOf(threads));
        return new(examples, rows, FactorRows.Of(factors, examples * rows, parameters), s_double);
    }

    /// <summary>Gauss-Newton curvatures <c>H_i = J_i^T S_i J_i</c> of C outputs, S_i the Hessian of the loss in them.</summary>
    /// <remarks>
    /// <c>F_i = diag(sqrt(s)) V^T J_i</c> from the eigenpairs of S_i that are not zero to rounding: r is the largest rank among the S_i (C
    /// - 1 for the cross entropy
    /// of a softmax), and the factors <c>[n, r, d]</c> are new memory in double. 2 n r C d flops.
    /// </remarks>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="jacobian">J, <c>[n, C, d]</c>, row-major.</param>
    /// <param name="logitHessians">S, <c>[n, C, C]</c>, each symmetric and positive semidefinite.</param>
    /// <param name="examples">n, at least 1.</param>
    /// <param name="outputs">C, at least 1.</param>
    /// <param name="parameters">d, at least 1.</param>
    /// <param name="threads">Most threads; 0 for one a processor. Changes no bit.</param>
    /// <exception cref="ArgumentException">
    /// A number of elements is another, an element is NaN or infinite, an S_i is not symmetric or not positive semidefinite: which one,
    /// and where.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range, or the factors are more than one array
    /// holds.</exception>
    public static CurvatureSet FromLogitHessians<T>(
        ReadOnlyMemory<T> jacobian, ReadOnlyMemory<T> logitHessians, int examples, int outputs, int parameters, int threads = 0)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ThrowIfNoShape(examples, outputs, parameters, threads, nameof(outputs));
        threads = ThreadsOf(threads);
        FactorRows.Validate(jacobian.Span, examples, outputs, parameters, (nameof(jacobian), "examples x outputs x parameters"), threads);
        ExampleEigenpairs pairs = ExampleEigenpairs.Of(
            logitHessians.Span, examples, outputs, (nameof(logitHessians), "examples x outputs x outputs"), threads);
        if (pairs.FirstIndefinite() is { } indefinite)
            throw new ArgumentException(
                $"The logit Hessian of example {indefinite.Index} is not positive semidefinite: its lowest eigenvalue is " +
                $"{indefinite.LowestEigenvalue:G6} where its norm is {indefinite.Norm:G6}; expected none below 0 but for rounding.",
                nameof(logitHessians));
        int rows = pairs.LargestRank();
        double[] roots = pairs.Factors(rows, out _);
        double[] factors = Workspace.Allocate<double>((long)examples * rows * parameters);
        FactorRows source = FactorRows.Of(jacobian, examples * outputs, parameters);
        double[] buffer = new double[source.BufferLength((long)outputs * parameters)];
        for (int i = 0; i < examples; i++)
        {
            ReadOnlySpan<double> block = source.Block(i * outputs, outputs, 0, parameters, buffer, out int stride);
            fixed (double* s = &roots[i * rows * outputs], j = block, f = &factors[i * rows * parameters])
                Gemm.Multiply(false, false, rows, parameters, outputs, 1.0, s, outputs, j, stride, 0.0, f, parameters, threads);
        }

        return new(examples, rows, FactorRows.Of<double>(factors, examples * rows, parameters), s_double);
    }

    /// <summary>Dense curvatures, each symmetric; positive semidefinite or not.</summary>
    /// <remarks>
    /// Each H_i is taken apart into its eigenpairs, and those that are not zero to rounding make the rows of its factor, <c>sqrt(|e|)
    /// v^T</c>, with the signs of
    /// the e where one example has a negative one (<see cref="Indefinite"/>). An eigenvalue is rounding up to <c>8 eps d</c> times the
    /// largest of its H_i in magnitude,
    /// with the eps of T. Takes 8 n d^2 bytes while it works and 8 n r d for the factors; about 9 n d^3 flops.
    /// </remarks>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="hessians">H, <c>[n, d, d]</c>.</param>
    /// <param name="examples">n, at least 1.</param>
    /// <param name="parameters">d, at least 1.</param>
    /// <param name="threads">Most threads; 0 for one a processor. Changes no bit.</param>
    /// <exception cref="ArgumentException">
    /// The number of elements is another, an element is NaN or infinite, or a matrix is not symmetric: which one, and where. The symmetric
    /// part is never taken in its place.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static CurvatureSet FromHessians<T>(ReadOnlyMemory<T> hessians, int examples, int parameters, int threads = 0)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ThrowIfNoShape(examples, 1, parameters, threads);
        ExampleEigenpairs pairs = ExampleEigenpairs.Of(
            hessians.Span, examples, parameters, (nameof(hessians), "examples x parameters x parameters"), ThreadsOf(threads));
        IndefiniteExample? indefinite = pairs.FirstIndefinite();
        int rows = pairs.LargestRank();
        double[] factors = pairs.Factors(rows, out double[] signs);
        return new(
            examples, rows, FactorRows.Of<double>(factors, examples * rows, parameters), ElementType.Epsilon<T>(),
            indefinite is null ? null : signs, indefinite);
    }

    /// <summary>A set whose factors are not in memory, by the inner products of their rows: all that <see cref="Reduce"/> needs of
    /// them.</summary>
    /// <remarks>The eigenpairs are found here, and the Gram matrix is not kept: 16 (n r)^2 bytes. <see cref="GramAccumulator"/> makes it
    /// from pieces of the factors.</remarks>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="gram"><c>F F^T</c>, not divided by n, <c>[n r, n r]</c>: symmetric, positive semidefinite. Row <c>i r + a</c> is row a
    /// of example i.</param>
    /// <param name="examples">n, at least 1.</param>
    /// <param name="rows">r, at least 1.</param>
    /// <param name="threads">Most threads; 0 for one a processor. Changes no bit.</param>
    /// <exception cref="ArgumentException">
    /// The number of elements is another, one is NaN or infinite, the matrix is not symmetric, or has a negative eigenvalue that rounding
    /// does not explain.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static CurvatureSet FromGram<T>(ReadOnlyMemory<T> gram, int examples, int rows, int threads = 0)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ElementType.ThrowIfUnsupported<T>();
        ThrowIfNoShape(examples, rows, 1, threads);
        threads = ThreadsOf(threads);
        long order = (long)examples * rows;
        if (gram.Length != order * order)
            throw new ArgumentException(
                $"Expected a matrix of order examples x rows = {examples} x {rows}, {order * order} elements; found {gram.Length}.", nameof(gram));
        DenseSymmetric.Validate(gram.Span, (int)order, nameof(gram), threads: threads);
        double[] matrix = new double[gram.Length];
        ReadOnlySpan<T> elements = gram.Span;
        for (int i = 0; i < matrix.Length; i++) matrix[i] = double.CreateTruncating(elements[i]);
        return FromGram(matrix, examples, rows, 0, ElementType.Epsilon<T>(), threads);
    }

    /// <summary>The same for a matrix of which only the elements on and below the diagonal are read, and which is overwritten.</summary>
    internal static CurvatureSet FromGram(double[] gram, int examples, int rows, long parameters, double epsilon, int threads)
    {
        int order = examples * rows;
        double trace = 0;
        for (int i = 0; i < order; i++) trace += gram[i * order + i];
        double[] values = new double[order];
        SymmetricEigendecomposition.Decompose(gram, order, values, threads);
        double tolerance = DefaultTolerance(Math.Max(order, 32), parameters, epsilon);
        if (values[^1] < -tolerance * Math.Max(values[0], -values[^1]))
            throw new ArgumentException(
                $"A Gram matrix has no negative eigenvalue; found {values[^1]:G6} where the largest is {values[0]:G6}. Expected F F^T.", nameof(gram));
        for (int k = 0; k < order; k++) values[k] /= examples;
        return new(examples, rows, parameters, values, gram, trace / examples, tolerance);
    }

    private static int ThreadsOf(int threads) => threads == 0 ? Environment.ProcessorCount : threads;

    private static void ThrowIfNoShape(int examples, int rows, int parameters, int threads, string rowsName = "rows")
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(examples, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1, rowsName);
        ArgumentOutOfRangeException.ThrowIfLessThan(parameters, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
    }
}
