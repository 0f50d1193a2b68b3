using ILGPU;

namespace HessianKernels.Gpu.Kernels;

/// <summary>
/// Vector against vector, for a batch of them a stride apart. A grid is <c>(items, 1, chunks)</c>: a group works on one chunk of one item, and sums are
/// finished by a second kernel, a group an item. The chunks, and the order of a sum, depend on the length alone.
/// </summary>
internal static class VectorKernels<T, TWide, TOps, TAccess>
    where T : unmanaged
    where TWide : unmanaged
    where TOps : struct, IWide<T, TWide>
    where TAccess : struct, IAccess<T, TWide>
{
    /// <summary><c>partial[b, chunk] = sum x y</c>.</summary>
    public static void Dot(ArrayView<T> x, ArrayView<T> y, ArrayView<double> partial, int length, int stride, int chunk)
    {
        ArrayView<double> shared = SharedMemory.Allocate<double>(Reduction.MostThreads);
        Share share = Share.Of(length, chunk, TOps.Lanes());
        long item = (long)Grid.IdxX * stride, at = item + share.First;
        double even = 0, odd = 0;
        int i = 1;
        for (; i < share.Loads; i += 2, at += 2L * share.Step)
        {
            even += TOps.Dot(TAccess.Load(x, at), TAccess.Load(y, at));
            odd += TOps.Dot(TAccess.Load(x, at + share.Step), TAccess.Load(y, at + share.Step));
        }

        if (i == share.Loads) even += TOps.Dot(TAccess.Load(x, at), TAccess.Load(y, at));
        if (share.Beyond >= 0) odd += TOps.Double(x[item + share.Beyond]) * TOps.Double(y[item + share.Beyond]);
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
    public static void Quotient(ArrayView<T> g, ArrayView<T> h, ArrayView<double> partial, int length, int stride, int chunk)
    {
        ArrayView<double> shared = SharedMemory.Allocate<double>(Reduction.MostThreads);
        Share share = Share.Of(length, chunk, TOps.Lanes());
        long item = (long)Grid.IdxX * stride, at = item + share.First;
        double product = 0, square = 0;
        for (int i = 0; i < share.Loads; i++, at += share.Step)
        {
            TWide element = TAccess.Load(g, at);
            product += TOps.Dot(element, TAccess.Load(h, at));
            square += TOps.Dot(element, element);
        }

        if (share.Beyond >= 0)
        {
            double element = TOps.Double(g[item + share.Beyond]);
            product += element * TOps.Double(h[item + share.Beyond]);
            square += element * element;
        }

        product = Reduction.Sum(shared, product);
        square = Reduction.Sum(shared, square);
        if (Group.IdxX != 0) return;
        at = 2 * ((long)Grid.IdxX * Grid.DimZ + Grid.IdxZ);
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
    public static void Squares(ArrayView<T> x, ArrayView<double> partial, int length, int stride, int chunk)
    {
        ArrayView<double> shared = SharedMemory.Allocate<double>(Reduction.MostThreads);
        Share share = Share.Of(length, chunk, TOps.Lanes());
        long item = (long)Grid.IdxX * stride, at = item + share.First;
        SquareSum sum = new(0, 0, 0);
        for (int i = 0; i < share.Loads; i++, at += share.Step) sum = TOps.Squares(sum, TAccess.Load(x, at));
        if (share.Beyond >= 0) sum = TOps.Squares(sum, Alone<T, TWide, TOps>.Load(x, item + share.Beyond));
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
    public static void SubtractScaled(ArrayView<T> scale, ArrayView<T> x, ArrayView<T> y, int length, int stride, int chunk)
    {
        Share share = Share.Of(length, chunk, TOps.Lanes());
        long item = (long)Grid.IdxX * stride, at = item + share.First;
        T factor = scale[Grid.IdxX];
        for (int i = 0; i < share.Loads; i++, at += share.Step) TAccess.Store(y, at, TOps.MinusScaled(TAccess.Load(y, at), factor, TAccess.Load(x, at)));
        at = item + share.Beyond;
        if (share.Beyond >= 0)
            Alone<T, TWide, TOps>.Store(y, at, TOps.MinusScaled(Alone<T, TWide, TOps>.Load(y, at), factor, Alone<T, TWide, TOps>.Load(x, at)));
    }

    /// <summary><c>x /= scale[b]</c> where that is not 0.</summary>
    public static void Divide(ArrayView<T> scale, ArrayView<T> x, int length, int stride, int chunk)
        => DivideBy(TOps.Double(scale[Grid.IdxX]), x, length, stride, chunk);

    /// <summary>The same by a scale in double.</summary>
    public static void DivideExactly(ArrayView<double> scale, ArrayView<T> x, int length, int stride, int chunk)
        => DivideBy(scale[Grid.IdxX], x, length, stride, chunk);

    /// <summary><c>result = x / y</c> where the measure is above the bound, else <c>otherwise</c>, an item a thread; grid <c>(chunks of items)</c>.</summary>
    public static void DivideWhere(
        ArrayView<T> measure, ArrayView<T> bound, ArrayView<T> x, ArrayView<T> y, ArrayView<T> otherwise, ArrayView<T> result, int batch)
    {
        int b = Grid.IdxX * Group.DimX + Group.IdxX;
        if (b >= batch) return;
        result[b] = TOps.Double(measure[b]) > TOps.Double(bound[b]) ? TOps.Rounded(TOps.Double(x[b]) / TOps.Double(y[b])) : otherwise[b];
    }

    private static void DivideBy(double scale, ArrayView<T> x, int length, int stride, int chunk)
    {
        if (scale == 0) return;
        Share share = Share.Of(length, chunk, TOps.Lanes());
        long item = (long)Grid.IdxX * stride, at = item + share.First;
        double inverse = 1 / scale, size = Math.Abs(inverse);
        // Where the reciprocal is no normal number, and only there, a division an element is worth its cost.
        bool normal = size >= 2.2250738585072014e-308 & size <= 1.7976931348623157e+308;
        for (int i = 0; i < share.Loads; i++, at += share.Step) TAccess.Store(x, at, Divided(TAccess.Load(x, at), scale, inverse, normal));
        at = item + share.Beyond;
        if (share.Beyond >= 0) Alone<T, TWide, TOps>.Store(x, at, Divided(Alone<T, TWide, TOps>.Load(x, at), scale, inverse, normal));
    }

    private static TWide Divided(TWide x, double scale, double inverse, bool normal) => normal ? TOps.Times(x, inverse) : TOps.Over(x, scale);

    internal static void Store(ArrayView<double> partial, long at, SquareSum sum)
    {
        partial[3 * at] = sum.Small;
        partial[3 * at + 1] = sum.Medium;
        partial[3 * at + 2] = sum.Large;
    }
}
