using HessianKernels.Spaces;

namespace HessianKernels.Krylov;

/// <summary>Where a Lanczos run keeps its vectors and coefficients, all on the space's side.</summary>
/// <typeparam name="TView">How vectors are held.</typeparam>
internal readonly ref struct LanczosBasis<TView>
    where TView : allows ref struct
{
    /// <summary>The orthonormal vectors v_0, v_1, ..., <c>[slots, Batch, Length]</c>.</summary>
    public required TView Vectors { get; init; }

    /// <summary>Diagonal of T, <c>[slots, Batch]</c>.</summary>
    public required TView Alpha { get; init; }

    /// <summary>beta_j couples v_j and v_(j+1), <c>[slots, Batch]</c>.</summary>
    public required TView Beta { get; init; }

    /// <summary>What orthogonalisation removes, <c>[slots, Batch]</c>; scratch.</summary>
    public required TView Coefficients { get; init; }

    /// <summary>An estimate of ||A||, <c>[Batch]</c>: less than rounding of it is no direction. 0 where nothing is known yet.</summary>
    public required TView Reference { get; init; }

    /// <summary>Second passes of orthogonalisation, counted, <c>[Batch]</c>.</summary>
    public required TView SecondPasses { get; init; }

    /// <summary>Norms nobody asks for, <c>[Batch]</c>; scratch.</summary>
    public required TView Norm { get; init; }
}

/// <summary>
/// Lanczos's three-term recurrence with full orthogonalisation by Kahan and Parlett: the symmetric matrix becomes tridiagonal,
/// <c>A V = V T + beta v e^T</c>, <c>V^T V = I</c>.
/// </summary>
internal static class Tridiagonalization
{
    /// <summary>
    /// One step, from v_j to v_(j+1), with no word to the host:
    /// <code>
    ///  w = A v_j;  alpha_j = &lt;v_j, w&gt;;  w -= alpha_j v_j + beta_(j-1) v_(j-1)
    ///  w -= V (V^T w), once or twice;  beta_j = ||w||;  v_(j+1) = w / beta_j      (0 where w lies in the span)
    /// </code>
    /// The two local terms go first, so that the test of Kahan and Parlett sees what is left of them: one pass over the
    /// basis is then nearly always enough. One product, 2 j + 8 vectors read.
    /// </summary>
    /// <param name="space">The arithmetic.</param>
    /// <param name="matrix">The operator A.</param>
    /// <param name="basis">v_0 .. v_j and beta_(j-1) in; v_(j+1), alpha_j and beta_j out.</param>
    /// <param name="j">The step, which is the slot of v_j.</param>
    public static void Step<TView, TSpace, TOperator>(TSpace space, TOperator matrix, LanczosBasis<TView> basis, int j)
        where TView : allows ref struct
        where TSpace : IVectorSpace<TView>
        where TOperator : ILinearOperator<TView>
    {
        matrix.Apply(Slot(space, basis.Vectors, j), Slot(space, basis.Vectors, j + 1));
        Recur(space, basis, j);
    }

    /// <summary>The step without its product: w = A v_j stands in slot j + 1.</summary>
    public static void Recur<TView, TSpace>(TSpace space, LanczosBasis<TView> basis, int j)
        where TView : allows ref struct
        where TSpace : IVectorSpace<TView>
    {
        TView current = Slot(space, basis.Vectors, j), next = Slot(space, basis.Vectors, j + 1);
        TView alpha = Item(space, basis.Alpha, j), beta = Item(space, basis.Beta, j);
        space.Dot(current, next, alpha);
        if (j == 0) space.SubtractScaled(alpha, current, next);
        else space.SubtractScaled(alpha, current, Item(space, basis.Beta, j - 1), Slot(space, basis.Vectors, j - 1), next);
        space.Orthogonalize(basis.Vectors, j + 1, basis.Reference, next, basis.Coefficients, beta, basis.SecondPasses);
        space.Divide(beta, next);
    }

    /// <summary>Vector <paramref name="slot"/> of a basis, <c>[Batch, Length]</c>: to its last element, so that of one item an operator is given n.</summary>
    public static TView Slot<TView, TSpace>(TSpace space, TView vectors, int slot)
        where TView : allows ref struct
        where TSpace : IVectorSpace<TView>
    {
        long size = (long)space.Batch * space.Stride;
        return space.Slice(vectors, slot * size, size - space.Stride + space.Length);
    }

    /// <summary>Coefficients of one vector, <c>[Batch]</c>.</summary>
    public static TView Item<TView, TSpace>(TSpace space, TView coefficients, int slot)
        where TView : allows ref struct
        where TSpace : IVectorSpace<TView>
        => space.Slice(coefficients, (long)slot * space.Batch, space.Batch);
}
