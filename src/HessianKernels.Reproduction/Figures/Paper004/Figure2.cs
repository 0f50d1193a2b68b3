using HessianKernels.Networks.Training;
using HessianKernels.Reproduction.Figures.Models;
using HessianKernels.Reproduction.Pictures;

namespace HessianKernels.Reproduction.Figures.Paper004;

/// <summary>Figure 2: the sharpest eigenvectors turn away in an instability, and back when the learning rate falls.</summary>
internal sealed class Figure2 : FashionFigure
{
    private const int Period = 2;
    private const double Low = 0.2;
    private const int Immediately = 4;

    public override string Name => "F2";

    public override string Title => "Rotations of the sharpest eigenvectors in instabilities, and back under a lower rate";

    public override string Summary =>
        "A perceptron by full-batch descent at a rate it cannot keep. In three instabilities the three sharpest eigenvectors of " +
        "the Hessian are compared, every second step, with those at the instability's beginning: |v·v₀| each, and the product " +
        "of the cosines of the principal angles of their spans. Then the rate is set to 0.2 η at several moments up to the " +
        "largest oscillation. Claimed: they turn away smoothly and monotonically, and back at once. An instability begins and " +
        "ends where ‖θ − θ*‖ is least.";

    public override double Weight(Effort effort) => FigureRun.Of(effort, 2, 3, 900);

    public override IReadOnlyList<(string Name, string Value)> Parameters(Effort effort) =>
    [
        .. base.Parameters(effort), ("lower rate", $"{Claim.Text(Low)} η"), ("steps under it", $"{StepsAfter(effort)}"),
        ("moments of an instability", $"{Moments(effort)}"),
    ];

    public override FigureResult Compute(FigureRun run)
    {
        DescentPath path = DescentPath.Of(run, 0.5);
        Rotation[] rotations = Rotation.Of(run, path);
        run.At(0.7);
        Reversal[][] reversals = Reversals(run, path, rotations);
        Reversal[] all = [.. reversals.SelectMany(r => r)];
        return new()
        {
            Claims =
            [
                Claim.AtLeast(ClaimSource.Paper,
                    "there are instabilities: S rises above 2/η and comes back; how many", DescentPath.Shown, rotations.Length)
                    .Because("the run is too short for three"),
                Claim.AtMost(ClaimSource.Paper,
                    "rotations are monotone: rank correlation of the subspace's similarity with the step, up to the " +
                    "largest oscillation (highest of the instabilities)",
                    -0.9, Largest(rotations.Select(Monotony)))
                    .Because("a mild instability turns the subspace little, and training itself turns it as much on the way"),
                Claim.AtMost(ClaimSource.Paper,
                    "all eigenvectors turn, not one of them: the largest similarity of any of them at the largest oscillation", 0.99,
                    Largest(rotations.Select(r => Enumerable.Range(0, Rotation.Count).Max(k => AtPeak(r, r.Vector(k, Period))))))
                    .Because("a mild instability of one direction leaves the others where they are"),
                Claim.AtLeast(ClaimSource.Paper,
                    "after it, the subspace is more similar than its eigenvectors in the mean: least difference at the end", 0,
                    Least(rotations.Select(r => r.Subspace(Period)[^1] - Enumerable.Range(0, Rotation.Count).Average(k => r.Vector(k, Period)[^1]))))
                    .Because(
                        "a subspace of three loses by every direction that leaves it, and here the fourth eigenvalue " +
                        "is close to the third"),
                Claim.AtLeast(ClaimSource.Paper, "and remains similar: least similarity of the subspace at the end", 0.5,
                    Least(rotations.Select(r => r.Subspace(Period)[^1])))
                    .Because(
                        "a subspace of three loses by every direction that leaves it, and here the fourth eigenvalue " +
                        "is close to the third"),
                Claim.AtMost(ClaimSource.Paper, $"{Claim.Text(Low)} η turns the subspace back: runs that end farther away than they began", 0,
                    all.Count(NotBack)).Because(Unturned(all.Where(NotBack))),
                Claim.AtMost(ClaimSource.Paper, $"and at once: runs that are farther away after {Immediately} steps than when they began", 0,
                    all.Count(NotAtOnce)).Because(Unturned(all.Where(NotAtOnce))),
            ],
            Pictures =
            [
                .. DescentPictures.Of(path),
                .. rotations.Select((r, i) => new Picture($"similarity-{i + 1}", r.Chart(Period))),
                .. rotations.Select((r, i) => new Picture($"reverting-{i + 1}", Reverting(r, reversals[i]))),
            ],
            Tables =
            [
                DescentPictures.Table(path),
                .. Table.StackAny("instability", [.. rotations.Select(r => (r.Instability.Name, Table.Of(
                    "similarity",
                    [
                        ("step", r.Steps(Period)), ("subspace", r.Subspace(Period)),
                        .. Enumerable.Range(0, Rotation.Count).Select(k => ($"eigenvector_{k + 1}", (IReadOnlyList<double>)r.Vector(k, Period))),
                    ])))]),
                .. Table.StackAny("instability", [.. rotations.SelectMany((r, i) => reversals[i].Select(one => (r.Instability.Name, Table.Of(
                    "reverting",
                    ("rate_lowered_at", [.. one.Steps.Select(_ => one.Steps[0])]), ("step", one.Steps), ("subspace", one.Similarity)))))]),
            ],
        };
    }

    private static int StepsAfter(Effort effort) => FigureRun.Of(effort, 8, 20, 40);

    private static int Moments(Effort effort) => FigureRun.Of(effort, 2, 4, 6);

    private static bool NotBack(Reversal one) => !(one.Similarity[^1] > one.Similarity[0]);

    private static bool NotAtOnce(Reversal one) => !(one.Similarity[Immediately / Period] > one.Similarity[0]);

    private static string Unturned(IEnumerable<Reversal> those)
    {
        string begin = Claim.Text(Least(those.Select(one => one.Similarity[0]))), end = Claim.Text(Least(those.Select(one => one.Similarity[^1])));
        return $"these runs begin where the subspace has turned little (similarity {begin} and more), and what training turns meanwhile is "
            + $"not turned back: they end at {end} or more";
    }

    private static double Monotony(Rotation rotation)
    {
        int count = rotation.UpToPeak(Period);
        return RankCorrelation.Of(rotation.Steps(Period)[..count], rotation.Subspace(Period)[..count]);
    }

    private static double AtPeak(Rotation rotation, double[] values) => values[rotation.UpToPeak(Period) - 1];

    /// <summary>Runs with the lower rate from several moments of each instability on.</summary>
    private static Reversal[][] Reversals(FigureRun run, DescentPath path, Rotation[] rotations)
    {
        int moments = Moments(run.Effort), steps = StepsAfter(run.Effort);
        Reversal[][] made = [.. rotations.Select(_ => new Reversal[moments])];
        return run.Library(() =>
        {
            run.OnTensors(rotations.Length * moments, job =>
            {
                (int which, int moment) = (job / moments, job % moments);
                Instability one = rotations[which].Instability;
                // On the side of the valley on which the baseline lies.
                int at = one.Start + Period * ((moment + 1) * (one.Peak - one.Start) / (Period * moments));
                made[which][moment] = Reversal.Of(run, path, rotations[which].Baseline, at, Low, steps, Period);
            });
            return made;
        });
    }

    private static Chart Reverting(Rotation rotation, Reversal[] reversals) => new()
    {
        Title = $"Similarity of the subspace to step {rotation.Instability.Start}, {Claim.Text(Low)} η from a step on", X = new("step"),
        Y = new("similarity", Max: 1.02),
        Series =
        [
            .. reversals.Select(one => new LineSeries($"from step {one.Steps[0]:0}", one.Steps, one.Similarity)),
            new LineSeries("η throughout", rotation.Steps(Period), rotation.Subspace(Period)) { Ink = true },
        ],
        Thresholds = Rotation.Marks(rotation.Instability),
    };

    /// <summary>A run that goes on with a lower rate.</summary>
    private sealed record Reversal(double[] Steps, double[] Similarity)
    {
        public static Reversal Of(
            FigureRun run, DescentPath path, TopEigenpairs baseline, int at, double factor, int steps, int period)
        {
            NetworkSetting setting = path.Network with { From = path.Points[at] };
            TrainingOptions options = DescentPath.Descent(setting, factor * path.Run.Job.Training.LearningRate);
            IReadOnlyList<double[]> points = NetworkRun.Path(run, setting, options, steps + 1);
            double[][] looked = [.. points.Where((_, i) => i % period == 0)];
            TopEigenpairs[] pairs = TopEigenpairs.Along(run, setting, looked, Rotation.Count);
            return new([.. looked.Select((_, i) => (double)(at + i * period))], [.. pairs.Select(baseline.SubspaceSimilarity)]);
        }
    }
}
