using HessianKernels.SecondMoment;

namespace HessianKernels.Networks.Curvature;

/// <summary>
/// r signals <c>u_ik</c> at the outputs of every example, <c>[n, r, C]</c>, whose pull-backs are rows of a matrix: of the Jacobian (the
/// unit vectors), of the factors
/// <c>F_i = S_i^(1/2) J_i</c> of the Gauss-Newton matrix, or of the gradients (the loss's own signal).
/// </summary>
internal sealed class OutputSignals
{
    private readonly double[]? rows;
    private readonly int outputs;

    private OutputSignals(int count, int outputs, double[]? rows) => (Count, this.outputs, this.rows) = (count, outputs, rows);

    /// <summary>The loss's own.</summary>
    public static OutputSignals Loss { get; } = new(1, 0, null);

    /// <summary>r, signals an example.</summary>
    public int Count { get; }

    /// <summary>One a output.</summary>
    public static OutputSignals Units(int outputs) => new(outputs, outputs, null);

    /// <summary>Rows of roots of the S_i, <c>[n, C, C]</c>; as many as the largest rank among them.</summary>
    public static OutputSignals Roots(double[] logitHessians, int examples, int outputs, int threads)
    {
        ExampleEigenpairs pairs = ExampleEigenpairs.Of<double>(
            logitHessians, examples, outputs, (nameof(logitHessians), "examples x outputs x outputs"), threads);
        int rank = pairs.LargestRank();
        return new(rank, outputs, pairs.Factors(rank, out _));
    }

    /// <summary>Signal k of a pass's examples, of which the first is the point's example <paramref name="first"/>.</summary>
    public void Write<TView>(ModelPass<TView> pass, int first, int k, TView seed) where TView : allows ref struct
    {
        if (outputs == 0)
        {
            pass.Loss.Signal(pass.LossViews(), seed);
            return;
        }

        double[] values = new double[pass.Examples * outputs];
        for (int e = 0; e < pass.Examples; e++)
        {
            if (rows is null) values[e * outputs + k] = 1;
            else rows.AsSpan(((first + e) * Count + k) * outputs, outputs).CopyTo(values.AsSpan(e * outputs));
        }

        pass.Space.Write(values, seed);
    }
}
