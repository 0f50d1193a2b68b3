using HessianKernels.Spaces;

namespace HessianKernels.Krylov;

/// <summary>
/// Principal angles between two subspaces, for a batch of pairs on any space (Bjorck and Golub, Math. Comp. 27, 1973; Knyazev and Argentati, SIAM J. Sci. Comput. 23,
/// 2002).
/// </summary>
/// <remarks>
/// <code>
///  C = V^T W;  cosines = singular values of C         B = W - V C;  sines = singular values of B
///  theta_i = arcsin(sine_i) where cosine_i^2 > 1/2, else arccos(cosine_i)
/// </code>
/// since a cosine near 1 cannot tell angles below sqrt(eps) apart, nor a sine near 1 those near a right one. B's singular values are those of the triangle R of
/// B = Q R, so nothing of length n leaves the space.
/// </remarks>
internal readonly ref struct SubspaceComparison<TView, TSpace>
    where TView : allows ref struct
    where TSpace : IVectorSpace<TView>
{
    private readonly TSpace _space;
    private readonly TView _coefficients, _norm, _reference, _passes;
    private readonly double[] _host;

    /// <summary>Lays a comparison of bases of at most <paramref name="most"/> vectors out over <c>(most + 3) Batch</c> elements of scratch.</summary>
    public SubspaceComparison(TSpace space, int most, TView scratch)
    {
        int batch = space.Batch;
        long at = (long)most * batch;
        _space = space;
        _coefficients = space.Slice(scratch, 0, at);
        _norm = space.Slice(scratch, at, batch);
        _reference = space.Slice(scratch, at + batch, batch);
        _passes = space.Slice(scratch, at + 2 * batch, batch);
        _host = new double[at];
        space.Write(_host.AsSpan(0, batch), _reference);
        space.Write(_host.AsSpan(0, batch), _passes);
    }

    /// <summary>Elements of scratch.</summary>
    public static long Elements(int batch, int most) => (most + 3L) * batch;

    /// <summary>Compares item by item. (4 p q + 2 q^2) n flops, and 2 (p^2 + q^2) n to see how orthonormal the bases are.</summary>
    /// <param name="first">V, <c>[p, Batch, Length]</c>; orthonormalised in place where that is asked for.</param>
    /// <param name="p">Vectors of the first basis.</param>
    /// <param name="second">W, <c>[q, Batch, Length]</c>; destroyed.</param>
    /// <param name="q">Vectors of the second basis.</param>
    /// <param name="orthonormalize">Whether the vectors are any that span, to be made a basis here.</param>
    public PrincipalAngles[] Run(TView first, int p, TView second, int q, bool orthonormalize)
    {
        int batch = _space.Batch;
        double[] triangle = new double[q * q * batch], cross = new double[p * q * batch];
        if (orthonormalize)
        {
            Triangularize(first, p, []);
            Triangularize(second, q, []);
        }

        int[][] rows = new int[batch][], columns = new int[batch][];
        double[] firstDefect = Measure(first, p, orthonormalize, rows), secondDefect = Measure(second, q, orthonormalize, columns);
        for (int j = 0; j < q; j++)
        {
            TView w = Slot(second, j);
            // Twice: the first pass leaves what a basis not quite orthonormal leaves of its own span, the second the square of it.
            for (int pass = 0; pass < 2; pass++)
            {
                _space.Project(first, p, w, _coefficients);
                if (pass == 0) Read(p).CopyTo(cross.AsSpan(j * p * batch));
                for (int i = 0; i < p; i++) _space.SubtractScaled(Tridiagonalization.Item(_space, _coefficients, i), Slot(first, i), w);
            }
        }

        Triangularize(second, q, triangle);
        PrincipalAngles[] results = new PrincipalAngles[batch];
        for (int b = 0; b < batch; b++)
        {
            results[b] = new(Angles(cross.AsSpan(b), triangle.AsSpan(b), p, q, rows[b], columns[b]))
            {
                FirstDimension = rows[b].Length,
                SecondDimension = columns[b].Length,
                FirstOrthogonality = firstDefect[b],
                SecondOrthogonality = secondDefect[b],
            };
        }

        return results;
    }

    /// <summary>Gram-Schmidt, vector by vector; one that depends on those before it becomes zero.</summary>
    /// <param name="vectors"><c>[count, Batch, Length]</c>.</param>
    /// <param name="count">How many.</param>
    /// <param name="triangle">R, column after column, <c>[count, count, Batch]</c>; empty where it is not wanted.</param>
    private void Triangularize(TView vectors, int count, Span<double> triangle)
    {
        int batch = _space.Batch;
        for (int j = 0; j < count; j++)
        {
            _space.Orthogonalize(vectors, j, _reference, Slot(vectors, j), _coefficients, _norm, _passes);
            _space.Divide(_norm, Slot(vectors, j));
            if (triangle.IsEmpty) continue;
            Span<double> column = triangle.Slice(j * count * batch, count * batch);
            Read(j).CopyTo(column);
            _space.Read(_norm, column.Slice(j * batch, batch));
        }
    }

    /// <summary>||I - V^T V||_F of each item, and which vectors there are: all, or those that orthonormalising left.</summary>
    private double[] Measure(TView vectors, int count, bool orthonormalized, int[][] present)
    {
        int batch = _space.Batch;
        double[] gram = new double[count * count * batch], defects = new double[batch];
        for (int j = 0; j < count; j++)
        {
            _space.Project(vectors, count, Slot(vectors, j), _coefficients);
            Read(count).CopyTo(gram.AsSpan(j * count * batch));
        }

        for (int b = 0; b < batch; b++)
        {
            List<int> found = [];
            double square = 0;
            for (int j = 0; j < count; j++)
            {
                bool zero = orthonormalized && gram[(j * count + j) * batch + b] == 0;
                if (!zero) found.Add(j);
                for (int i = 0; i < count; i++)
                {
                    double defect = gram[(j * count + i) * batch + b] - (i == j && !zero ? 1 : 0);
                    square += defect * defect;
                }
            }

            present[b] = [.. found];
            defects[b] = Math.Sqrt(square);
        }

        return defects;
    }

    /// <summary>The angles of one item, whose elements stand Batch apart.</summary>
    private double[] Angles(ReadOnlySpan<double> cross, ReadOnlySpan<double> triangle, int p, int q, int[] rows, int[] columns)
    {
        int batch = _space.Batch, count = Math.Min(rows.Length, columns.Length);
        double[] c = new double[rows.Length * columns.Length], r = new double[q * columns.Length], cosines = new double[count], sines = new double[columns.Length];
        // The longer side down, so that Jacobi has as few columns as there are angles.
        bool transposed = rows.Length < columns.Length;
        for (int j = 0; j < columns.Length; j++)
        {
            for (int i = 0; i < rows.Length; i++)
                c[transposed ? i * columns.Length + j : j * rows.Length + i] = cross[(columns[j] * p + rows[i]) * batch];
            for (int i = 0; i <= columns[j]; i++) r[j * q + i] = triangle[(columns[j] * q + i) * batch];
        }

        OneSidedJacobi.SingularValues(c, Math.Max(rows.Length, columns.Length), cosines);
        OneSidedJacobi.SingularValues(r, q, sines);
        double[] angles = new double[count];
        for (int i = 0; i < count; i++)
        {
            // The largest cosine and the smallest sine belong together.
            double cosine = cosines[i], sine = sines[columns.Length - 1 - i];
            angles[i] = cosine * cosine > 0.5 ? Math.Asin(Math.Min(1, sine)) : Math.Acos(Math.Min(1, cosine));
        }

        // Two angles told by different functions may stand in the wrong order by rounding.
        Array.Sort(angles);
        return angles;
    }

    private TView Slot(TView vectors, int slot) => Tridiagonalization.Slot(_space, vectors, slot);

    private ReadOnlySpan<double> Read(int count)
    {
        Span<double> host = _host.AsSpan(0, count * _space.Batch);
        _space.Read(_space.Slice(_coefficients, 0, host.Length), host);
        return host;
    }
}
