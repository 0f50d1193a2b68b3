using HessianKernels.Reproduction.Pictures;

namespace HessianKernels.Reproduction.Figures.Models;

/// <summary>How the sharpest eigenvectors turn in one instability, against where they were at its first step.</summary>
internal sealed class Rotation
{
    /// <summary>Eigenvectors compared.</summary>
    public const int Count = 3;

    private readonly TopEigenpairs[] _pairs;

    private Rotation(Instability instability, TopEigenpairs[] pairs) => (Instability, _pairs) = (instability, pairs);

    /// <summary>Which.</summary>
    public Instability Instability { get; }

    /// <summary>Those of the first step.</summary>
    public TopEigenpairs Baseline => _pairs[0];

    /// <summary>The rotations of all instabilities of a path.</summary>
    public static Rotation[] Of(FigureRun run, DescentPath path)
    {
        Rotation[] rotations = new Rotation[path.Instabilities.Count];
        return run.Library(() =>
        {
            run.OnTensors(rotations.Length, i =>
            {
                Instability one = path.Instabilities[i];
                double[][] points = [.. path.Points.Skip(one.Start).Take(one.End + 1 - one.Start)];
                rotations[i] = new(one, TopEigenpairs.Along(run, path.Network, points, Count));
            });
            return rotations;
        });
    }

    /// <summary>Every T-th step.</summary>
    /// <param name="period">T.</param>
    public double[] Steps(int period) => [.. Places(period).Select(i => (double)(Instability.Start + i))];

    /// <summary>Similarity of the k-th eigenvector to what it was, every T-th step.</summary>
    public double[] Vector(int k, int period) => [.. Places(period).Select(i => Baseline.Similarity(_pairs[i], k))];

    /// <summary>Similarity of the subspace to what it was, every T-th step.</summary>
    public double[] Subspace(int period) => [.. Places(period).Select(i => Baseline.SubspaceSimilarity(_pairs[i]))];

    /// <summary>How many of every T-th step lie up to the peak.</summary>
    public int UpToPeak(int period) => (Instability.Peak - Instability.Start) / period + 1;

    /// <summary>The turning of eigenvectors and subspace.</summary>
    /// <param name="period">T.</param>
    public Chart Chart(int period)
    {
        double[] steps = Steps(period);
        return new()
        {
            Title = $"Similarity to step {Instability.Start}", X = new("step"), Y = new("similarity", Min: 0, Max: 1.02),
            Series =
            [
                .. Enumerable.Range(0, Count).Select(k => new LineSeries($"eigenvector {k + 1}", steps, Vector(k, period)) { Marked = true }),
                new LineSeries($"subspace of all {Count}", steps, Subspace(period)) { Ink = true },
            ],
            Thresholds = Marks(Instability),
        };
    }

    /// <summary>An instability's peak, as a line across.</summary>
    public static IReadOnlyList<Threshold> Marks(Instability one) => [new("largest oscillation", one.Peak, true)];

    private IEnumerable<int> Places(int period) => Enumerable.Range(0, (_pairs.Length + period - 1) / period).Select(i => i * period);
}
