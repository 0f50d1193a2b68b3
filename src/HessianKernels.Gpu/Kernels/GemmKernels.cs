using ILGPU;

namespace HessianKernels.Gpu.Kernels;

/// <summary>
/// <c>C = alpha op(A) op(B) + beta C</c> on row-major matrices, tile by tile: a group holds <see cref="GemmShape.Depth"/> columns of op(A) and rows of
/// op(B) in shared memory, a thread 4 x 4 sums in registers.
/// </summary>
/// <remarks>
/// Where tiles are too few for the device, the inner dimension is cut into parts, a group of threads each, which a second kernel adds in order.
/// A group has side x side threads and a tile 4 side x 4 side elements; side is a power of 2, at most 16. ILGPU 1.5.3 does not unroll and
/// an array of sums would lie in local memory: so sixteen names.
/// </remarks>
internal static class GemmKernels<T, TOps>
    where T : unmanaged
    where TOps : struct, IWide<T, T>
{
    private const int Depth = GemmShape.Depth, MostTile = 64;

    /// <summary>Grid <c>(tiles of rows, tiles of columns, batch times parts)</c>.</summary>
    /// <param name="a">A, <c>[batch, rows, inner]</c>, transposed <c>[batch, inner, rows]</c>.</param>
    /// <param name="b">B, <c>[batch, inner, columns]</c>, transposed <c>[batch, columns, inner]</c>.</param>
    /// <param name="c">C, <c>[batch, rows, columns]</c>; of parts <c>[batch, parts, rows, columns]</c>.</param>
    /// <param name="shape">Everything else.</param>
    public static void Multiply(ArrayView<T> a, ArrayView<T> b, ArrayView<T> c, GemmShape shape)
    {
        ArrayView<T> left = SharedMemory.Allocate<T>(MostTile * Depth);
        ArrayView<T> right = SharedMemory.Allocate<T>(MostTile * Depth);
        int side = 1 << shape.SideShift, tileShift = shape.SideShift + 2, tile = 1 << tileShift;
        int row = Grid.IdxX * tile, column = Grid.IdxY * tile;
        // Of a symmetric result only tiles that reach the lower triangle.
        if (shape.Lower != 0 & column > row + tile - 1) return;
        int item = Grid.IdxZ / shape.Parts, from = (Grid.IdxZ - item * shape.Parts) * shape.Chunk;
        int end = IntrinsicMath.Min(from + shape.Chunk, shape.Inner);
        long atA = item * shape.StrideA, atB = item * shape.StrideB, atC = Grid.IdxZ * shape.StrideC;
        int tx = Group.IdxX & (side - 1), ty = Group.IdxX >> shape.SideShift;
        T z = TOps.Zero();
        T c00 = z, c01 = z, c02 = z, c03 = z, c10 = z, c11 = z, c12 = z, c13 = z;
        T c20 = z, c21 = z, c22 = z, c23 = z, c30 = z, c31 = z, c32 = z, c33 = z;
        for (int k = from; k < end; k += Depth)
        {
            for (int e = Group.IdxX; e < tile * Depth; e += Group.DimX)
            {
                // Neighbouring threads read neighbouring elements, whichever way the matrix lies.
                int i = shape.TransposeA != 0 ? e & (tile - 1) : e / Depth, d = shape.TransposeA != 0 ? e >> tileShift : e & (Depth - 1);
                bool inside = row + i < shape.Rows & k + d < end;
                long at = shape.TransposeA != 0 ? (long)(k + d) * shape.LeadingA + row + i : (long)(row + i) * shape.LeadingA + k + d;
                left[(d << tileShift) + i] = inside ? a[inside ? atA + at : 0] : z;
            }

            for (int e = Group.IdxX; e < tile * Depth; e += Group.DimX)
            {
                int j = shape.TransposeB != 0 ? e / Depth : e & (tile - 1), d = shape.TransposeB != 0 ? e & (Depth - 1) : e >> tileShift;
                bool inside = column + j < shape.Columns & k + d < end;
                long at = shape.TransposeB != 0 ? (long)(column + j) * shape.LeadingB + k + d : (long)(k + d) * shape.LeadingB + column + j;
                right[(d << tileShift) + j] = inside ? b[inside ? atB + at : 0] : z;
            }

            Group.Barrier();
            int p = ty, q = tx;
            for (int d = 0; d < Depth; d++)
            {
                // A thread's rows and columns lie side apart: neighbours read neighbouring elements of shared memory.
                T l0 = left[p], l1 = left[p + side], l2 = left[p + 2 * side], l3 = left[p + 3 * side];
                T r0 = right[q], r1 = right[q + side], r2 = right[q + 2 * side], r3 = right[q + 3 * side];
                c00 = TOps.MinusScaled(c00, l0, r0);
                c01 = TOps.MinusScaled(c01, l0, r1);
                c02 = TOps.MinusScaled(c02, l0, r2);
                c03 = TOps.MinusScaled(c03, l0, r3);
                c10 = TOps.MinusScaled(c10, l1, r0);
                c11 = TOps.MinusScaled(c11, l1, r1);
                c12 = TOps.MinusScaled(c12, l1, r2);
                c13 = TOps.MinusScaled(c13, l1, r3);
                c20 = TOps.MinusScaled(c20, l2, r0);
                c21 = TOps.MinusScaled(c21, l2, r1);
                c22 = TOps.MinusScaled(c22, l2, r2);
                c23 = TOps.MinusScaled(c23, l2, r3);
                c30 = TOps.MinusScaled(c30, l3, r0);
                c31 = TOps.MinusScaled(c31, l3, r1);
                c32 = TOps.MinusScaled(c32, l3, r2);
                c33 = TOps.MinusScaled(c33, l3, r3);
                p += tile;
                q += tile;
            }

            Group.Barrier();
        }

        int i0 = row + ty, j0 = column + tx;
        Store(c, atC, shape, i0, j0, side, c00, c01, c02, c03);
        Store(c, atC, shape, i0 + side, j0, side, c10, c11, c12, c13);
        Store(c, atC, shape, i0 + 2 * side, j0, side, c20, c21, c22, c23);
        Store(c, atC, shape, i0 + 3 * side, j0, side, c30, c31, c32, c33);
    }

    /// <summary><c>C = alpha sum_part parts[batch, part] + beta C</c>, part after part, in double; grid <c>(chunks)</c>.</summary>
    /// <param name="parts">Products of the parts, without factors.</param>
    /// <param name="c">C.</param>
    /// <param name="shape">As of the whole product.</param>
    /// <param name="length">Elements of all of the batch.</param>
    public static void AddParts(ArrayView<T> parts, ArrayView<T> c, GemmShape shape, long length)
    {
        int size = shape.Rows * shape.Columns, tileShift = shape.SideShift + 2;
        for (long e = Stride.First(); e < length; e += Stride.Step())
        {
            int item = Stride.Quotient(e, size), within = (int)(e - (long)item * size), row = within / shape.Columns;
            int column = within - row * shape.Columns;
            // Of a symmetric result no tile above the diagonal was made.
            if (shape.Lower == 0 | column >> tileShift <= row >> tileShift)
            {
                long at = (long)item * shape.Parts * size + within;
                double sum = 0;
                for (int part = 0; part < shape.Parts; part++, at += size) sum += TOps.Double(parts[at]);
                Store(c, item * shape.StrideC + (long)row * shape.LeadingC + column, shape, sum);
            }
        }
    }

    private static void Store(ArrayView<T> c, long first, GemmShape shape, int i, int j, int side, T c0, T c1, T c2, T c3)
    {
        if (i >= shape.Rows) return;
        long at = first + (long)i * shape.LeadingC;
        Store(c, at, shape, j, c0);
        Store(c, at, shape, j + side, c1);
        Store(c, at, shape, j + 2 * side, c2);
        Store(c, at, shape, j + 3 * side, c3);
    }

    /// <summary>Minus the sum: the products were subtracted from zero.</summary>
    private static void Store(ArrayView<T> c, long row, GemmShape shape, int j, T sum)
    {
        if (j < shape.Columns) Store(c, row + j, shape, -TOps.Double(sum));
    }

    private static void Store(ArrayView<T> c, long at, GemmShape shape, double sum)
    {
        double value = shape.Alpha * sum;
        // What C held may be no number where beta is 0.
        if (shape.Beta != 0) value += shape.Beta * TOps.Double(c[at]);
        c[at] = TOps.Rounded(value);
    }
}

/// <summary>The sizes and factors of a product.</summary>
internal readonly struct GemmShape(
    bool transposeA, bool transposeB, int rows, int columns, int inner, double alpha, int leadingA, int leadingB, double beta, int leadingC)
{
    /// <summary>Columns of op(A) that are held at a time.</summary>
    public const int Depth = 16;

    public readonly int TransposeA = transposeA ? 1 : 0, TransposeB = transposeB ? 1 : 0;

    public readonly int Rows = rows, Columns = columns, Inner = inner, LeadingA = leadingA, LeadingB = leadingB;

    public int LeadingC { get; init; } = leadingC;

    public double Alpha { get; init; } = alpha;

    public double Beta { get; init; } = beta;

    /// <summary>Elements from one matrix of a batch to the next.</summary>
    public long StrideA { get; init; }

    public long StrideB { get; init; }

    public long StrideC { get; init; }

    /// <summary>1 where the result is symmetric and only its lower triangle is wanted.</summary>
    public int Lower { get; init; }

    /// <summary>The logarithm of the threads of a group's side.</summary>
    public int SideShift { get; init; }

    /// <summary>Parts of the inner dimension.</summary>
    public int Parts { get; init; }

    /// <summary>Length of a part.</summary>
    public int Chunk { get; init; }
}
