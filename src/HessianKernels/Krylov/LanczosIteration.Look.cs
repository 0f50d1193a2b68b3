namespace HessianKernels.Krylov;

internal ref partial struct LanczosIteration<TView, TSpace, TOperator>
{
    /// <summary>Decides how an item goes on, from T as it stands: step, compress, look for copies, or end.</summary>
    private void Look(int b, IProgress<LanczosProgress>? progress)
    {
        ref LanczosItem item = ref _items[b];
        int k = _settings.Wanted, t = item.Size;
        bool full = _next == _settings.Basis, exhausted = t == _settings.Length;
        if (t < k || (t < item.NextLook && !full && !exhausted && !item.Broken)) return;

        double worst = Estimate(b, ref item, out int converged, out bool outranked);
        progress?.Report(new(Finished(), _items.Length, item.Applications, converged, k, worst));
        item.NextLook = t + Stride(item, worst);
        (item.LastLook, item.LastWorst) = (t, worst);
        if (item.Looking && outranked) item.Looking = false;

        if (exhausted)
        {
            item.MissProbability = 0;
            item.Stop = LanczosStop.Done;
        }
        else if (item.Looking)
        {
            // What a random vector spans, invariant and free of wanted values, hides none.
            if (item.Broken) item.MissProbability = 0;
            bool enough = item.MissProbability <= _settings.MissProbability || item.RunSteps >= LongestLook(item.SearchSteps);
            item.Stop = enough ? LanczosStop.Done : full ? LanczosStop.BasisFull : LanczosStop.Running;
            item.Compressed |= full;
        }
        else if (converged == k)
        {
            if (!MayHaveCopies(item)) item.Stop = LanczosStop.Done;
            else if (!ExhaustingIsShorter(item)) item.Stop = LanczosStop.LookForCopies;
        }
        else if (full)
        {
            item.Stop = LanczosStop.BasisFull;
        }
    }

    /// <summary>Where the basis may hold the whole space and most of it is taken, or little of it is left, all of it is: then nothing can have been missed.</summary>
    private readonly bool ExhaustingIsShorter(in LanczosItem item)
        => _settings.Basis == _settings.Length && _next < _settings.Basis && _settings.Length - item.Size <= Math.Max(40, item.Size);

    /// <summary>
    /// Steps after which a look ends whatever it has reached. To tell a copy from what is not wanted takes digits of the gap between
    /// them, fewer than the search before it took digits of the tolerance.
    /// </summary>
    private static int LongestLook(int searchSteps) => Math.Max(16, searchSteps / 2);

    private readonly bool MayHaveCopies(in LanczosItem item)
        => _settings.FindMultiplicity && (item.Warm || LanczosSettings.MayHaveCopies(_settings.Which, _settings.Wanted));

    /// <summary>
    /// What an estimated residual is held to. An estimate leaves out the coupling to locked pairs, which is as large as their own residuals: so pairs found
    /// beside them are held to less.
    /// </summary>
    private readonly double EstimateTolerance(in LanczosItem item)
        => _settings.Tolerance * (item.Locked > 0 ? 0.3 : 1);

    /// <summary>Steps to the next look: half of what is left at the pace since the last one, and at most a digit a step.</summary>
    private readonly int Stride(in LanczosItem item, double worst)
    {
        double left = Math.Log(worst / _settings.Tolerance);
        if (!(left > 0) || !double.IsFinite(left)) return 1;
        double pace = Math.Log(item.LastWorst / worst) / (item.Size - item.LastLook);
        double steps = pace > 0 ? Math.Max(0.6 * left / pace, left / Math.Log(10)) : left / Math.Log(10);
        return (int)Math.Clamp(steps, 1, _settings.LongestStride);
    }

    /// <summary>
    /// The wanted Ritz values and their residuals <c>|beta s_t|</c>; the largest, relative to ||A||. In a look for copies, whether a value of
    /// the new run belongs among the wanted, and how probable it is that one was missed.
    /// </summary>
    private double Estimate(int b, ref LanczosItem item, out int converged, out bool outranked)
    {
        int k = _settings.Wanted, t = item.Size;
        double beta = LastCoupling(b, item);
        Span<double> last = _vectors[..t], ritz = _diagonal[..t];
        outranked = false;
        LoadT(b, t);
        if (SinglePair(item))
        {
            // The last component has about the relative accuracy of the pair: far more than the estimate needs.
            last[0] = ExtremePair(b, t, 1e-6)[t - 1];
            item.Norm = Math.Max(item.Norm, Math.Abs(ritz[0]));
            double residual = Math.Abs(beta * last[0]) / NonZero(item.Norm);
            item.LastValue = ritz[0];
            converged = residual <= EstimateTolerance(item) ? 1 : 0;
            return residual;
        }

        last.Clear();
        last[t - 1] = 1;
        bool sound = SymmetricTridiagonal.Decompose(ritz, _offDiagonal[..t], last, 1);
        converged = 0;
        if (!sound) return double.PositiveInfinity;
        foreach (double value in ritz) item.Norm = Math.Max(item.Norm, Math.Abs(value));
        if (item.Looking)
        {
            double probability = item.Compressed ? item.MissProbability : MissProbability(b, item, ritz);
            if (!(probability >= item.MissProbability)) item.MissProbability = probability;
            outranked = Outrank(ritz[item.Locked..], ritz[..item.Locked], _settings.Tolerance * item.Norm);
            if (!outranked)
            {
                converged = k;
                return 0;
            }
        }

        RitzOrder.Sort(ritz, _settings.Which, _order);
        double worst = 0;
        for (int i = 0; i < k; i++)
        {
            int index = _order[i];
            double residual = index < item.Locked ? 0 : Math.Abs(beta * last[index]) / NonZero(item.Norm);
            if (residual <= EstimateTolerance(item)) converged++;
            worst = Math.Max(worst, residual);
        }

        return worst;
    }

    /// <summary>
    /// How probable it is that the deflated operator has an eigenvalue at or beyond tau, the least wanted value that a copy could displace (all but the last at each end),
    /// and that the Ritz values of this run have still come no nearer than they have; summed over the ends.
    /// </summary>
    private readonly double MissProbability(int b, in LanczosItem item, ReadOnlySpan<double> ritz)
    {
        int k = item.Locked;
        double lowest = double.PositiveInfinity, highest = double.NegativeInfinity;
        foreach (double value in ritz[k..])
        {
            lowest = Math.Min(lowest, value);
            highest = Math.Max(highest, value);
        }

        // The locked pairs stand in order, the least wanted last; at both ends in descending order.
        ReadOnlySpan<double> locked = ritz[..k];
        double top = double.PositiveInfinity, bottom = double.NegativeInfinity;
        int atTop = _settings.Which switch { SpectrumEnd.Largest => k, SpectrumEnd.Smallest => 0, SpectrumEnd.BothEnds => (k + 1) / 2, _ => -1 };
        int spare = item.Warm ? 0 : 1;
        if (atTop >= 0)
        {
            if (atTop > spare) top = locked[atTop - 1 - spare];
            int atBottom = k - atTop;
            if (atBottom > spare) bottom = _settings.Which == SpectrumEnd.Smallest ? locked[k - 1 - spare] : locked[atTop + spare];
        }
        else
        {
            for (int i = 0; i < k - spare; i++)
            {
                if (locked[i] >= 0) top = locked[i];
                else bottom = locked[i];
            }
        }

        double probability = 0;
        if (double.IsFinite(top)) probability += top > highest ? Bound(b, item, top) : 1;
        if (double.IsFinite(bottom)) probability += bottom < lowest ? Bound(b, item, bottom) : 1;
        return Math.Min(1, probability);
    }

    /// <summary>
    /// One end. The run's vectors are <c>v_j = p_j(A) v_0</c>, p_j the orthonormal polynomials of its T; so a unit eigenvector u of eigenvalue tau has
    /// <c>&lt;u, v_j&gt; = p_j(tau) &lt;u, v_0&gt;</c>, and <c>sum_j &lt;u, v_j&gt;^2 &lt;= 1</c> leaves it at most <c>|&lt;u, v_0&gt;| = (sum_j p_j(tau)^2)^-1/2</c>: the root of T's
    /// Christoffel function, less for every tau farther out. For a direction uniform on the sphere, less than r has probability at most r sqrt(2 n / pi).
    /// </summary>
    private readonly double Bound(int b, in LanczosItem item, double tau)
    {
        ReadOnlySpan<int> slots = _slots.Slice(b * _settings.Basis + item.Locked, item.Size - item.Locked);
        double before = 0, coupling = 0, polynomial = 1, sum = 1;
        foreach (int slot in slots)
        {
            int at = slot * _settings.Batch + b;
            (before, polynomial) = (polynomial, ((tau - _alpha[at]) * polynomial - coupling * before) / _beta[at]);
            coupling = _beta[at];
            sum += polynomial * polynomial;
            // Beyond all doubt, and before infinities meet.
            if (!(sum < 1e300)) return 0;
        }

        return Math.Sqrt(2 * _settings.Length / (Math.PI * sum));
    }

    /// <summary>Whether a value found belongs among the wanted in place of a locked one, by more than the margin: a copy within it is a tie, and a tie is none.</summary>
    private readonly bool Outrank(ReadOnlySpan<double> found, ReadOnlySpan<double> locked, double margin)
    {
        // The locked pairs stand in order, the least wanted last; at both ends in descending order, so that the least wanted are the middle ones.
        int k = locked.Length, atTop = (k + 1) / 2;
        foreach (double value in found)
        {
            bool outranks = _settings.Which switch
            {
                SpectrumEnd.Largest => value - margin > locked[k - 1],
                SpectrumEnd.Smallest => value + margin < locked[k - 1],
                SpectrumEnd.LargestMagnitude => Math.Abs(value) - margin > Math.Abs(locked[k - 1]),
                _ => value - margin > locked[atTop - 1] || (atTop < k && value + margin < locked[atTop]),
            };
            if (outranks) return true;
        }

        return false;
    }

    /// <summary>T of an item into <c>_diagonal</c> and <c>_offDiagonal</c>: rows that do not stand side by side are not coupled.</summary>
    private readonly void LoadT(int b, int t)
    {
        ReadOnlySpan<int> slots = _slots.Slice(b * _settings.Basis, t);
        for (int i = 0; i < t; i++)
        {
            int at = slots[i] * _settings.Batch + b;
            _diagonal[i] = _alpha[at];
            _offDiagonal[i] = i + 1 < t && slots[i + 1] == slots[i] + 1 ? _beta[at] : 0;
        }
    }

    /// <summary>What couples T's last row to the next vector: the factor of every estimated residual.</summary>
    private readonly double LastCoupling(int b, in LanczosItem item)
        => item.Broken ? 0 : _beta[_slots[b * _settings.Basis + item.Size - 1] * _settings.Batch + b];

    /// <summary>One pair at one end, in a single run: its eigenvalue alone is cheaper than all of them.</summary>
    private readonly bool SinglePair(in LanczosItem item)
        => _settings.Wanted == 1 && item.Locked == 0 && _settings.Which is SpectrumEnd.Largest or SpectrumEnd.Smallest && !item.Warm;

    /// <summary>The extreme eigenvalue of the loaded T into <c>_diagonal[0]</c>; its eigenvector is returned.</summary>
    private readonly Span<double> ExtremePair(int b, int t, double accuracy)
    {
        ref LanczosItem item = ref _items[b];
        Span<double> diagonal = _diagonal[..t], offDiagonal = _offDiagonal[..t], vector = _arrow[..t], scratch = _arrow.Slice(t, t);
        double sign = _settings.Which == SpectrumEnd.Smallest ? -1 : 1;
        // The smallest of T is minus the largest of -T; the signs of the off-diagonal do not matter to values.
        // Scaled by a power of 2, which rounds nothing, so that squares neither overflow nor underflow.
        double largest = SymmetricTridiagonal.LargestElement(diagonal, offDiagonal);
        double unit = largest > 0 ? Math.ScaleB(1, Math.ILogB(largest)) : 1, scale = sign / unit;
        for (int i = 0; i < t; i++) (diagonal[i], offDiagonal[i]) = (scale * diagonal[i], scale * offDiagonal[i]);
        // Since a look that saw it in outline the value has risen a little.
        double guess = item.LastLook > 0 && item.LastWorst < 0.1 ? scale * item.LastValue : double.NaN;
        double value = SymmetricTridiagonal.LargestPair(diagonal, offDiagonal, guess, accuracy, vector, scratch);
        diagonal[0] = sign * unit * value;
        return vector;
    }

    private readonly int Finished()
    {
        int count = 0;
        foreach (ref LanczosItem item in _items)
            if (item.Stop is not (LanczosStop.Running or LanczosStop.BasisFull or LanczosStop.LookForCopies)) count++;
        return count;
    }

    private static double NonZero(double scale) => scale > 0 ? scale : 1;
}
