namespace HessianKernels.Kernels;

/// <summary>
/// How a product is cut, by its sizes alone. The inner dimension goes in blocks; of one block, a stretch of the right factor's columns
/// and a stretch of the left one's
/// rows are packed at a time; a stretch of columns goes in groups, a stretch of rows in bands, and a band by a group is a chunk:
/// <code>
/// for (column stretch) for (inner block) pack; for (row stretch) pack; for (group) for (band) chunk
/// </code>
/// In a chunk 8 rows stay in the first cache while the panels of the group, three vectors of columns each, pass from the second.
/// </summary>
internal readonly struct GemmGrid
{
    /// <summary>
    /// Most steps of a block of the inner dimension: 8 rows of so many are 24 KiB, half of the first cache.
    /// </summary>
    public static int MostDepth(int sizeOfElement) => 3072 / sizeOfElement;

    // A group of packed panels, half of the second cache; what is packed at a time of either factor; rows of a chunk.
    private const int BytesOfGroup = 800_000, BytesOfStretch = 1 << 24, FewestRows = 48, MostRows = 96;

    // Of a left factor that stays in the second cache, and of the panels beside it.
    private const int BytesOfLeft = 1_500_000, BytesAlone = 300_000;

    /// <summary>One and a half million products of numbers, about 25 microseconds.</summary>
    public const double ProductsWorthThreads = 1.5e6;

    public GemmGrid(int m, int n, int k, int width, int sizeOfElement)
    {
        int blocks = Pieces(k, MostDepth(sizeOfElement));
        Depth = (Pieces(k, blocks) + 7) & ~7;
        Width = width;
        Vectors = Pieces(n, width);
        Panels = Pieces(Vectors, GemmTile.Vectors);
        int bytesOfPanel = Depth * GemmTile.Vectors * width * sizeOfElement, bytesOfRow = Depth * sizeOfElement;
        PanelsOfStretch = Pieces(Panels, Pieces(Panels, Math.Max(1, BytesOfStretch / bytesOfPanel)));

        Band = Math.Clamp((Pieces(m, 16) + 7) & ~7, FewestRows, MostRows);
        BandsOfStretch = Math.Min(Pieces(m, Band), Math.Max(1, BytesOfStretch / bytesOfRow / Band));
        int fewest = Math.Min(16 / BandsOfStretch, PanelsOfStretch / 4);
        PanelsOfGroup = Pieces(PanelsOfStretch, Math.Max(fewest, Pieces(PanelsOfStretch, Math.Max(1, BytesOfGroup / bytesOfPanel))));
        PanelsAlone = m >= 4 * Band && (long)m * bytesOfRow <= BytesOfLeft ? Math.Max(1, BytesAlone / bytesOfPanel) : Panels;
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

    /// <summary>Panels that a thread packs and multiplies by itself where the left factor's block is small enough to stay in its second cache
    /// beside them (a weight's gradient: few rows, many columns); else all.</summary>
    public int PanelsAlone { get; }

    /// <summary>Rows of a band; a multiple of the tile's.</summary>
    public int Band { get; }
    public int BandsOfStretch { get; }

    /// <summary>Whether threads pay.</summary>
    public bool Parallel { get; }

    /// <summary>The first vector of a panel: each has three, but that 3 + 1 at the end is 2 + 2.</summary>
    public int Start(int panel)
        => panel == Panels ? Vectors : panel == Panels - 1 && panel > 0 && Vectors % GemmTile.Vectors == 1 ? Vectors - 2 : panel * GemmTile.Vectors;

    public static int Pieces(int length, int size) => (int)(((long)length + size - 1) / size);
}
