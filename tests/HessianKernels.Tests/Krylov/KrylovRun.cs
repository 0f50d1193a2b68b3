using HessianKernels.Conformance;
using HessianKernels.Krylov;
using HessianKernels.Spaces;

namespace HessianKernels.Tests.Krylov;

/// <summary>What steps of the Lanczos recurrence left behind, brought to the host.</summary>
/// <param name="Batch">Number of items.</param>
/// <param name="Length">Order of the matrices.</param>
/// <param name="Vectors">v_0 .. v_steps, <c>[steps + 1, Batch, Length]</c>.</param>
/// <param name="Alpha"><c>[steps, Batch]</c>.</param>
/// <param name="Beta"><c>[steps, Batch]</c>.</param>
internal sealed record KrylovRun(int Batch, int Length, double[] Vectors, double[] Alpha, double[] Beta)
{
    /// <summary>On the CPU in T, from memory full of NaN.</summary>
    public static KrylovRun OnCpu<T>(double[] matrices, int n, int batch, int steps, double[] norms, double[]? start = null)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        T[] memory = new T[Elements(n, batch, steps)];
        Array.Fill(memory, T.NaN);
        return Of<Span<T>, CpuSpace<T>>(new(batch, n), memory, matrices, steps, norms, start);
    }

    public static KrylovRun OnOpaque(double[] matrices, int n, int batch, int steps, double[] norms, double[]? start = null)
        => Of(new OpaqueSpace(batch, n), new OpaqueVector(Elements(n, batch, steps)), matrices, steps, norms, start);

    public ReadOnlySpan<double> Vector(int step, int b) => Vectors.AsSpan((step * Batch + b) * Length, Length);

    public double AlphaAt(int step, int b) => Alpha[step * Batch + b];

    public double BetaAt(int step, int b) => Beta[step * Batch + b];

    /// <summary>The first <paramref name="order"/> rows of an item's T.</summary>
    public Tridiagonal T(int order, int b = 0)
        => Tridiagonal.Make(order, i => AlphaAt(i, b), i => BetaAt(i, b));

    private static int Elements(int n, int batch, int steps) => (steps + 1) * n * batch + 3 * (steps + 1) * batch + 3 * batch;

    private static KrylovRun Of<TView, TSpace>(TSpace space, TView memory, double[] matrices, int steps, double[] norms, double[]? start)
        where TView : allows ref struct
        where TSpace : IVectorSpace<TView>
    {
        int n = space.Length, batch = space.Batch, vectors = (steps + 1) * n * batch, coefficients = (steps + 1) * batch, scalars = vectors + 3 * coefficients;
        LanczosBasis<TView> basis = new()
        {
            Vectors = space.Slice(memory, 0, vectors),
            Alpha = space.Slice(memory, vectors, coefficients),
            Beta = space.Slice(memory, vectors + coefficients, coefficients),
            Coefficients = space.Slice(memory, vectors + 2 * coefficients, coefficients),
            Reference = space.Slice(memory, scalars, batch),
            SecondPasses = space.Slice(memory, scalars + batch, batch),
            Norm = space.Slice(memory, scalars + 2 * batch, batch),
        };
        space.Write(norms, basis.Reference);
        space.Write(new double[batch], basis.SecondPasses);
        TView first = Tridiagonalization.Slot(space, basis.Vectors, 0);
        if (start is null) space.Random(RandomDistribution.Normal, 1, 0, first);
        else space.Write(start, first);
        space.Normalize(first, basis.Norm);

        MatrixOperator<TView, TSpace> matrix = new(space, matrices);
        for (int j = 0; j < steps; j++) Tridiagonalization.Step(space, matrix, basis, j);

        KrylovRun run = new(batch, n, new double[vectors], new double[steps * batch], new double[steps * batch]);
        space.Read(basis.Vectors, run.Vectors);
        space.Read(space.Slice(basis.Alpha, 0, steps * batch), run.Alpha);
        space.Read(space.Slice(basis.Beta, 0, steps * batch), run.Beta);
        return run;
    }
}
