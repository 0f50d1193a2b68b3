namespace HessianKernels.SecondMoment;

public sealed partial class Coherence
{
    /// <summary>Bytes that <see cref="Of"/> takes beyond the set: S, a block of the rows' Gram matrix and the Lanczos run on S.</summary>
    /// <param name="space">The set.</param>
    public static long RequiredBytes(FunctionSpace space)
    {
        ArgumentNullException.ThrowIfNull(space);
        long n = space.Examples, r = space.Rows, block = Math.Min(n * n * r * r, Math.Max(BlockElements, n * r * r));
        return sizeof(double) * (n * n + block + r * (r + 1))
            + Lanczos.EstimateMemory<double>(space.Examples, 1, options: new() { FindMultiplicity = false }).Total;
    }
}
