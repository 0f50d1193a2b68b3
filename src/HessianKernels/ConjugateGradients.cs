using System.Numerics;
using System.Runtime.InteropServices;
using HessianKernels.Krylov;
using HessianKernels.Operators;
using HessianKernels.Spaces;

namespace HessianKernels;

/// <summary>Solves symmetric positive definite systems <c>A x = b</c> from products with A alone, by (preconditioned) conjugate gradients.</summary>
/// <example><code>
/// double[] step = new double[n];
/// ConjugateGradientsEvidence evidence = ConjugateGradients.Solve&lt;double&gt;(hessian, gradient, step, new() { RelativeTolerance = 1e-6 })[0];
/// if (evidence.Status != ConjugateGradientsStatus.Converged) Console.WriteLine($"{evidence.Status}: residual {evidence.RelativeResidual}");
/// </code></example>
public static partial class ConjugateGradients
{
    /// <summary>
    /// Solves <c>A_b x_b = b_b</c> for each item, each stopping on its own: one product, 9 vectors read and 3 written an iteration, and one product for the residual at the end. The error
    /// falls at least like <c>((sqrt(c) - 1) / (sqrt(c) + 1))^k</c>, c the condition number of A (of M A).
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="matrix">A batch of symmetric operators, positive definite; one that is not is found out where a direction shows it.</param>
    /// <param name="rightHandSide">b, <c>[Batch, n]</c>; not changed.</param>
    /// <param name="solution">x, <c>[Batch, n]</c>; on entry the guess, where the options say so. Does not overlap b.</param>
    /// <param name="options">Tolerances, limits; the defaults where null.</param>
    /// <param name="preconditioner">M, about A^-1, symmetric positive definite: <c>z = M r</c> is asked for once an iteration. None where null.</param>
    /// <param name="progress">Told the number of iterations so far.</param>
    /// <param name="cancellation">Ends the run with the iterate so far and the status Cancelled.</param>
    /// <returns>The evidence, one a batch item; x and it have the bits that the item gives alone.</returns>
    /// <exception cref="ArgumentException">A length differs from Batch n.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range, or the memory needed is more than one array holds.</exception>
    public static ConjugateGradientsEvidence[] Solve<T>(
        ILinearOperator<Span<T>> matrix, ReadOnlySpan<T> rightHandSide, Span<T> solution, ConjugateGradientsOptions? options = null,
        ILinearOperator<Span<T>>? preconditioner = null, IProgress<int>? progress = null, CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(matrix);
        options ??= ConjugateGradientsOptions.Default;
        options.Check();
        long elements = (long)matrix.Batch * matrix.Length;
        ThrowIfLengthIsNot(elements, rightHandSide.Length, matrix, nameof(rightHandSide));
        ThrowIfLengthIsNot(elements, solution.Length, matrix, nameof(solution));
        if (rightHandSide.Overlaps(solution)) throw new ArgumentException("The solution overlaps the right-hand side.", nameof(solution));
        if (preconditioner is not null && (preconditioner.Batch != matrix.Batch || preconditioner.Length != matrix.Length))
            throw new ArgumentException(
                $"Found a preconditioner [{preconditioner.Batch}, {preconditioner.Length}]; expected [{matrix.Batch}, {matrix.Length}].", nameof(preconditioner));

        CpuSpace<T> space = new(matrix.Batch, matrix.Length, options.Threads);
        SpaceFit.Check<Span<T>, CpuSpace<T>, ILinearOperator<Span<T>>>(space, matrix, nameof(matrix));
        if (preconditioner is not null) SpaceFit.Check<Span<T>, CpuSpace<T>, ILinearOperator<Span<T>>>(space, preconditioner, nameof(preconditioner));
        T[] memory = Workspace.Allocate<T>(
            ConjugateGradientLayout.Elements(matrix.Batch, matrix.Length, preconditioner is not null, 1));
        if (!options.StartFromSolution) solution.Clear();
        // A space has one kind of view; this one is only read.
        Span<T> b = MemoryMarshal.CreateSpan(ref MemoryMarshal.GetReference(rightHandSide), rightHandSide.Length);
        ConjugateGradientIteration<Span<T>, CpuSpace<T>, ILinearOperator<Span<T>>> iteration = new(space, matrix, preconditioner, options, memory);
        return iteration.Run(b, solution, progress, cancellation);
    }

    /// <summary>The same for a stack of dense symmetric matrices.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="matrices"><c>[batch, n, n]</c>, row-major; only read.</param>
    /// <param name="n">Order of each matrix.</param>
    /// <param name="rightHandSide">b, <c>[batch, n]</c>; not changed.</param>
    /// <param name="solution">x, <c>[batch, n]</c>; on entry the guess, where the options say so.</param>
    /// <param name="options">Tolerances, limits; the defaults where null.</param>
    /// <param name="preconditioner">M, about A^-1; none where null.</param>
    /// <param name="progress">Told the number of iterations so far.</param>
    /// <param name="cancellation">Ends the run with the iterate so far and the status Cancelled.</param>
    /// <returns>The evidence, one a matrix.</returns>
    /// <exception cref="ArgumentException">A length is not the one expected.</exception>
    public static ConjugateGradientsEvidence[] Solve<T>(
        ReadOnlyMemory<T> matrices, int n, ReadOnlySpan<T> rightHandSide, Span<T> solution, ConjugateGradientsOptions? options = null,
        ILinearOperator<Span<T>>? preconditioner = null, IProgress<int>? progress = null, CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Solve(new DenseSymmetric<T>(matrices, n, options?.Threads ?? 0), rightHandSide, solution, options, preconditioner, progress, cancellation);

    /// <summary>Bytes that a solution takes: four vectors an item, five with a preconditioner.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="length">n.</param>
    /// <param name="batch">Number of systems.</param>
    /// <param name="preconditioned">Whether there is a preconditioner.</param>
    public static long RequiredBytes<T>(int length, int batch = 1, bool preconditioned = false)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Workspace.Bytes<T>(ConjugateGradientLayout.Elements(batch, length, preconditioned, 1), 16L * batch);

    private static void ThrowIfLengthIsNot<T>(long expected, int found, ILinearOperator<Span<T>> matrix, string argument)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (found != expected) throw new ArgumentException($"Found {found} elements; expected [Batch, n] = [{matrix.Batch}, {matrix.Length}] = {expected}.", argument);
    }
}
