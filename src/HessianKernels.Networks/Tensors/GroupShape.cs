namespace HessianKernels.Networks.Tensors;

/// <summary>
/// A tensor <c>[Outer, Count, Inner]</c> seen as Outer x Inner groups of Count elements each: group (o, i) holds the elements (o, c, i).
/// </summary>
/// <remarks>
/// One shape for every reduction and broadcast of a network: the rows of a matrix are the groups <c>(rows, columns, 1)</c>, its columns
/// <c>(1, rows, columns)</c>, the channels of each ghost batch <c>(ghosts, rows of one, channels)</c>. A coefficient a group is <c>[Outer, Inner]</c>.
/// </remarks>
/// <param name="Outer">Slowest index.</param>
/// <param name="Count">Elements of a group.</param>
/// <param name="Inner">Fastest index.</param>
public readonly record struct GroupShape(int Outer, int Count, int Inner)
{
    /// <summary>The rows of a matrix <c>[rows, columns]</c> as groups.</summary>
    public static GroupShape Rows(int rows, int columns) => new(rows, columns, 1);

    /// <summary>The columns of a matrix <c>[rows, columns]</c> as groups.</summary>
    public static GroupShape Columns(int rows, int columns) => new(1, rows, columns);

    /// <summary>Number of groups.</summary>
    public long Groups => (long)Outer * Inner;

    /// <summary>Number of elements.</summary>
    public long Length => (long)Outer * Count * Inner;
}
