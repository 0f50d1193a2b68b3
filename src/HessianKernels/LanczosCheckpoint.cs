using HessianKernels.Krylov;

namespace HessianKernels;

/// <summary>
/// A Lanczos run as it stood when it ended early: resumed (<c>Lanczos.Resume</c>) it goes on step for step, and ends with the bits it would have had
/// without the interruption. <see cref="Storage.LanczosCheckpointFile"/> saves and loads it.
/// </summary>
/// <typeparam name="T">Element type of the vectors.</typeparam>
public sealed class LanczosCheckpoint<T>
{
    internal LanczosCheckpoint(in LanczosSettings settings, LanczosSnapshot snapshot, T[] vectors, T[] products, T[] companion)
    {
        Settings = settings;
        Snapshot = snapshot;
        Vectors = vectors;
        Products = products;
        Companion = companion;
    }

    /// <summary>Order n of the operator.</summary>
    public int Length => Settings.Length;

    /// <summary>Number of pairs wanted.</summary>
    public int Wanted => Settings.Wanted;

    /// <summary>Products made so far.</summary>
    public int OperatorApplications => Snapshot.Item.Applications;

    internal LanczosSettings Settings { get; }

    internal void ThrowIfOther(in LanczosSettings settings)
    {
        if (Describe(settings) != Describe(Settings))
            throw new ArgumentException($"The checkpoint is of a run with {Describe(Settings)}; this one has {Describe(settings)}.", "checkpoint");
    }

    private static string Describe(in LanczosSettings settings)
        => $"n = {settings.Length}, k = {settings.Wanted}, Which = {settings.Which}, MaximumBasis = {settings.Basis}, Seed = {settings.Seed}, "
            + $"StoreProducts = {settings.StoreProducts}, FindMultiplicity = {settings.FindMultiplicity}";

    internal LanczosSnapshot Snapshot { get; }

    /// <summary>The basis up to the next vector, <c>[next + 1, n]</c>.</summary>
    internal T[] Vectors { get; }

    /// <summary>The stored products, <c>[next, n]</c>, or none.</summary>
    internal T[] Products { get; }

    /// <summary>The vectors of the companion, <c>[steps + 1, n]</c>, or none.</summary>
    internal T[] Companion { get; }
}
