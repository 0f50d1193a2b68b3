using HessianKernels.Spaces;

namespace HessianKernels.Krylov;

/// <summary>
/// Preconditioned conjugate gradients for a batch of systems on any space (Hestenes and Stiefel, J. Res. NBS 49, 1952; Golub and Van Loan, Matrix Computations, 11.5):
/// <code>
///  q = A p;  alpha = r^T z / p^T q;  x += alpha p;  r -= alpha q;  z = M r;  p = z + beta p,  beta = (r^T z of now) / (r^T z of before)
/// </code>
/// </summary>
/// <remarks>
/// The residual is normalised first, <c>A d = r_0 / rho</c>, <c>x = x_0 + rho d</c>, so that squares neither overflow nor underflow in float, whatever b's size. When an
/// item ends its iterate is copied out; what the loop then still does to its vectors, for the sake of the others, touches nothing that is returned.
/// What the scalars that come back to the host decide is in <see cref="ConjugateGradientItem"/>.
/// <code>
///  space: | p | z | q | iterate | r, where there is a preconditioner, else r = z | coefficients 2 |     each times Batch
/// </code>
/// </remarks>
internal ref partial struct ConjugateGradientIteration<TView, TSpace, TOperator>
    where TView : allows ref struct
    where TSpace : IVectorSpace<TView>
    where TOperator : ILinearOperator<TView>
{
    private readonly TSpace _space;
    private readonly TOperator _matrix;
    private readonly ILinearOperator<TView>? _preconditioner;
    private readonly ConjugateGradientsOptions _options;
    private readonly TView _directions, _p, _z, _q, _iterate, _r, _coefficients;
    private readonly ConjugateGradientItem[] _items;
    private readonly double[] _first, _second, _pair;

    public ConjugateGradientIteration(TSpace space, TOperator matrix, ILinearOperator<TView>? preconditioner, ConjugateGradientsOptions options, TView memory)
    {
        (_space, _matrix, _preconditioner, _options) = (space, matrix, preconditioner, options);
        long size = (long)space.Batch * space.Length, vectors = preconditioner is null ? 4 : 5;
        // p and z side by side: together they are the basis that the next direction is combined from.
        _directions = space.Slice(memory, 0, 2 * size);
        _p = space.Slice(memory, 0, size);
        _z = space.Slice(memory, size, size);
        _q = space.Slice(memory, 2 * size, size);
        _iterate = space.Slice(memory, 3 * size, size);
        _r = preconditioner is null ? _z : space.Slice(memory, 4 * size, size);
        _coefficients = space.Slice(memory, vectors * size, 2 * space.Batch);
        _items = new ConjugateGradientItem[space.Batch];
        (_first, _second, _pair) = (new double[space.Batch], new double[space.Batch], new double[2 * space.Batch]);
    }

    /// <summary>Solves <c>A x = b</c>.</summary>
    /// <param name="rightHandSide">b, <c>[Batch, Length]</c>; not changed.</param>
    /// <param name="solution">x_0 on entry, 0 unless the options say that it is a guess; x on return.</param>
    /// <param name="progress">Told the number of iterations so far.</param>
    /// <param name="cancellation">Ends the items still running where they are.</param>
    public ConjugateGradientsEvidence[] Run(TView rightHandSide, TView solution, IProgress<int>? progress, CancellationToken cancellation)
    {
        Start(rightHandSide, solution);
        int limit = _options.MaximumIterations ?? (int)Math.Min(int.MaxValue, 10L * _space.Length), step = 0;
        bool running = Retire(solution);
        for (; running && step < limit && !cancellation.IsCancellationRequested; step++)
        {
            _matrix.Apply(_p, _q);
            TView scalars = _space.Slice(_coefficients, 0, _space.Batch);
            Inner(_p, _q, _first);
            if (Step()) Explain();
            for (int b = 0; b < _items.Length; b++) _first[b] = -_items[b].Alpha * _items[b].Scale;
            _space.Write(_first, scalars);
            _space.SubtractScaled(scalars, _p, _iterate);
            for (int b = 0; b < _items.Length; b++) _first[b] = _items[b].Alpha;
            _space.Write(_first, scalars);
            _space.SubtractScaled(scalars, _q, _r);

            Inner(_r, _r, _first);
            if (_preconditioner is null)
            {
                _first.CopyTo(_second);
            }
            else
            {
                _preconditioner.Apply(_r, _z);
                Inner(_r, _z, _second);
            }

            for (int b = 0; b < _items.Length; b++) _items[b].Continue(_first[b], _second[b]);
            running = Retire(solution);

            for (int b = 0; b < _items.Length; b++) (_pair[b], _pair[_items.Length + b]) = (_items[b].Beta, _items[b].Running ? 1 : 0);
            _space.Write(_pair, _coefficients);
            _space.Combine(_directions, 2, _coefficients, 1, _p);
            progress?.Report(step + 1);
        }

        ConjugateGradientsStatus unfinished = step < limit ? ConjugateGradientsStatus.Cancelled : ConjugateGradientsStatus.IterationLimit;
        foreach (ref ConjugateGradientItem item in _items.AsSpan()) if (item.Running) item.End(unfinished);
        Retire(solution);
        return Conclude(rightHandSide, solution);
    }

    /// <summary>Copies the iterates of the items that have just ended to the solution.</summary>
    /// <returns>Whether an item still runs.</returns>
    private readonly bool Retire(TView solution)
    {
        bool running = false;
        for (int b = 0; b < _items.Length; b++)
        {
            running |= _items[b].Running;
            if (_items[b].Running || _items[b].Retired) continue;
            if (!_items[b].IterateLost) _space.Copy(Item(_iterate, b), Item(solution, b));
            _items[b].Retired = true;
        }

        return running;
    }

    /// <summary>The true residual of what is returned, and the verdict.</summary>
    private readonly ConjugateGradientsEvidence[] Conclude(TView rightHandSide, TView solution)
    {
        if (Array.Exists(_items, static item => item.Iterations > 0))
        {
            TView scalars = _space.Slice(_coefficients, 0, _space.Batch);
            Residual(rightHandSide, solution);
            _space.Normalize(_r, scalars);
            _space.Read(scalars, _second);
        }

        ConjugateGradientsEvidence[] results = new ConjugateGradientsEvidence[_items.Length];
        for (int b = 0; b < _items.Length; b++) results[b] = _items[b].Conclude(_second[b]);
        return results;
    }

    /// <summary>Finds each alpha from p^T q.</summary>
    /// <returns>Whether a direction without positive curvature was met.</returns>
    private readonly bool Step()
    {
        bool met = false;
        for (int b = 0; b < _items.Length; b++) met |= _items[b].Step(_first[b]);
        return met;
    }

    /// <summary>Divides the curvature of such directions by p^T p, which nothing else needs.</summary>
    private readonly void Explain()
    {
        Inner(_p, _p, _first);
        for (int b = 0; b < _items.Length; b++) _items[b].Explain(_first[b]);
    }

    /// <summary>The first residual, its norm and that of b; ends the items that need no iteration.</summary>
    private void Start(TView rightHandSide, TView solution)
    {
        TView scalars = _space.Slice(_coefficients, 0, _space.Batch);
        _space.Copy(rightHandSide, _q);
        _space.Normalize(_q, scalars);
        _space.Read(scalars, _first);
        _space.Copy(solution, _iterate);
        if (_options.StartFromSolution) Residual(rightHandSide, solution);
        else _space.Copy(rightHandSide, _r);
        _space.Normalize(_r, scalars);
        _space.Read(scalars, _second);
        double relative = _options.RelativeTolerance ?? Math.Sqrt(_space.Epsilon);
        for (int b = 0; b < _items.Length; b++)
        {
            _items[b] = new(_first[b], _second[b], Math.Max(relative * _first[b], _options.AbsoluteTolerance), _options.StartFromSolution, _preconditioner is not null);
            // The solution of A x = 0 is 0, whatever the guess; b itself is a place to copy it from.
            if (_first[b] == 0) _space.Copy(Item(rightHandSide, b), Item(_iterate, b));
        }

        if (_preconditioner is null)
        {
            // Of norm 1 by construction.
            Inner(_r, _r, _first);
        }
        else
        {
            _preconditioner.Apply(_r, _z);
            Inner(_r, _z, _first);
        }

        for (int b = 0; b < _items.Length; b++) _items[b].Start(_first[b]);
        _space.Copy(_z, _p);
    }

    /// <summary><c>r = b - A x</c>.</summary>
    private readonly void Residual(TView rightHandSide, TView solution)
    {
        TView scalars = _space.Slice(_coefficients, 0, _space.Batch);
        _matrix.Apply(solution, _q);
        _space.Copy(rightHandSide, _r);
        Span<double> ones = _pair.AsSpan(0, _space.Batch);
        ones.Fill(1);
        _space.Write(ones, scalars);
        _space.SubtractScaled(scalars, _q, _r);
    }

    private readonly void Inner(TView x, TView y, double[] result)
    {
        TView scalars = _space.Slice(_coefficients, 0, _space.Batch);
        _space.Dot(x, y, scalars);
        _space.Read(scalars, result);
    }

    private readonly TView Item(TView vector, int item) => _space.Slice(vector, (long)item * _space.Length, _space.Length);
}

/// <summary>How much a conjugate gradient iteration keeps.</summary>
internal static class ConjugateGradientLayout
{
    /// <summary>Elements of memory on the space's side.</summary>
    public static long Elements(int batch, int length, bool preconditioned) => batch * ((preconditioned ? 5L : 4L) * length + 2);
}
