using ILGPU;

namespace HessianKernels.Gpu.Kernels;

/// <summary>
/// Vector against vector, for a batch. A grid is <c>(items, 1, chunks)</c>: a group works on one chunk of one item, and sums are finished
/// by a second kernel, a group an item. The chunks depend on the length alone.
/// </summary>
internal static class VectorKernels<T, TWide, TOps>
    where T : unmanaged
    where TWide : unmanaged
    where TOps : struct, IWide<T, TWide>
{
    /// <summary><c>partial[b, chunk] = sum x y</c>.</summary>
    public static void Dot(ArrayView<TWide> x, ArrayView<TWide> y, ArrayView<double> partial, int length, int chunk)
    {
        ArrayView<double> shared = SharedMemory.Allocate<double>(Reduction.MostThreads);
        long item = (long)Grid.IdxX * length;
        int step = Group.DimX, start = Grid.IdxZ * chunk, end = IntrinsicMath.Min(start + chunk, length), i = start + Group.IdxX;
        double even = 0, odd = 0;
        for (; i + step < end; i += 2 * step)
        {
            even += TOps.Dot(x[item + i], y[item + i]);
            odd += TOps.Dot(x[item + i + step], y[item + i + step]);
        }

        if (i < end) even += TOps.Dot(x[item + i], y[item + i]);
        double sum = Reduction.Sum(shared, even + odd);
        if (Group.IdxX == 0) partial[(long)Grid.IdxX * Grid.DimZ + Grid.IdxZ] = sum;
    }

    /// <summary><c>result[b] = sum partial[b, .]</c>; grid <c>(items)</c>.</summary>
    public static void FinishDot(ArrayView<double> partial, int chunks, ArrayView<T> result)
    {
        ArrayView<double> shared = SharedMemory.Allocate<double>(Reduction.MostThreads);
        double sum = 0;
        for (int c = Group.IdxX; c < chunks; c += Group.DimX) sum += partial[(long)Grid.IdxX * chunks + c];
        sum = Reduction.Sum(shared, sum);
        if (Group.IdxX == 0) result[Grid.IdxX] = TOps.Rounded(sum);
    }

    /// <summary><c>partial[b, chunk, 0 .. 1] = </c> the parts of <c>&lt;g, h&gt;</c> and <c>&lt;g, g&gt;</c>, g read once for both.</summary>
    public static void Quotient(ArrayView<TWide> g, ArrayView<TWide> h, ArrayView<double> partial, int length, int chunk)
    {
        ArrayView<double> shared = SharedMemory.Allocate<double>(Reduction.MostThreads);
        long item = (long)Grid.IdxX * length;
        int start = Grid.IdxZ * chunk, end = IntrinsicMath.Min(start + chunk, length);
        double product = 0, square = 0;
        for (int i = start + Group.IdxX; i < end; i += Group.DimX)
        {
            TWide element = g[item + i];
            product += TOps.Dot(element, h[item + i]);
            square += TOps.Dot(element, element);
        }

        product = Reduction.Sum(shared, product);
        square = Reduction.Sum(shared, square);
        if (Group.IdxX != 0) return;
        long at = 2 * ((long)Grid.IdxX * Grid.DimZ + Grid.IdxZ);
        partial[at] = product;
        partial[at + 1] = square;
    }

    /// <summary>The quotients, 0 / 0 being 0; grid <c>(items)</c>.</summary>
    public static void FinishQuotient(ArrayView<double> partial, int chunks, ArrayView<T> result)
    {
        ArrayView<double> shared = SharedMemory.Allocate<double>(Reduction.MostThreads);
        double product = 0, square = 0;
        for (int c = Group.IdxX; c < chunks; c += Group.DimX)
        {
            long at = 2 * ((long)Grid.IdxX * chunks + c);
            product += partial[at];
            square += partial[at + 1];
        }

        product = Reduction.Sum(shared, product);
        square = Reduction.Sum(shared, square);
        if (Group.IdxX == 0) result[Grid.IdxX] = TOps.Rounded(square == 0 ? 0 : product / square);
    }

    /// <summary><c>partial[b, chunk, 0 .. 2] = </c> the squares of x.</summary>
    public static void Squares(ArrayView<TWide> x, ArrayView<double> partial, int length, int chunk)
    {
        ArrayView<double> shared = SharedMemory.Allocate<double>(Reduction.MostThreads);
        long item = (long)Grid.IdxX * length;
        int start = Grid.IdxZ * chunk, end = IntrinsicMath.Min(start + chunk, length);
        SquareSum sum = new(0, 0, 0);
        for (int i = start + Group.IdxX; i < end; i += Group.DimX) sum = TOps.Squares(sum, x[item + i]);
        sum = Reduction.Sum(shared, sum);
        if (Group.IdxX == 0) Store(partial, (long)Grid.IdxX * Grid.DimZ + Grid.IdxZ, sum);
    }

    /// <summary>The norms, in double and as stored; grid <c>(items)</c>.</summary>
    public static void FinishNorm(ArrayView<double> partial, int chunks, ArrayView<double> exact, ArrayView<T> norm)
    {
        ArrayView<double> shared = SharedMemory.Allocate<double>(Reduction.MostThreads);
        double root = Norm(shared, partial, chunks);
        if (Group.IdxX != 0) return;
        exact[Grid.IdxX] = root;
        norm[Grid.IdxX] = TOps.Rounded(root);
    }

    /// <summary>The norm of this group's item.</summary>
    public static double Norm(ArrayView<double> shared, ArrayView<double> partial, int chunks)
    {
        double small = 0, medium = 0, large = 0;
        for (int c = Group.IdxX; c < chunks; c += Group.DimX)
        {
            long at = 3 * ((long)Grid.IdxX * chunks + c);
            small += partial[at];
            medium += partial[at + 1];
            large += partial[at + 2];
        }

        return Reduction.Sum(shared, new SquareSum(small, medium, large)).Root();
    }

    /// <summary><c>y -= scale[b] x</c>.</summary>
    public static void SubtractScaled(ArrayView<T> scale, ArrayView<TWide> x, ArrayView<TWide> y, int length, int chunk)
    {
        long item = (long)Grid.IdxX * length;
        int start = Grid.IdxZ * chunk, end = IntrinsicMath.Min(start + chunk, length);
        T factor = scale[Grid.IdxX];
        for (int i = start + Group.IdxX; i < end; i += Group.DimX) y[item + i] = TOps.MinusScaled(y[item + i], factor, x[item + i]);
    }

    /// <summary><c>x /= scale[b]</c> where that is not 0.</summary>
    public static void Divide(ArrayView<T> scale, ArrayView<TWide> x, int length, int chunk)
        => DivideBy(TOps.Double(scale[Grid.IdxX]), x, length, chunk);

    /// <summary>The same by a scale in double.</summary>
    public static void DivideExactly(ArrayView<double> scale, ArrayView<TWide> x, int length, int chunk)
        => DivideBy(scale[Grid.IdxX], x, length, chunk);

    /// <summary><c>result = x / y</c> where the measure is above the bound, else <c>otherwise</c>, an item a thread; grid <c>(chunks of items)</c>.</summary>
    public static void DivideWhere(
        ArrayView<T> measure, ArrayView<T> bound, ArrayView<T> x, ArrayView<T> y, ArrayView<T> otherwise, ArrayView<T> result, int batch)
    {
        int b = Grid.IdxX * Group.DimX + Group.IdxX;
        if (b >= batch) return;
        result[b] = TOps.Double(measure[b]) > TOps.Double(bound[b]) ? TOps.Rounded(TOps.Double(x[b]) / TOps.Double(y[b])) : otherwise[b];
    }

    private static void DivideBy(double scale, ArrayView<TWide> x, int length, int chunk)
    {
        if (scale == 0) return;
        long item = (long)Grid.IdxX * length;
        int start = Grid.IdxZ * chunk, end = IntrinsicMath.Min(start + chunk, length);
        double inverse = 1 / scale, size = Math.Abs(inverse);
        // Where the reciprocal is no normal number, and only there, a division an element is worth its cost.
        bool normal = size >= 2.2250738585072014e-308 & size <= 1.7976931348623157e+308;
        for (int i = start + Group.IdxX; i < end; i += Group.DimX)
            x[item + i] = normal ? TOps.Times(x[item + i], inverse) : TOps.Over(x[item + i], scale);
    }

    internal static void Store(ArrayView<double> partial, long at, SquareSum sum)
    {
        partial[3 * at] = sum.Small;
        partial[3 * at + 1] = sum.Medium;
        partial[3 * at + 2] = sum.Large;
    }
}
