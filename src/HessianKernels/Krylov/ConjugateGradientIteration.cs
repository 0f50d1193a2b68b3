using HessianKernels.Spaces;

namespace HessianKernels.Krylov;

/// <summary>
/// Preconditioned conjugate gradients for a batch of systems on any space (Hestenes and Stiefel, J. Res. NBS 49, 1952; Golub and Van Loan, Matrix Computations, 11.5):
/// <code>
///  q = A p;  alpha = r^T z / p^T q;  x += alpha p;  r -= alpha q;  z = M r;  p = z + beta p,  beta = (r^T z of now) / (r^T z of before)
/// </code>
/// </summary>
/// <remarks>
/// The residual is normalised first, <c>A d = r_0 / rho</c>, <c>x = x_0 + rho d</c>, so that squares neither overflow nor underflow in float, whatever b's size.
/// alpha, beta and what ends an item are found on the space's side, and read by the host with every <see cref="IVectorSpace{TView}.ReadInterval"/>-th iteration. An item
/// that has ended meanwhile stands still: with pi = r^T z while it runs and 0 once r^T r is small enough,
/// <code>
///  alpha = pi / p^T q where p^T q > 0, else 0;   d += alpha p;  r -= alpha q
///  p = z + beta p where p^T q > 0, else p as it is: the direction that shows the matrix not to be positive definite
/// </code>
/// When the host learns of its end the iterate is copied out; what the loop then still does to its vectors, for the sake of the others, touches nothing that is returned.
/// What the host concludes from the scalars is in <see cref="ConjugateGradientItem"/>.
/// <code>
///  space: | p | z | q | -d | r, where there is a preconditioner, else r = z | scalars 8 | p^T q, r^T r, r^T z of each iteration |     each times Batch
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
    private readonly TView _directions, _p, _z, _q, _iterate, _r, _scalars, _history;
    private readonly ConjugateGradientItem[] _items;
    private readonly double[] _first, _second, _read;
    // Which of two scalars is pi of now; the other is that of the iteration before.
    private int _now = Products;

    // Places among the scalars.
    private const int Zero = 0, One = 1, Bound = 2, Alpha = 3, Products = 4, Pair = 6;

    public ConjugateGradientIteration(TSpace space, TOperator matrix, ILinearOperator<TView>? preconditioner, ConjugateGradientsOptions options, TView memory)
    {
        (_space, _matrix, _preconditioner, _options) = (space, matrix, preconditioner, options);
        long size = (long)space.Batch * space.Stride, own = size - space.Stride + space.Length, vectors = preconditioner is null ? 4 : 5;
        // p and z side by side: together they are the basis that the next direction is combined from.
        _directions = space.Slice(memory, 0, 2 * size);
        _p = space.Slice(memory, 0, own);
        _z = space.Slice(memory, size, own);
        _q = space.Slice(memory, 2 * size, own);
        _iterate = space.Slice(memory, 3 * size, own);
        _r = preconditioner is null ? _z : space.Slice(memory, 4 * size, own);
        _scalars = space.Slice(memory, vectors * size, ConjugateGradientLayout.Scalars * space.Batch);
        _history = space.Slice(
            memory, vectors * size + ConjugateGradientLayout.Scalars * space.Batch, (long)ConjugateGradientLayout.Recorded * space.ReadInterval * space.Batch);
        _items = new ConjugateGradientItem[space.Batch];
        (_first, _second) = (new double[space.Batch], new double[space.Batch]);
        _read = new double[ConjugateGradientLayout.Recorded * space.ReadInterval * space.Batch];
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
        while (running && step < limit && !cancellation.IsCancellationRequested)
        {
            int steps = Math.Min(_space.ReadInterval, limit - step);
            for (int t = 0; t < steps; t++) Advance(t);
            Look(steps);
            running = Retire(solution);
            step += steps;
            progress?.Report(step);
        }

        ConjugateGradientsStatus unfinished = step < limit ? ConjugateGradientsStatus.Cancelled : ConjugateGradientsStatus.IterationLimit;
        foreach (ref ConjugateGradientItem item in _items.AsSpan()) if (item.Running) item.End(unfinished);
        Retire(solution);
        return Conclude(rightHandSide, solution);
    }

    /// <summary>One iteration of all items, which only enqueues work; those that have ended stand still.</summary>
    private void Advance(int t)
    {
        TView curvature = Recorded(t, 0), square = Recorded(t, 1), product = _preconditioner is null ? square : Recorded(t, 2);
        TView zero = Scalar(Zero), one = Scalar(One), alpha = Scalar(Alpha), beta = Scalar(Pair), share = Scalar(Pair + 1);
        TView before = Scalar(_now), now = Scalar(_now ^= 1);
        _matrix.Apply(_p, _q);
        _space.Dot(_p, _q, curvature);
        _space.DivideWhere(curvature, zero, before, curvature, zero, alpha);
        _space.SubtractScaled(alpha, _p, _iterate);
        _space.SubtractScaled(alpha, _q, _r);

        _space.Dot(_r, _r, square);
        if (_preconditioner is not null)
        {
            _preconditioner.Apply(_r, _z);
            _space.Dot(_r, _z, product);
        }

        _space.DivideWhere(square, Scalar(Bound), product, one, zero, now);
        if (_preconditioner is not null) _space.DivideWhere(product, zero, now, one, zero, now);
        _space.DivideWhere(before, zero, now, before, zero, beta);
        _space.DivideWhere(curvature, zero, beta, one, one, beta);
        _space.DivideWhere(curvature, zero, one, one, zero, share);
        _space.Combine(_directions, 2, _space.Slice(_scalars, (long)Pair * _space.Batch, 2 * _space.Batch), 1, _p);
    }

    /// <summary>Reads what so many iterations recorded, and concludes.</summary>
    private readonly void Look(int steps)
    {
        int batch = _items.Length;
        _space.Read(_space.Slice(_history, 0, (long)ConjugateGradientLayout.Recorded * steps * batch), _read);
        bool met = false;
        for (int t = 0; t < steps; t++)
            for (int b = 0; b < batch; b++)
            {
                ref ConjugateGradientItem item = ref _items[b];
                if (!item.Running) continue;
                int at = ConjugateGradientLayout.Recorded * t * batch + b;
                met |= item.Step(_read[at]);
                item.Continue(_read[at + batch], _read[at + (_preconditioner is null ? 1 : 2) * batch]);
                if (!item.Running && t < steps - 1) item.Overrun();
            }

        if (met) Explain();
    }

    /// <summary>Adds the iterates of the items that have just ended to the solution.</summary>
    /// <returns>Whether an item still runs.</returns>
    private readonly bool Retire(TView solution)
    {
        bool running = false, moved = false;
        for (int b = 0; b < _items.Length; b++)
        {
            running |= _items[b].Running;
            moved |= !_items[b].Running && !_items[b].Retired && _items[b].Moved;
        }

        if (moved)
        {
            // q is nothing between two iterations.
            TView scale = Scalar(Alpha);
            for (int b = 0; b < _items.Length; b++) _first[b] = _items[b].Scale;
            _space.Write(_first, scale);
            _space.Copy(solution, _q);
            _space.SubtractScaled(scale, _iterate, _q);
        }

        for (int b = 0; b < _items.Length; b++)
        {
            if (_items[b].Running || _items[b].Retired) continue;
            if (_items[b].Moved) _space.Copy(Item(_q, b), Item(solution, b));
            _items[b].Retired = true;
        }

        return running;
    }

    /// <summary>The true residual of what is returned, and the verdict.</summary>
    private readonly ConjugateGradientsEvidence[] Conclude(TView rightHandSide, TView solution)
    {
        if (Array.Exists(_items, static item => item.Iterations > 0))
        {
            TView scalars = Scalar(Alpha);
            Residual(rightHandSide, solution);
            _space.Normalize(_r, scalars);
            _space.Read(scalars, _second);
        }

        ConjugateGradientsEvidence[] results = new ConjugateGradientsEvidence[_items.Length];
        for (int b = 0; b < _items.Length; b++) results[b] = _items[b].Conclude(_second[b]);
        return results;
    }

    /// <summary>Divides the curvature of directions in which it is not positive by p^T p, which nothing else needs.</summary>
    private readonly void Explain()
    {
        Inner(_p, _p, _first);
        for (int b = 0; b < _items.Length; b++) _items[b].Explain(_first[b]);
    }

    /// <summary>The first residual, its norm and that of b; ends the items that need no iteration.</summary>
    private void Start(TView rightHandSide, TView solution)
    {
        TView scalars = Scalar(Alpha);
        _space.Copy(rightHandSide, _q);
        _space.Normalize(_q, scalars);
        _space.Read(scalars, _first);
        if (_options.StartFromSolution) Residual(rightHandSide, solution);
        else _space.Copy(rightHandSide, _r);
        _space.Normalize(_r, scalars);
        _space.Read(scalars, _second);
        double relative = _options.RelativeTolerance ?? Math.Sqrt(_space.Epsilon);
        for (int b = 0; b < _items.Length; b++)
        {
            _items[b] = new(_first[b], _second[b], Math.Max(relative * _first[b], _options.AbsoluteTolerance), _options.StartFromSolution, _preconditioner is not null);
            // The solution of A x = 0 is 0, whatever the guess; b itself is a place to copy it from.
            if (_first[b] == 0) _space.Copy(Item(rightHandSide, b), Item(solution, b));
        }

        Set(One, 1);
        Set(Zero, 0);
        // Here and there the same comparison: of the bound as it is stored.
        for (int b = 0; b < _items.Length; b++) _second[b] = _items[b].Bound;
        _space.Write(_second, Scalar(Bound));
        _space.Read(Scalar(Bound), _second);
        for (int b = 0; b < _items.Length; b++) _items[b].Bound = _second[b];

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

        for (int b = 0; b < _items.Length; b++)
        {
            _items[b].Start(_first[b]);
            _first[b] = _items[b].Running ? _first[b] : 0;
        }

        _space.Write(_first, Scalar(_now));
        _space.Copy(_z, _p);
        Set(Pair, 0);
        Set(Pair + 1, 0);
        _space.Combine(_directions, 2, _space.Slice(_scalars, (long)Pair * _space.Batch, 2 * _space.Batch), 1, _iterate);
    }

    /// <summary><c>r = b - A x</c>.</summary>
    private readonly void Residual(TView rightHandSide, TView solution)
    {
        TView scalars = Scalar(Alpha);
        _matrix.Apply(solution, _q);
        _space.Copy(rightHandSide, _r);
        Set(Alpha, 1);
        _space.SubtractScaled(scalars, _q, _r);
    }

    private readonly TView Scalar(int place) => _space.Slice(_scalars, (long)place * _space.Batch, _space.Batch);

    private readonly TView Recorded(int step, int kind)
        => _space.Slice(_history, ((long)ConjugateGradientLayout.Recorded * step + kind) * _space.Batch, _space.Batch);

    private readonly void Set(int place, double value)
    {
        Span<double> all = _read.AsSpan(0, _space.Batch);
        all.Fill(value);
        _space.Write(all, Scalar(place));
    }

    private readonly void Inner(TView x, TView y, double[] result)
    {
        TView scalars = Scalar(Alpha);
        _space.Dot(x, y, scalars);
        _space.Read(scalars, result);
    }

    private readonly TView Item(TView vector, int item) => _space.Slice(vector, (long)item * _space.Stride, _space.Length);
}

/// <summary>How much a conjugate gradient iteration keeps.</summary>
internal static class ConjugateGradientLayout
{
    /// <summary>Numbers an item that decide a step.</summary>
    public const int Scalars = 8;

    /// <summary>Numbers an item and iteration that the host concludes from.</summary>
    public const int Recorded = 3;

    /// <summary>Elements of memory on the space's side.</summary>
    public static long Elements(int batch, int stride, bool preconditioned, int readInterval)
        => batch * ((preconditioned ? 5L : 4L) * stride + Scalars + (long)Recorded * readInterval);
}
