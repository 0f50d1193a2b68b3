using HessianKernels.Kernels;

namespace HessianKernels.Dense;

internal unsafe partial struct DivideAndConquer
{
    private const double Epsilon = 2.220446049250313e-16;

    // Parts whose elements are all below this, beside a largest element of T of 1 or so, are zero.
    private const double SmallestScale = 1e-100;

    /// <summary>What an eigenvector of the halves is to their joining.</summary>
    private enum Support
    {
        Upper,
        Both,
        Lower,
        Kept,
    }

    /// <summary>From the eigenpairs of two neighbouring halves, those of the whole part.</summary>
    private readonly void Join(int begin, int middle, int end)
    {
        int size = end - begin;
        double* d = _d + begin, z = _small + begin, q = _q + begin * (nint)_n + begin;
        Span<int> order = new(_indices + begin, size), support = new(_indices + _n + begin, size);
        double coupling = _e[middle - 1], rho = 2 * Math.Abs(coupling);
        if (rho == 0) return;

        // u in the halves' eigenvectors, of norm 1: the last column of the upper ones, the first of the lower ones.
        double unit = Math.Sqrt(0.5);
        for (int i = 0; i < size; i++)
        {
            bool upper = i < middle - begin;
            z[i] = upper ? unit * q[i * (nint)_n + middle - begin - 1] : Math.CopySign(unit, coupling) * q[i * (nint)_n + middle - begin];
            order[i] = i;
            support[i] = (int)(upper ? Support.Upper : Support.Lower);
        }

        Span<double> keys = new(_small + _n + begin, size);
        new Span<double>(d, size).CopyTo(keys);
        keys.Sort(order);
        int count = Deflate(d, z, q, size, rho, order, support);
        if (count == 0) return;
        Gather(d, z, q, size, support, out int uppers, out int boths);
        Update(d, z, q, middle - begin, size, rho, count, uppers, boths, begin);
    }

    /// <summary>
    /// Sets aside the eigenpairs that the update leaves as they are within rounding: where z is nothing, and where two eigenvalues are so close that
    /// a rotation of their vectors makes one z nothing. Returns how many are left.
    /// </summary>
    private readonly int Deflate(double* d, double* z, double* q, int size, double rho, Span<int> order, Span<int> support)
    {
        double scale = Math.Max(Math.Max(Math.Abs(d[order[0]]), Math.Abs(d[order[^1]])), Math.Max(rho, SmallestScale));
        double tolerance = 8 * Epsilon * scale;
        int count = 0, before = -1;
        foreach (int i in order)
        {
            if (rho * Math.Abs(z[i]) <= tolerance)
            {
                support[i] = (int)Support.Kept;
                continue;
            }

            if (before >= 0)
            {
                double norm = double.Hypot(z[i], z[before]), cosine = z[i] / norm, sine = -z[before] / norm, gap = d[i] - d[before];
                if (Math.Abs(gap * cosine * sine) <= tolerance)
                {
                    (z[i], z[before]) = (norm, 0);
                    ImplicitQl.Rotate(q + before * (nint)_n, q + i * (nint)_n, size, cosine, sine);
                    (double low, double high) = (d[before], d[i]);
                    d[before] = low * cosine * cosine + high * sine * sine;
                    d[i] = low * sine * sine + high * cosine * cosine;
                    if (support[before] != support[i]) support[i] = (int)Support.Both;
                    support[before] = (int)Support.Kept;
                    before = i;
                    continue;
                }
            }

            before = i;
            count++;
        }

        return count;
    }

    /// <summary>Brings the rows into the order of their support, in place: upper, both, lower, kept.</summary>
    private readonly void Gather(double* d, double* z, double* q, int size, Span<int> support, out int uppers, out int boths)
    {
        Span<int> counts = stackalloc int[4], places = stackalloc int[4];
        counts.Clear();
        foreach (int kind in support) counts[kind]++;
        (uppers, boths) = (counts[(int)Support.Upper], counts[(int)Support.Both]);
        places.Clear();
        for (int kind = 1; kind < 4; kind++) places[kind] = places[kind - 1] + counts[kind - 1];
        Span<int> ends = stackalloc int[4];
        for (int kind = 0; kind < 4; kind++) ends[kind] = places[kind] + counts[kind];

        // Every swap brings a row to its kind for good.
        for (int kind = 0; kind < 4; kind++)
        {
            while (places[kind] < ends[kind])
            {
                int i = places[kind], own = support[i];
                if (own == kind)
                {
                    places[kind]++;
                    continue;
                }

                int j = places[own]++;
                (support[i], support[j]) = (support[j], support[i]);
                (d[i], d[j], z[i], z[j]) = (d[j], d[i], z[j], z[i]);
                Swap(q + i * (nint)_n, q + j * (nint)_n, size);
            }
        }
    }

    private static void Swap(double* x, double* y, int length)
    {
        for (int k = 0; k < length; k++) (x[k], y[k]) = (y[k], x[k]);
    }
}
