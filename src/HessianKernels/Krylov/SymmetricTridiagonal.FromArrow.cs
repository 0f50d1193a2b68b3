namespace HessianKernels.Krylov;

internal static partial class SymmetricTridiagonal
{
    /// <summary>
    /// Brings the arrow that a thick restart leaves back to tridiagonal form, so that a restarted run goes on with the three-term recurrence it had:
    /// <code>
    ///  | d_0         s_0 |             | a_0 b_0         |
    ///  |     d_1     s_1 |   = Q^      | b_0 a_1 b_1     |  Q^^T,     Q^ = diag(Q, 1)
    ///  |         d_2 s_2 |             |     b_1 a_2 b_2 |
    ///  | s_0 s_1 s_2  .  |             |         b_2  .  |
    /// </code>
    /// by Householder reflections from the last row up (EISPACK tred2), which never touch the last row and column: b_(q-1) is the coupling to the next vector.
    /// Leading rows with s = 0 are left alone. 8/3 q^3 flops.
    /// </summary>
    /// <param name="values">d, [q].</param>
    /// <param name="spikes">s, [q].</param>
    /// <param name="diagonal">Out: a, [q].</param>
    /// <param name="offDiagonal">Out: b, [q].</param>
    /// <param name="q">Out: Q, column after column, [q, q].</param>
    /// <param name="scratch">[q * q + 2 q].</param>
    public static void FromArrow(
        ReadOnlySpan<double> values, ReadOnlySpan<double> spikes, Span<double> diagonal, Span<double> offDiagonal, Span<double> q, Span<double> scratch)
    {
        int n = values.Length;
        Span<double> a = scratch[..(n * n)], v = scratch.Slice(n * n, n), p = scratch.Slice(n * n + n, n);
        a.Clear();
        q[..(n * n)].Clear();
        for (int i = 0; i < n; i++)
        {
            a[i * n + i] = values[i];
            q[i * n + i] = 1;
        }

        // Row i's elements left of the diagonal are gathered into its last one; for i = n the row is the arrow's head.
        for (int i = n; i >= 1; i--)
        {
            ReadOnlySpan<double> row = i == n ? spikes : a.Slice(i * n, i);
            double largest = 0;
            for (int j = 0; j < i - 1; j++) largest = Math.Max(largest, Math.Abs(row[j]));
            if (largest == 0)
            {
                offDiagonal[i - 1] = row[i - 1];
                continue;
            }

            largest = Math.Max(largest, Math.Abs(row[i - 1]));
            double square = 0;
            for (int j = 0; j < i; j++)
            {
                v[j] = row[j] / largest;
                square += v[j] * v[j];
            }

            double head = -Math.CopySign(Math.Sqrt(square), v[i - 1]);
            offDiagonal[i - 1] = head * largest;
            double tau = 1 / (square - v[i - 1] * head);
            v[i - 1] -= head;
            Reflect(a, n, i, v, p, tau);

            for (int row0 = 0; row0 < n; row0++)
            {
                double sum = 0;
                for (int j = 0; j < i; j++) sum += q[j * n + row0] * v[j];
                if (sum == 0) continue;
                sum *= tau;
                for (int j = 0; j < i; j++) q[j * n + row0] -= sum * v[j];
            }
        }

        for (int i = 0; i < n; i++) diagonal[i] = a[i * n + i];
    }

    /// <summary><c>A = (I - tau v v^T) A (I - tau v v^T)</c> on the leading block of order i.</summary>
    private static void Reflect(Span<double> a, int stride, int i, ReadOnlySpan<double> v, Span<double> p, double tau)
    {
        double inner = 0;
        for (int r = 0; r < i; r++)
        {
            double sum = 0;
            for (int c = 0; c < i; c++) sum += a[r * stride + c] * v[c];
            p[r] = tau * sum;
            inner += p[r] * v[r];
        }

        double half = 0.5 * tau * inner;
        for (int r = 0; r < i; r++) p[r] -= half * v[r];
        for (int r = 0; r < i; r++)
            for (int c = 0; c < i; c++)
                a[r * stride + c] -= v[r] * p[c] + p[r] * v[c];
    }
}
