namespace HessianKernels.Krylov;

/// <summary>A run's options with every default settled for one operator: what the iteration reads.</summary>
internal readonly record struct LanczosSettings
{
    public required int Length { get; init; }
    public required int Batch { get; init; }
    public required int Wanted { get; init; }
    public required SpectrumEnd Which { get; init; }
    public required double Tolerance { get; init; }

    /// <summary>m, the basis vectors a cycle may fill.</summary>
    public required int Basis { get; init; }

    /// <summary>p, the places at the front of the basis that a restart fills: the same for every item and cycle, so that batched and alone agree.</summary>
    public required int Kept { get; init; }
    public required int MaximumApplications { get; init; }
    public required ulong Seed { get; init; }
    public required bool FindMultiplicity { get; init; }
    public required double MissProbability { get; init; }
    public required bool StoreProducts { get; init; }
    public bool TrustStart { get; init; }

    /// <summary>Most steps of the companion run that begins the search for copies; 0 for none.</summary>
    public int Companion { get; init; }

    // Up to this order the basis holds the whole space: restarting costs more than a few more steps.
    private const int WholeBasis = 128;

    // Up to this order a product costs less than keeping one.
    private const int CheapProduct = 256;

    // From this order on reading a matrix is most of a product, and a second vector at the same time costs little. The steps are what a search takes where the wanted
    // values stand well apart from the rest; one that takes more goes on by itself.
    private const int LeastPaired = 512, CompanionSteps = 5;

    /// <summary>Most steps between two looks at the small eigenproblem: where vectors are short, looking costs more than stepping.</summary>
    public int LongestStride => Math.Clamp(2048 / Length, 1, 16);

    /// <summary>A further copy of the last wanted value would change nothing; of any value before it, at its end of the spectrum, it would.</summary>
    public static bool MayHaveCopies(SpectrumEnd which, int wanted) => wanted > (which == SpectrumEnd.BothEnds ? 2 : 1);

    /// <summary>Settles and checks everything; names what is wrong, with what was found and what was expected.</summary>
    public static LanczosSettings From(LanczosOptions? options, int length, int batch, int k, double epsilon, bool storeProducts)
    {
        options ??= LanczosOptions.Default;
        if (k < 1 || k > length) throw new ArgumentOutOfRangeException(nameof(k), k, $"Found k = {k}; expected 1 <= k <= n = {length}.");

        // Enum.IsDefined would ask reflection, whose cache goes with a full collection: a run in a workspace would then allocate.
        if (options.Which is < SpectrumEnd.Largest or > SpectrumEnd.BothEnds)
            throw new ArgumentOutOfRangeException(nameof(options), options.Which, $"Found Which = {options.Which}; expected one of {string.Join(", ", Enum.GetNames<SpectrumEnd>())}.");
        double tolerance = options.Tolerance ?? Math.Sqrt(epsilon);
        if (!(tolerance >= 0 && tolerance < 1))
            throw new ArgumentOutOfRangeException(nameof(options), tolerance, $"Found Tolerance = {tolerance}; expected 0 <= Tolerance < 1.");
        if (options.MaximumApplications < 1)
            throw new ArgumentOutOfRangeException(
                nameof(options), options.MaximumApplications, $"Found MaximumApplications = {options.MaximumApplications}; expected at least 1.");
        if (!(options.MissProbability > 0 && options.MissProbability < 1))
            throw new ArgumentOutOfRangeException(
                nameof(options), options.MissProbability, $"Found MissProbability = {options.MissProbability}; expected a number between 0 and 1.");
        if (options.Threads < 0)
            throw new ArgumentOutOfRangeException(nameof(options), options.Threads, $"Found Threads = {options.Threads}; expected 0 or more.");

        int least = (int)Math.Min(length, (long)k + 3);
        int basis = options.MaximumBasis ?? (length <= WholeBasis ? length : (int)Math.Min(length, Math.Max(2L * k + 20, 40)));
        if (basis < least)
            throw new ArgumentOutOfRangeException(
                nameof(options), basis, $"Found MaximumBasis = {basis}; expected at least {least} = min(n, k + 3) for n = {length}, k = {k}.");
        basis = Math.Min(basis, length);
        return new()
        {
            Length = length,
            Batch = batch,
            Wanted = k,
            Which = options.Which,
            Tolerance = Math.Max(tolerance, 8 * epsilon),
            Basis = basis,
            Kept = Math.Max(k, Math.Min(Math.Max(k + 1, k + (basis - k) * 2 / 5), basis - 2)),
            MaximumApplications = options.MaximumApplications,
            Seed = options.Seed,
            FindMultiplicity = options.FindMultiplicity,
            MissProbability = options.MissProbability,
            StoreProducts = options.StoreProducts ?? (storeProducts && length > CheapProduct),
            TrustStart = options.TrustStart,
            Companion = storeProducts && batch == 1 && length >= LeastPaired && options.FindMultiplicity && MayHaveCopies(options.Which, k) ? CompanionSteps : 0,
        };
    }
}
