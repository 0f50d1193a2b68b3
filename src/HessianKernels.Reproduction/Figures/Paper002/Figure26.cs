using HessianKernels.Reproduction.Figures.Models;
using HessianKernels.Reproduction.Pictures;
using HessianKernels.SecondMoment;

namespace HessianKernels.Reproduction.Figures.Paper002;

/// <summary>Figures 25 and 26 on quadratics: the contraction of Wu et al. where SGD is exactly at its edge.</summary>
internal sealed class Figure26 : Figure
{
    private static readonly int[] s_batches = [1, 2, 5, 10, 20, 50, 100];

    public override string Paper => "002";

    public override string Name => "F26";

    public override string Title => "The second-moment contraction at the edge (with F25), on quadratics";

    public override string Summary =>
        "The contraction of Wu et al., λmax(E(I − ηH_B)²) ≤ 1 (eq. 37), is sufficient for stability and does not govern it: in training it stays above 1, " +
        "by an amount that depends on the batch size. Here it is computed where it can be held against the truth: on the linear settings of paper 000, at the exact edge η*.";

    public override double Weight(Effort effort) => FigureRun.Of(effort, 1, 1, 3);

    public override IReadOnlyList<(string Name, string Value)> Parameters(Effort effort)
        => [("settings", string.Join(", ", LinearSetting.Names)), ("b", string.Join(", ", s_batches)),
            ("sampling", "without replacement, n = 100")];

    public override FigureResult Compute(FigureRun run)
    {
        double[] b = [.. s_batches.Select(size => (double)size)];
        double[][] shifted = new double[LinearSetting.Names.Length][], share = new double[LinearSetting.Names.Length][];
        double lowest = double.PositiveInfinity;
        for (int s = 0; s < shifted.Length; s++)
        {
            FunctionSpace space = LinearSetting.Of(LinearSetting.Names[s], run.Seed).Space;
            (shifted[s], share[s]) = (new double[b.Length], new double[b.Length]);
            for (int k = 0; k < b.Length; k++)
            {
                run.At((s + (double)k / b.Length) / shifted.Length);
                BatchSampling sampling = BatchSampling.WithoutReplacement(space.Examples, s_batches[k]);
                double edge = run.Library(() => CriticalLearningRate.Of(space, sampling, new() { Threads = run.Threads }).Value);
                shifted[s][k] = run.Library(() => Contraction.Of(space, edge, sampling)).Shifted;
                // The largest learning rate that the contraction vouches for.
                share[s][k] = Crossing.Of(eta => run.Library(() => Contraction.Of(space, eta, sampling)).Shifted, 0, 1e-3 * edge,
                    1.5 * edge) / edge;
                if (s_batches[k] < space.Examples) lowest = Math.Min(lowest, shifted[s][k]);
            }
        }

        int last = b.Length - 1;
        return new()
        {
            Claims =
            [
                Claim.AtLeast(ClaimSource.Exact,
                    "the contraction is no less than λmax(T): at the edge (where that is 1) least value of eq. 39, b < n", -1e-8, lowest),
                Claim.AtLeast(ClaimSource.Paper,
                    "the bound is not tight: at the edge eq. 37 is well above 1 (least excess of all settings, b < n)", 0.1, lowest)
                    .Because(
                    "Eq. 39 is of the order of η λ, and with a flat spectrum and small b the edge is at a small η λ. In η the bound is loose there too: see the " +
                    "share of η* that it vouches for. Networks train at a larger η λ, where the paper finds about 1."),
                Claim.AtMost(ClaimSource.Paper, "in learning rates: the least share of η* that it vouches for", 0.9,
                    share.Min(row => row.Min())),
                Claim.AtLeast(ClaimSource.Paper, "its level at the edge depends on b (flat: largest over least excess, b = 1 … 50)", 2,
                    shifted[0][..last].Max() / shifted[0][..last].Min()),
                Claim.AtMost(ClaimSource.Exact, "what it vouches for is stable: largest η of eq. 37 = 1 over η*", 1 + 1e-4,
                    share.Max(row => row.Max())),
                Claim.Near(ClaimSource.Paper, "full batch: it is the edge itself (η of eq. 37 = 1 over η*)", 1, 1e-3, share[0][last]),
            ],
            Pictures =
            [
                new("excess", new()
                {
                    Title = "Contraction − 1 at the exact edge η*", X = Axis.Log("batch size b"), Y = new("eq. 39"),
                        Thresholds = [new("what eq. 37 asks for: 0", 0)],
                    Series = [.. shifted.Select((row, s) => new LineSeries(LinearSetting.Names[s], b, row) { Marked = true })],
                }),
                new("learning-rate", new()
                {
                    Title = "Largest η that eq. 37 vouches for", X = Axis.Log("batch size b"), Y = new("share of η*", Min: 0, Max: 1.1),
                        Thresholds = [new("η*", 1)],
                    Series = [.. share.Select((row, s) => new LineSeries(LinearSetting.Names[s], b, row) { Marked = true })],
                }),
            ],
            Tables =
            [
                Table.Stack("setting", [.. LinearSetting.Names.Select((name, s)
                    => (name, Table.Of("contraction", ("batch_size", b), ("excess_at_edge", shifted[s]),
                    ("vouched_share_of_edge", share[s]))))]),
            ],
        };
    }
}
