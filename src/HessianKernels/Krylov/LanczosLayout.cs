namespace HessianKernels.Krylov;

/// <summary>
/// What a run keeps and how much of it: views on the space's side, small dense work on the host.
/// <code>
///  space: | basis m + 2 vectors | products m vectors, if stored | alpha m | beta m | removed m | rotation m p | 5 scalars |   each times Batch
///         | companion c + 1 vectors | alpha c | beta c | removed c + 1 | image c + 1 |   where there is a companion of c steps
///  host:  | alpha m | beta m | rotation m p | values k | residuals k | 2 scalars |   each times Batch,   | T, its vectors, the arrow |
/// </code>
/// </summary>
internal readonly record struct LanczosLayout(int Length, int Stride, int Batch, int Wanted, int Basis, int Kept, bool StoreProducts, int Companion)
{
    public LanczosLayout(in LanczosSettings settings)
        : this(settings, settings.Length)
    {
    }

    /// <summary>Of a space whose vectors begin so many elements apart.</summary>
    public LanczosLayout(in LanczosSettings settings, int stride)
        : this(settings.Length, stride, settings.Batch, settings.Wanted, settings.Basis, settings.Kept, settings.StoreProducts, settings.Companion)
    {
    }

    /// <summary>Slots for vectors: the basis, the one after its last, and one for scratch.</summary>
    public int Slots => Basis + 2;

    public long Vectors => (long)Slots * Batch * Stride;
    public long Products => StoreProducts ? (long)Basis * Batch * Stride : 0;
    public long Rotation => (long)Basis * Kept * Batch;
    public const int Scalars = 5;

    /// <summary>Where the companion begins.</summary>
    public long BeforeCompanion => Vectors + Products + 3L * Basis * Batch + Rotation + Scalars * (long)Batch;

    public long CompanionVectors => Companion > 0 ? (Companion + 1L) * Stride : 0;

    /// <summary>Elements on the space's side.</summary>
    public long Elements => BeforeCompanion + (Companion > 0 ? CompanionVectors + 4L * Companion + 2 : 0);

    public long HostScalars => (2L * Basis + 2L * Wanted + 2) * Batch + Rotation + CompanionScalars;

    /// <summary>T, and two columns of coordinates.</summary>
    public int CompanionScalars => Companion > 0 ? 4 * Companion + 2 : 0;

    /// <summary>T twice, its vectors; the arrow's rows, its Q and the scratch of both.</summary>
    public long HostDense => 4L * Basis + (long)Basis * Basis + 7L * Kept + 2L * Kept * Kept;

    /// <summary>Doubles on the host.</summary>
    public long HostDoubles => HostScalars + HostDense;

    /// <summary>Integers on the host: the slots of T's rows, and an order.</summary>
    public long HostIntegers => (long)Basis * Batch + Basis;
}
