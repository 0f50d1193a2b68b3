namespace HessianKernels.Kernels;

/// <summary>
/// How a product is cut, by its sizes alone: the inner dimension into blocks, c into panels of up to three vectors of columns, panels into
/// stretches of which a block of the right factor is packed at a time, and a stretch into chunks of rows by panels.
/// </summary>
internal readonly struct GemmGrid
{
    // A panel of a block, 256 x 192 bytes, is what the first cache holds; a stretch is 8 MB; a block of rows, at most 192 x 256, sits in the second cache.
    private const int MostDepth = 256, MostPanels = 160, FewestRows = 48, MostRows = 192;

    // A chunk is worth a thread from 2 M flops on, about 20 microseconds.
    private const double FlopsWorthThreads = 2e6;

    public GemmGrid(int m, int n, int k, int width, bool wholeRows)
    {
        int blocks = Blocks(k, MostDepth);
        Depth = (Blocks(k, blocks) + 7) & ~7;
        Width = width;
        Vectors = Blocks(n, width);
        Panels = Blocks(Vectors, GemmTile.Vectors);
        Stretches = Blocks(Panels, MostPanels);
        PanelsOfStretch = Blocks(Panels, Stretches);

        Rows = Math.Clamp((Blocks(m, 8) + 7) & ~7, FewestRows, MostRows);
        RowBlocks = Blocks(m, Rows);
        int groups = wholeRows ? 1 : Math.Clamp(Math.Min(32 / RowBlocks, PanelsOfStretch / 8), 1, PanelsOfStretch);
        PanelsOfGroup = Blocks(PanelsOfStretch, groups);
        Groups = Blocks(PanelsOfStretch, PanelsOfGroup);
        Parallel = 2.0 * m * n * k >= FlopsWorthThreads;
    }

    /// <summary>Elements of a vector.</summary>
    public int Width { get; }

    /// <summary>Most steps of a block of the inner dimension; a multiple of 8.</summary>
    public int Depth { get; }

    /// <summary>Vectors of columns.</summary>
    public int Vectors { get; }
    public int Panels { get; }
    public int Stretches { get; }
    public int PanelsOfStretch { get; }

    /// <summary>Rows of a chunk; a multiple of the tile's.</summary>
    public int Rows { get; }
    public int RowBlocks { get; }

    /// <summary>Panels of a chunk.</summary>
    public int PanelsOfGroup { get; }
    public int Groups { get; }

    /// <summary>Whether threads pay.</summary>
    public bool Parallel { get; }

    public int Chunks => RowBlocks * Groups;

    /// <summary>The first vector of a panel: each has three, but that 3 + 1 at the end is 2 + 2.</summary>
    public int Start(int panel)
        => panel == Panels ? Vectors : panel == Panels - 1 && panel > 0 && Vectors % GemmTile.Vectors == 1 ? Vectors - 2 : panel * GemmTile.Vectors;

    private static int Blocks(int length, int most) => (int)(((long)length + most - 1) / most);
}
