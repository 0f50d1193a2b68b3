namespace HessianKernels.Krylov;

/// <summary>Choosing among Ritz values: the wanted ones first.</summary>
internal static class RitzOrder
{
    /// <summary>Whether x is wanted more than y. For both ends the question makes no sense: see <see cref="Sort"/>.</summary>
    public static bool Before(double x, double y, SpectrumEnd which) => which switch
    {
        SpectrumEnd.Smallest => x < y,
        SpectrumEnd.LargestMagnitude => Math.Abs(x) > Math.Abs(y) || (Math.Abs(x) == Math.Abs(y) && x > y),
        _ => x > y,
    };

    /// <summary>
    /// Fills <paramref name="order"/> with the indices of the values, the most wanted first; for both ends the largest, the smallest, the second largest, and so on.
    /// </summary>
    public static void Sort(ReadOnlySpan<double> values, SpectrumEnd which, Span<int> order)
    {
        int count = values.Length;
        order = order[..count];
        for (int i = 0; i < count; i++)
        {
            // Insertion: few values, and nearly in order from one look to the next.
            int place = i;
            for (; place > 0 && Before(values[i], values[order[place - 1]], which); place--) order[place] = order[place - 1];
            order[place] = i;
        }

        if (which != SpectrumEnd.BothEnds) return;
        // Weave: 0, last, 1, last but one, ...
        for (int i = 1; i < count; i += 2)
        {
            int last = order[count - 1];
            order[i..(count - 1)].CopyTo(order[(i + 1)..]);
            order[i] = last;
        }
    }

    /// <summary>The place among the k returned pairs of the i-th most wanted: for both ends the result is in descending order.</summary>
    public static int Place(int i, int k, SpectrumEnd which)
        => which != SpectrumEnd.BothEnds ? i : i % 2 == 0 ? i / 2 : k - 1 - i / 2;
}
