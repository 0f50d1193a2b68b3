using System.Numerics;
using HessianKernels.Krylov;
using HessianKernels.Spaces;

namespace HessianKernels;

/// <summary>How near two subspaces, or two directions, are: how far a Hessian's eigenvectors turned between two moments of training.</summary>
/// <example><code>
/// PrincipalAngles turned = Subspaces.Compare&lt;double&gt;(vectorsBefore, vectorsAfter, n);
/// double geodesic = turned.Distance(SubspaceDistance.Geodesic);
/// </code></example>
public static class Subspaces
{
    /// <summary>
    /// The principal angles between the spans of two bases, computed in double whatever T is: each accurate to rounding, however small, as far as the bases are orthonormal.
    /// </summary>
    /// <remarks>Takes <see cref="RequiredBytes"/> for copies; (4 p q + 2 p^2 + 4 q^2) n flops.</remarks>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="first">V, <c>[p, n]</c>, vector after vector, p from 1 to n; only read.</param>
    /// <param name="second">W, <c>[q, n]</c>, q from 1 to n; only read.</param>
    /// <param name="n">Length of each vector.</param>
    /// <param name="options">Whether to orthonormalise, and how orthonormal is enough; the defaults where null.</param>
    /// <returns>min(p, q) angles.</returns>
    /// <exception cref="ArgumentOutOfRangeException">n is below 1, or an option is out of its range.</exception>
    /// <exception cref="ArgumentException">A basis is no whole number of vectors of length n, holds none or more than n, or is less orthonormal than the options ask.</exception>
    public static PrincipalAngles Compare<T>(ReadOnlySpan<T> first, ReadOnlySpan<T> second, int n, SubspaceOptions? options = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        int p = CountOf(first.Length, n, nameof(first)), q = CountOf(second.Length, n, nameof(second)), most = Math.Max(p, q);
        options ??= SubspaceOptions.Default;
        options.Check();
        double tolerance = options.OrthogonalityTolerance ?? Math.Sqrt(new CpuSpace<T>(1, 1).Epsilon);

        CpuSpace<double> space = new(1, n, options.Threads);
        Span<double> v = Copy(first), w = Copy(second), scratch = new double[SubspaceComparison<Span<double>, CpuSpace<double>>.Elements(1, most)];
        PrincipalAngles result = new SubspaceComparison<Span<double>, CpuSpace<double>>(space, most, scratch).Run(v, p, w, q, options.Orthonormalize)[0];
        ThrowIfFarFromOrthonormal(result.FirstOrthogonality, tolerance, nameof(first));
        ThrowIfFarFromOrthonormal(result.SecondOrthogonality, tolerance, nameof(second));
        return result;
    }

    /// <summary>The cosine of the angle between two lines, <c>|&lt;v, w&gt;| / (||v|| ||w||)</c>: 1 where v = +-w. NaN where either is zero.</summary>
    /// <remarks>Above 1 - 1e-8 it tells no angles apart: for small ones use <see cref="Compare"/>. Sums in double.</remarks>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="v">Any length.</param>
    /// <param name="w">The same length.</param>
    /// <exception cref="ArgumentException">The lengths differ, or are 0.</exception>
    public static double AbsoluteSimilarity<T>(ReadOnlySpan<T> v, ReadOnlySpan<T> w)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (v.Length != w.Length || v.IsEmpty)
            throw new ArgumentException($"Found vectors of {v.Length} and {w.Length} elements; expected the same number, at least 1.", nameof(w));
        CpuSpace<double> space = new(1, v.Length);
        Span<double> x = Copy(v), y = Copy(w), norms = stackalloc double[2], inner = stackalloc double[1];
        space.Normalize(x, norms[..1]);
        space.Normalize(y, norms[1..]);
        space.Dot(x, y, inner);
        return norms[0] == 0 || norms[1] == 0 ? double.NaN : Math.Min(1, Math.Abs(inner[0]));
    }

    /// <summary>Bytes that <see cref="Compare"/> takes: both bases in double, and their small products.</summary>
    /// <param name="p">Vectors of the first basis.</param>
    /// <param name="q">Vectors of the second basis.</param>
    /// <param name="n">Length of each vector.</param>
    public static long RequiredBytes(int p, int q, int n)
        => sizeof(double) * ((long)(p + q) * n + 2L * p * q + 3L * q * q + (long)p * p + 2L * Math.Max(p, q) + 4);

    private static int CountOf(int elements, int n, string argument)
    {
        if (elements == 0 || elements % n != 0 || elements / n > n)
            throw new ArgumentException($"Found {elements} elements; expected from 1 to n vectors of n = {n} elements.", argument);
        return elements / n;
    }

    private static double[] Copy<T>(ReadOnlySpan<T> source)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double[] copy = new double[source.Length];
        for (int i = 0; i < copy.Length; i++) copy[i] = double.CreateTruncating(source[i]);
        return copy;
    }

    private static void ThrowIfFarFromOrthonormal(double found, double tolerance, string argument)
    {
        // A NaN is not orthonormal either.
        if (!(found <= tolerance))
            throw new ArgumentException(
                $"Found a basis with ||I - V^T V||_F = {found:g3}; expected at most {tolerance:g3}. {nameof(SubspaceOptions)}.{nameof(SubspaceOptions.Orthonormalize)} takes any vectors.",
                argument);
    }
}
