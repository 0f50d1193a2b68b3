namespace HessianKernels.Krylov;

internal ref partial struct LanczosIteration<TView, TSpace, TOperator>
{
    /// <summary>The slots read, vectors and products, which a checkpoint copies beside a snapshot: steps since are made again.</summary>
    public readonly int Next => _read;

    /// <summary>Whether a run of one item has steps left to make: it was cancelled or is at its limit.</summary>
    public readonly bool CanResume => _items.Length == 1 && _items[0].Stop is LanczosStop.Running or LanczosStop.Limit;

    /// <summary>A copy of what the host holds of a run of one item; taken before <see cref="Conclude"/>.</summary>
    public readonly LanczosSnapshot Snapshot()
    {
        LanczosItem item = _items[0];
        item.Stop = LanczosStop.Running;
        return new(_read, item, _alpha.ToArray(), _beta.ToArray(), _slots.ToArray(), _values.ToArray(), _residuals.ToArray(), CompanionSnapshot());
    }

    /// <summary>Takes up a run: the basis and products have been copied to their slots. In place of <see cref="Start"/>.</summary>
    public void Resume(LanczosSnapshot snapshot)
    {
        snapshot.Alpha.CopyTo(_alpha);
        snapshot.Beta.CopyTo(_beta);
        snapshot.Slots.CopyTo(_slots);
        snapshot.Values.CopyTo(_values);
        snapshot.Residuals.CopyTo(_residuals);
        _items[0] = snapshot.Item;
        _items[0].Taken = snapshot.Next;
        (_next, _read, _cycle) = (snapshot.Next, snapshot.Next, snapshot.Item.Restarts > 0 ? _settings.Kept : 0);
        _space.Write(_alpha, _basis.Alpha);
        _space.Write(_beta, _basis.Beta);
        Fill(_basis.Reference, snapshot.Item.Norm);
        Fill(_basis.SecondPasses, 0);
        ResumeCompanion(snapshot.Companion);
    }
}
