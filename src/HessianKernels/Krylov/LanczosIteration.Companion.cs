using HessianKernels.Spaces;

namespace HessianKernels.Krylov;

/// <summary>
/// The companion: the first steps of the search for copies, made beside the first steps of the run, so that an operator that is read from
/// memory is read once for both (<see cref="ILinearOperator{TView}.ApplyPair"/>).
/// </summary>
/// <remarks>
/// The search runs on the operator A restricted to what is orthogonal to the locked pairs Y, from <c>q_0 = P w_0 / ||P w_0||</c>, where
/// w_0 is random and <c>P = I - Y Y^T</c>. The companion is the run from w_0 on A itself, <c>A W_c = W_(c+1) T</c>, which needs no Y. Since P and A
/// commute, to the residuals of the pairs, every vector of the search is <c>q_j = P W c_j</c> for a small column c_j of coordinates, and
/// its product is <c>A q_j = W T c_j</c>, both up to what the orthogonalisation takes out of the product: a part in Y and in the vectors
/// before q_j. So the search is made again step for step (<em>replayed</em>) without one:
/// <code>
///  c_0 = e_0 / &lt;q_0, w_0&gt;;   c_(j+1) = (T c_j - alpha_j c_j) / beta_j
/// </code>
/// and goes on with products where the companion ends. The part in Y grows with j, and rounding with it: beyond a limit the rest is not
/// used. A replayed product serves the search alone; where the search does find a value that belongs among the wanted, the products are
/// made (<see cref="MakeReplayedProducts"/>).
/// </remarks>
internal ref partial struct LanczosIteration<TView, TSpace, TOperator>
{
    // What cancels in W T c costs this many times the rounding of a product: ten digits are left, of which a search needs two.
    private const double LargestCoordinate = 1e6;

    /// <summary>T of the companion on the host.</summary>
    private readonly Span<double> CompanionAlpha => _companionScalars[.._settings.Companion];

    private readonly Span<double> CompanionBeta => _companionScalars.Slice(_settings.Companion, _settings.Companion);

    /// <summary>c_j and T c_j.</summary>
    private readonly Span<double> Coordinates(int which)
        => _companionScalars.Slice(2 * _settings.Companion + which * (_settings.Companion + 1), _settings.Companion + 1);

    private readonly TView CompanionSlot(int slot) => Tridiagonalization.Slot(_space, _companion.Vectors, slot);

    /// <summary>w_0: the very vector that the search will draw, if nothing else is drawn before it.</summary>
    private void StartCompanion()
    {
        (_companionSteps, _replayed) = (0, 0);
        if (_settings.Companion == 0) return;
        _space.Random(RandomDistribution.Normal, _settings.Seed, 1, CompanionSlot(0));
        _space.Normalize(CompanionSlot(0), _basis.Norm);
    }

    /// <summary>Whether the companion takes a step beside the next one: in the first steps of the first cycle.</summary>
    private readonly bool Accompanies
        => _companionSteps < _settings.Companion && _companionSteps == _next && _items[0].Restarts == 0 && !_items[0].Broken;

    /// <summary>The product of this step and the companion's, where it takes one.</summary>
    private bool TryAccompany(TView product)
    {
        if (!Accompanies) return false;
        int step = _companionSteps;
        _matrix.ApplyPair(Slot(_next), product, CompanionSlot(step), CompanionSlot(step + 1));
        _items[0].Applications++;
        Tridiagonalization.Recur(_space, _companion, step);
        _space.Read(_space.Slice(_companion.Alpha, step, 1), CompanionAlpha.Slice(step, 1));
        _space.Read(_space.Slice(_companion.Beta, step, 1), CompanionBeta.Slice(step, 1));
        // What is not finite the run itself will meet; an exhausted space ends the companion.
        if (double.IsFinite(CompanionAlpha[step]) && CompanionBeta[step] > 0) _companionSteps++;
        return true;
    }

    /// <summary>In the first steps of the first search: the product from the companion's vectors, up to a part in Y; false where it is to
    /// be made.</summary>
    private bool TryReplay(TView product)
    {
        // One stream drawn at the start, one for the search: no other has come between.
        if (_replayed >= _companionSteps || _next != _settings.Kept + _replayed) return false;
        if (!_items[0].Looking || _items[0].Streams != 2) return false;
        Span<double> now = Coordinates(0), image = Coordinates(1);
        if (_replayed == 0)
        {
            Span<double> inner = _scalars[..1];
            _space.Dot(Slot(_next), CompanionSlot(0), _basis.Norm);
            _space.Read(_basis.Norm, inner);
            now.Clear();
            now[0] = 1 / inner[0];
        }

        image.Clear();
        double largest = 0;
        for (int i = 0; i <= _replayed; i++)
        {
            if (i > 0) image[i - 1] += CompanionBeta[i - 1] * now[i];
            image[i] += CompanionAlpha[i] * now[i];
            image[i + 1] += CompanionBeta[i] * now[i];
            largest = Math.Max(largest, Math.Abs(now[i]));
        }

        if (!(largest <= LargestCoordinate))
        {
            _companionSteps = _replayed;
            return false;
        }

        int count = _replayed + 2;
        _space.Write(image[..count], _space.Slice(_image, 0, count));
        _space.Combine(_companion.Vectors, count, _image, 1, product);
        return true;
    }

    /// <summary>The step is made: its coefficients give the coordinates of the next vector.</summary>
    private void Replayed()
    {
        Span<double> now = Coordinates(0), image = Coordinates(1), scalar = _scalars[..1];
        double alpha = Read(_space, _basis.Alpha, _next, scalar), beta = Read(_space, _basis.Beta, _next, scalar);
        for (int i = 0; i < now.Length; i++) now[i] = (image[i] - alpha * now[i]) / beta;
        _replayed++;

        static double Read(TSpace space, TView coefficients, int step, Span<double> scalar)
        {
            space.Read(space.Slice(coefficients, step, 1), scalar);
            return scalar[0];
        }
    }

    /// <summary>What a checkpoint keeps beside the companion's vectors.</summary>
    private readonly double[] CompanionSnapshot() => [_companionSteps, _replayed, .. _companionScalars];

    private void ResumeCompanion(ReadOnlySpan<double> snapshot)
    {
        // A checkpoint of a run without one: then this one goes on without.
        (_companionSteps, _replayed) = (-1, 0);
        if (_settings.Companion == 0 || snapshot.Length != 2 + _companionScalars.Length) return;
        (_companionSteps, _replayed) = ((int)snapshot[0], (int)snapshot[1]);
        snapshot[2..].CopyTo(_companionScalars);
        _space.Write(CompanionAlpha, _companion.Alpha);
        _space.Write(CompanionBeta, _companion.Beta);
    }

    private readonly bool IsReplayed(int slot) => _replayed > 0 && slot >= _settings.Kept && slot < _settings.Kept + _replayed;

    /// <summary>Products that the search did without and that are stored: the limit of products allows for them.</summary>
    private readonly int Owed => _settings.StoreProducts ? _replayed : 0;

    /// <summary>Makes the products that the search did without, where they are to serve a result; nothing is replayed after.</summary>
    private void MakeReplayedProducts()
    {
        for (int slot = _settings.Kept; slot < _settings.Kept + Owed; slot++)
        {
            _matrix.Apply(Slot(slot), Tridiagonalization.Slot(_space, _products, slot));
            _items[0].Applications++;
        }

        (_companionSteps, _replayed) = (-1, 0);
    }
}
