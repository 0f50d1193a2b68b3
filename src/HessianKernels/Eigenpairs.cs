namespace HessianKernels;

/// <summary>Where a run that allocates nothing puts its answer: the caller's spans, for k pairs of each of a batch of operators of order n.</summary>
/// <typeparam name="T">Element type of the vectors.</typeparam>
public readonly ref struct Eigenpairs<T>
{
    /// <summary>Names the spans. Their sizes are checked when a run is made.</summary>
    /// <param name="values">Eigenvalues, <c>[batch, k]</c>.</param>
    /// <param name="vectors">Ritz vectors, <c>[batch, k, n]</c>.</param>
    /// <param name="residualNorms">||A y - theta y||, <c>[batch, k]</c>.</param>
    /// <param name="enclosureRadii">Half-widths of the enclosures, <c>[batch, k]</c>.</param>
    /// <param name="converged">Whether a pair is within the tolerance, <c>[batch, k]</c>.</param>
    public Eigenpairs(Span<double> values, Span<T> vectors, Span<double> residualNorms, Span<double> enclosureRadii, Span<bool> converged)
    {
        Values = values;
        Vectors = vectors;
        ResidualNorms = residualNorms;
        EnclosureRadii = enclosureRadii;
        Converged = converged;
    }

    /// <summary>Eigenvalues, <c>[batch, k]</c>.</summary>
    public Span<double> Values { get; }

    /// <summary>Ritz vectors, <c>[batch, k, n]</c>.</summary>
    public Span<T> Vectors { get; }

    /// <summary>||A y - theta y||, <c>[batch, k]</c>.</summary>
    public Span<double> ResidualNorms { get; }

    /// <summary>Half-widths of the enclosures, <c>[batch, k]</c>.</summary>
    public Span<double> EnclosureRadii { get; }

    /// <summary>Whether a pair is within the tolerance, <c>[batch, k]</c>.</summary>
    public Span<bool> Converged { get; }

    internal void ThrowIfTooShort(int batch, int k, int n)
    {
        Check(Values.Length, (long)batch * k, "values");
        Check(Vectors.Length, (long)batch * k * n, "vectors");
        Check(ResidualNorms.Length, (long)batch * k, "residualNorms");
        Check(EnclosureRadii.Length, (long)batch * k, "enclosureRadii");
        Check(Converged.Length, (long)batch * k, "converged");
        return;

        static void Check(int found, long expected, string span)
        {
            if (found < expected) throw new ArgumentException($"Found {found} elements in {span}; expected at least {expected}.", "destination");
        }
    }
}
