using HessianKernels.Krylov;

namespace HessianKernels.Benchmarks;

/// <summary>Where runs put their pairs, taken once.</summary>
internal sealed class Answers(int batch, int k, int n)
{
    public double[] Values { get; } = new double[batch * k];
    public double[] Vectors { get; } = new double[batch * k * n];
    public double[] Residuals { get; } = new double[batch * k];
    public double[] Radii { get; } = new double[batch * k];
    public bool[] Converged { get; } = new bool[batch * k];
    public LanczosEvidence[] Evidence { get; } = new LanczosEvidence[batch];

    public Eigenpairs<double> Spans => new(Values, Vectors, Residuals, Radii, Converged);

    public Span<double> Vector(int i) => Vectors.AsSpan(i * n, n);

    /// <summary>Every item converged, in values, pairs and status.</summary>
    public void ThrowUnlessConverged()
    {
        Check.That(Converged.All(pair => pair), $"{Converged.Count(pair => !pair)} pairs of {Converged.Length} did not converge");
        Check.That(Evidence.All(item => item.Status == LanczosStatus.Converged), "an item's status is not Converged");
    }
}
