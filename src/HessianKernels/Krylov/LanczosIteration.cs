using HessianKernels.Spaces;

namespace HessianKernels.Krylov;

/// <summary>
/// Thick-restart Lanczos (Wu and Simon, SIAM J. Matrix Anal. Appl. 22, 2000) for a batch of operators on any space: one loop for every storage.
/// </summary>
/// <remarks>
/// A cycle fills the basis from slot p (from slot 0 at first) to slot m; a restart compresses it to the front:
/// <code>
///  slot   0 ......... p-1 | p ................ m-1 | m            | m + 1
///         pairs kept,     | the run: one new       | the vector   | scratch
///         right-aligned   | vector a step          | after it     |
/// </code>
/// A restart's arrow is brought back to tridiagonal form (<see cref="SymmetricTridiagonal.FromArrow"/>), so T is tridiagonal always and the recurrence the same
/// always. Items stop within a cycle each at its own step and wait, unchanged, for its end; p and m are the same for all. So an item's bits
/// are those it has alone.
/// Files: this one the loop; .Look the decisions; .Companion the search for copies made in advance; .Restart the compression; .Conclude the answer and its
/// evidence.
/// </remarks>
internal ref partial struct LanczosIteration<TView, TSpace, TOperator>
    where TView : allows ref struct
    where TSpace : IVectorSpace<TView>
    where TOperator : ILinearOperator<TView>
{
    private readonly TSpace _space;
    private readonly TOperator _matrix;
    private readonly LanczosSettings _settings;
    private readonly LanczosBasis<TView> _basis, _companion;
    private readonly TView _products, _rotation, _mask, _unusedPasses, _image;
    private readonly Span<LanczosItem> _items;
    private readonly Span<double> _alpha, _beta, _rotationHost, _values, _residuals, _scalars;
    private readonly Span<double> _diagonal, _offDiagonal, _vectors, _arrow, _companionScalars;
    private readonly Span<int> _slots, _order;
    private int _next, _read, _cycle;

    // Steps of the companion that can be replayed, and those that have been.
    private int _companionSteps, _replayed;

    /// <summary>Lays a run out over memory of the sizes that <see cref="LanczosLayout"/> names; what is in it does not matter.</summary>
    public LanczosIteration(
        TSpace space, TOperator matrix, in LanczosSettings settings, TView memory, Span<double> host, Span<int> integers, Span<LanczosItem> items)
    {
        (_space, _matrix, _settings) = (space, matrix, settings);
        _items = items[..settings.Batch];
        LanczosLayout layout = new(settings, space.Stride);
        int m = settings.Basis, batch = settings.Batch;

        long at = layout.Vectors + layout.Products;
        long coefficients = (long)m * batch;
        _products = space.Slice(memory, layout.Vectors, layout.Products);
        _rotation = space.Slice(memory, at + 3 * coefficients, layout.Rotation);
        long scalars = at + 3 * coefficients + layout.Rotation;
        _basis = new()
        {
            Vectors = space.Slice(memory, 0, layout.Vectors),
            Alpha = space.Slice(memory, at, coefficients),
            Beta = space.Slice(memory, at + coefficients, coefficients),
            Coefficients = space.Slice(memory, at + 2 * coefficients, coefficients),
            Norm = space.Slice(memory, scalars, batch),
            Reference = space.Slice(memory, scalars + batch, batch),
            SecondPasses = space.Slice(memory, scalars + 2 * batch, batch),
        };
        _mask = space.Slice(memory, scalars + 3 * batch, batch);
        _unusedPasses = space.Slice(memory, scalars + 4 * batch, batch);
        _companion = _basis;
        _image = _mask;
        if (settings.Companion > 0)
        {
            int c = settings.Companion;
            at = layout.BeforeCompanion + layout.CompanionVectors;
            _companion = new()
            {
                Vectors = space.Slice(memory, layout.BeforeCompanion, layout.CompanionVectors),
                Alpha = space.Slice(memory, at, c),
                Beta = space.Slice(memory, at + c, c),
                Coefficients = space.Slice(memory, at + 2 * c, c + 1),
                Norm = _basis.Norm,
                Reference = _basis.Reference,
                SecondPasses = _basis.SecondPasses,
            };
            _image = space.Slice(memory, at + 3 * c + 1, c + 1);
        }


        int start = 0;
        _alpha = Take(host, ref start, m * batch);
        _beta = Take(host, ref start, m * batch);
        _rotationHost = Take(host, ref start, checked((int)layout.Rotation));
        _values = Take(host, ref start, settings.Wanted * batch);
        _residuals = Take(host, ref start, settings.Wanted * batch);
        _scalars = Take(host, ref start, 2 * batch);
        _diagonal = Take(host, ref start, m);
        _offDiagonal = Take(host, ref start, m);
        _vectors = Take(host, ref start, m * m);
        _arrow = Take(host, ref start, 2 * m + 7 * settings.Kept + 2 * settings.Kept * settings.Kept);
        _companionScalars = Take(host, ref start, layout.CompanionScalars);
        _slots = integers[..(m * batch)];
        _order = integers.Slice(m * batch, m);
        (_next, _read, _cycle) = (0, 0, 0);
    }

    private const int MostDraws = 16;

    private static Span<double> Take(Span<double> host, scoped ref int start, int count)
    {
        Span<double> taken = host.Slice(start, count);
        start += count;
        return taken;
    }

    /// <summary>Begins from slot 0: a random vector, or the caller's, unless it is trusted with a little randomness so that nothing is invisible to it.</summary>
    public void Start(LanczosStart start)
    {
        bool trusted = start == LanczosStart.Callers && _settings.TrustStart, warm = start == LanczosStart.Callers && !trusted;
        const double Share = 1e-3;
        _items.Clear();
        Fill(_basis.Reference, 0);
        Fill(_basis.SecondPasses, 0);
        TView vector = Slot(0);
        if (warm)
        {
            TView random = Slot(_settings.Basis + 1);
            _space.Random(RandomDistribution.Normal, _settings.Seed, 0, random);
            _space.Normalize(random, _basis.Norm);
            _space.Normalize(vector, _basis.Norm);
            Fill(_mask, -Share);
            _space.SubtractScaled(_mask, random, vector);
            _space.Normalize(vector, _basis.Norm);
        }
        else if (trusted)
        {
            _space.Normalize(vector, _basis.Norm);
        }
        else if (start == LanczosStart.Random)
        {
            RandomStart(_space, _settings.Seed, vector, _basis.Norm);
        }

        foreach (ref LanczosItem item in _items)
        {
            item.Streams = 1;
            item.MissProbability = double.NaN;
            item.NextLook = Math.Min(_settings.Wanted + 1, _settings.Length);
            item.Warm = warm;
        }

        (_next, _read, _cycle) = (0, 0, 0);
        StartCompanion();
    }

    /// <summary>The random unit vector of a seed that a run begins from.</summary>
    public static void RandomStart(TSpace space, ulong seed, TView vector, TView norm)
    {
        space.Random(RandomDistribution.Normal, seed, 0, vector);
        space.Normalize(vector, norm);
    }

    /// <summary>Runs until every item is finished, at its limit, or the caller cancels; true unless cancelled.</summary>
    public bool Run(IProgress<LanczosProgress>? progress, CancellationToken cancellation)
    {
        do
        {
            if (!FillBasis(progress, cancellation)) return false;
        }
        while (TryRestart());
        return true;
    }

    /// <summary>A cycle: steps until the basis is full or no item takes any; false where the caller cancelled.</summary>
    public bool FillBasis(IProgress<LanczosProgress>? progress, CancellationToken cancellation)
    {
        while (_next < _settings.Basis && AnyRunning())
        {
            if (cancellation.IsCancellationRequested) return false;
            Step();
            if (!AnyDue()) continue;
            Read();
            for (int b = 0; b < _items.Length; b++)
            {
                if (!IsDue(_items[b])) continue;
                Take(b);
                if (_items[b].Stop == LanczosStop.Running) Look(b, progress);
            }

            WriteReference();
            if (_next < _settings.Basis) ReplaceBroken();
        }

        return true;
    }

    /// <summary>Begins another cycle where an item needs one.</summary>
    public bool TryRestart()
    {
        if (!AnyToRestart()) return false;
        Restart();
        return true;
    }

    /// <summary>
    /// Whether an item's coefficients are looked at now: every few steps, and at the end of the basis. That its space is exhausted is seen then, and the slots until
    /// then are lost; so an item to which that has happened before it had k vectors is looked at every step until it has them. It loses slots once,
    /// and more than k are left, as a restart needs. What is due to an item does not depend on the others.
    /// </summary>
    private readonly bool IsDue(in LanczosItem item)
        => item.Stop == LanczosStop.Running
            && ((_next - _cycle) % ReadInterval == 0 || _next == _settings.Basis || (item.Size < _settings.Wanted && item.Streams > 1));

    private readonly bool AnyDue()
    {
        foreach (ref LanczosItem item in _items)
            if (IsDue(item)) return true;
        return false;
    }

    private readonly int ReadInterval => Math.Clamp(_settings.Basis - _settings.Wanted, 1, _space.ReadInterval);

    private void Step()
    {
        TView product = _settings.StoreProducts ? Tridiagonalization.Slot(_space, _products, _next) : Slot(_next + 1);
        bool replayed = TryReplay(product);
        if (!replayed && !TryAccompany(product)) _matrix.Apply(Slot(_next), product);
        if (_settings.StoreProducts) _space.Copy(product, Slot(_next + 1));
        Tridiagonalization.Recur(_space, _basis, _next);
        if (replayed) Replayed();
        _next++;
    }

    /// <summary>Brings the coefficients of the steps since the last reading to the host.</summary>
    private void Read()
    {
        int batch = _settings.Batch, first = _read * batch, count = (_next - _read) * batch;
        _space.Read(_space.Slice(_basis.Alpha, first, count), _alpha.Slice(first, count));
        _space.Read(_space.Slice(_basis.Beta, first, count), _beta.Slice(first, count));
        Span<double> passes = _scalars[..batch];
        _space.Read(_basis.SecondPasses, passes);
        for (int b = 0; b < batch; b++)
            if (_items[b].Stop == LanczosStop.Running) _items[b].SecondPasses += (int)passes[b];
        if (passes.ContainsAnyExcept(0)) Fill(_basis.SecondPasses, 0);
        _read = _next;
    }

    /// <summary>Appends to an item's T the coefficients that it has not taken yet.</summary>
    private void Take(int b)
    {
        ref LanczosItem item = ref _items[b];
        for (; item.Taken < _next; item.Taken++)
        {
            // A step from a zero vector is no step.
            if (item.Broken) continue;
            int slot = item.Taken;
            double alpha = _alpha[slot * _settings.Batch + b], beta = _beta[slot * _settings.Batch + b];
            if (!IsReplayed(slot)) item.Applications++;
            if (!double.IsFinite(alpha) || !double.IsFinite(beta))
            {
                item.Stop = LanczosStop.NotFinite;
                item.FiniteSlots = slot;
                return;
            }

            _slots[b * _settings.Basis + item.Size++] = slot;
            item.RunSteps++;
            item.Norm = Math.Max(item.Norm, Math.Max(Math.Abs(alpha), Math.Abs(beta)));
            item.Broken = beta == 0;
        }
    }

    /// <summary>Tells the space what is noise from now on: after the looks, which raise ||A||, so that an item that waits and one resumed go on with the same.</summary>
    private readonly void WriteReference()
    {
        Span<double> norms = _scalars[.._settings.Batch];
        for (int b = 0; b < norms.Length; b++) norms[b] = _items[b].Norm;
        _space.Write(norms, _basis.Reference);
    }

    /// <summary>Gives every running item whose space is exhausted a random vector, orthogonal to all before it, to go on from.</summary>
    private void ReplaceBroken()
    {
        bool any = false;
        foreach (ref LanczosItem item in _items) any |= item.NeedsRandom = item.Broken && item.Stop == LanczosStop.Running;
        if (any) DrawRandom();
    }

    /// <summary>
    /// Adds to slot <c>_next</c>, zero for the items that need it, a random unit vector orthogonal to the slots before. An item's n-th
    /// draw is the n-th stream of the seed, whatever the other items drew.
    /// </summary>
    private void DrawRandom()
    {
        Span<double> scalars = _scalars[.._settings.Batch];
        TView random = Slot(_settings.Basis + 1);
        for (int draw = 0; draw < MostDraws * scalars.Length; draw++)
        {
            int stream = -1;
            foreach (ref LanczosItem item in _items)
                if (item.NeedsRandom && (stream < 0 || item.Streams < stream)) stream = item.Streams;
            if (stream < 0) return;

            _space.Random(RandomDistribution.Normal, _settings.Seed, (ulong)stream, random);
            Fill(_unusedPasses, 0);
            // No reference: the vector is random, and however little of it is new, that little is sound.
            Fill(_mask, 0);
            _space.Orthogonalize(_basis.Vectors, _next, _mask, random, _basis.Coefficients, _basis.Norm, _unusedPasses);
            _space.Read(_basis.Norm, scalars);
            _space.Divide(_basis.Norm, random);
            for (int b = 0; b < scalars.Length; b++)
            {
                ref LanczosItem item = ref _items[b];
                bool drawn = item.NeedsRandom && item.Streams == stream;
                bool usable = drawn && scalars[b] > 0;
                if (drawn) item.Streams++;
                if (usable)
                {
                    item.NeedsRandom = item.Broken = false;
                    item.RunSteps = 0;
                }

                scalars[b] = usable ? -1 : 0;
            }

            _space.Write(scalars, _mask);
            _space.SubtractScaled(_mask, random, Slot(_next));
        }

        // Draw after draw within the span of what is there: to rounding, that is the whole space.
        foreach (ref LanczosItem item in _items)
        {
            if (!item.NeedsRandom) continue;
            item.NeedsRandom = false;
            item.Stop = LanczosStop.Done;
        }
    }

    private readonly bool AnyRunning()
    {
        bool any = false;
        int products = Accompanies ? 2 : 1 + Owed;
        foreach (ref LanczosItem item in _items)
        {
            // Here and nowhere else, so that a run resumed with a higher limit goes on where this one stood.
            if (item.Stop == LanczosStop.Running && item.Applications + products > _settings.MaximumApplications) item.Stop = LanczosStop.Limit;
            any |= item.Stop == LanczosStop.Running;
        }

        return any;
    }

    private readonly bool AnyToRestart()
    {
        foreach (ref LanczosItem item in _items)
            if (item.Stop is LanczosStop.BasisFull or LanczosStop.LookForCopies) return true;
        return false;
    }

    private readonly TView Slot(int slot) => Tridiagonalization.Slot(_space, _basis.Vectors, slot);

    private void Fill(TView view, double value)
    {
        Span<double> scalars = _scalars.Slice(_settings.Batch, _settings.Batch);
        scalars.Fill(value);
        _space.Write(scalars, view);
    }
}
