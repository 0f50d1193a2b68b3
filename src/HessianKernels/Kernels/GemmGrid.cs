namespace HessianKernels.Kernels;

/// <summary>
/// How a product is cut, by its sizes alone. The inner dimension goes in blocks, the left factor's rows in bands, the right one's columns in
/// panels of three vectors. Of an inner block the rows are packed first, a stretch of them at a time; then a thread packs a share of the
/// panels, and multiplies all bands by it:
/// <code>
/// for (inner block) for (row stretch) { pack; for (share) { pack; for (band) } }
/// </code>
/// 8 rows stay in the first cache while the panels of the share pass from the second, where packing has left them. Where there are too few
/// panels to be shared, where of c a triangle or a sum over its rows is wanted, and where a matrix multiplies its own transpose, panels are
/// packed for all, a stretch at a time, and a chunk is a band by a group of them:
/// <code>
/// for (column stretch) for (inner block) { pack; for (row stretch) { pack; for (group) for (band) } }
/// </code>
/// </summary>
/// <remarks>An element of the product is summed by inner blocks, and in each step by step: shares, bands and groups have no part in its bits.</remarks>
internal readonly struct GemmGrid
{
    /// <summary>
    /// Most steps of a block of the inner dimension: 8 rows of so many are 24 KiB, half of the first cache.
    /// </summary>
    public static int MostDepth(int sizeOfElement) => 3072 / sizeOfElement;

    /// <summary>Steps of every block but the last: blocks are as few as can be, and about as long as each other.</summary>
    public static int DepthOf(int k, int sizeOfElement) => (Pieces(k, Pieces(k, MostDepth(sizeOfElement))) + 7) & ~7;

    // A group of packed panels, half of the second cache; what is packed at a time of either factor; rows of a chunk.
    private const int BytesOfGroup = 800_000, BytesOfStretch = 1 << 24, FewestRows = 48, MostRows = 96;

    // Of panels that stay in the second cache beside the rows and the tiles that pass through it.
    private const int BytesOfShare = 500_000;

    // A share of several threads: with fewer panels, rows would pass from the third cache too often.
    private const int FewestPanelsOfShare = 2, FewestSharesOfThread = 4;

    /// <summary>One and a half million products of numbers, about 25 microseconds.</summary>
    public const double ProductsWorthThreads = 1.5e6;

    public GemmGrid(int m, int n, int k, int width, int sizeOfElement)
    {
        Depth = DepthOf(k, sizeOfElement);
        Width = width;
        Vectors = Pieces(n, width);
        Panels = Pieces(Vectors, GemmTile.Vectors);
        int bytesOfPanel = Depth * GemmTile.Vectors * width * sizeOfElement, bytesOfRow = Depth * sizeOfElement;
        PanelsOfStretch = Pieces(Panels, Pieces(Panels, Math.Max(1, BytesOfStretch / bytesOfPanel)));

        Band = Math.Clamp((Pieces(m, 16) + 7) & ~7, FewestRows, MostRows);
        BandsOfStretch = Math.Min(Pieces(m, Band), Math.Max(1, BytesOfStretch / bytesOfRow / Band));
        int fewest = Math.Min(16 / BandsOfStretch, PanelsOfStretch / 4);
        PanelsOfGroup = Pieces(PanelsOfStretch, Math.Max(fewest, Pieces(PanelsOfStretch, Math.Max(1, BytesOfGroup / bytesOfPanel))));
        MostPanelsOfShare = Math.Clamp(BytesOfShare / bytesOfPanel, 1, Panels);
        Parallel = (double)m * n * k >= ProductsWorthThreads;
    }

    /// <summary>Elements of a vector.</summary>
    public int Width { get; }

    /// <summary>Most steps of a block of the inner dimension; a multiple of 8.</summary>
    public int Depth { get; }

    /// <summary>Vectors of columns.</summary>
    public int Vectors { get; }
    public int Panels { get; }
    public int PanelsOfStretch { get; }
    public int PanelsOfGroup { get; }

    /// <summary>Most panels that a thread packs for itself at a time.</summary>
    public int MostPanelsOfShare { get; }

    /// <summary>Rows of a band; a multiple of the tile's.</summary>
    public int Band { get; }
    public int BandsOfStretch { get; }

    /// <summary>Whether threads pay.</summary>
    public bool Parallel { get; }

    /// <summary>Whether each of so many threads finds panels enough to pack them for itself.</summary>
    public bool HasSharesFor(int threads) => threads == 1 || Panels >= FewestPanelsOfShare * FewestSharesOfThread * threads;

    /// <summary>In how many shares so many threads take the panels.</summary>
    public int Shares(int threads)
    {
        int shares = 0;
        for (int panel = 0; panel < Panels; panel += PanelsOfShare(panel, threads)) shares++;
        return shares;
    }

    /// <summary>The panels of a share, the end excluded.</summary>
    public (int First, int End) Share(int share, int threads)
    {
        int first = 0;
        for (; share > 0; share--) first += PanelsOfShare(first, threads);
        return (first, first + PanelsOfShare(first, threads));
    }

    /// <summary>Of the share that begins at a panel. Toward the end they get smaller, so that no thread waits long for the last.</summary>
    private int PanelsOfShare(int first, int threads)
    {
        int left = Panels - first, most = Math.Min(left, MostPanelsOfShare);
        return threads == 1 ? most : Math.Clamp(left / (2 * threads), Math.Min(FewestPanelsOfShare, most), most);
    }

    /// <summary>The first vector of a panel: each has three, but that 3 + 1 at the end is 2 + 2.</summary>
    public int Start(int panel)
        => panel == Panels ? Vectors : panel == Panels - 1 && panel > 0 && Vectors % GemmTile.Vectors == 1 ? Vectors - 2 : panel * GemmTile.Vectors;

    public static int Pieces(int length, int size) => (int)(((long)length + size - 1) / size);
}
