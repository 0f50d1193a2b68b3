using HessianKernels.Reproduction.Figures.Models;
using HessianKernels.Reproduction.Pictures;

namespace HessianKernels.Reproduction.Figures.Paper004;

/// <summary>Figure 10: descent with other rates along its unstable directions.</summary>
internal sealed class Figure10 : FashionFigure
{
    // Of the paper's words "similar" and "reproduces": to so much of the gradient flow's sharpness.
    private const double Similar = 0.15;

    // Steps of the flow in one of the descent.
    private const int Substeps = 10;

    private static readonly string[] s_names =
        ["η throughout", "0 along unstable directions", "1/λ along unstable directions", "only along the sharpest directions", "gradient flow"];

    public override string Name => "F10";

    public override string Title => "Without steps along the unstable directions there is no instability";

    public override string Summary =>
        "From the first step of each instability of figure 2 on at which S, meant over two steps, is above 2/η: descent at η; " +
        "with rate 0, or 1/λ, along every eigenvector whose λ is above 2/η at that step; with steps along the sharpest " +
        "eigenvectors alone; and gradient flow, as ten steps of η/10 in the place of one. Claimed: without unstable steps the " +
        "sharpness goes as the flow's does; with unstable steps alone the oscillations come back.";

    public override double Weight(Effort effort) => FigureRun.Of(effort, 2, 7, 1500);

    public override IReadOnlyList<(string Name, string Value)> Parameters(Effort effort)
        => [.. base.Parameters(effort), ("sharpest directions", $"{Pairs(effort)}"), ("most steps", $"{MostSteps(effort)}")];

    public override FigureResult Compute(FigureRun run)
    {
        DescentPath path = DescentPath.Of(run, 0.3);
        int[] starts = [.. path.Instabilities.Select(
            one => Enumerable.Range(one.Start, one.End - one.Start).First(step => DescentPath.Meant(path.Sharpness, step) > path.Edge))];
        int[] steps = [.. path.Instabilities.Select((one, i) => Math.Clamp(one.End + 1 - starts[i], 3, MostSteps(run.Effort)))];
        // Descent after descent for every instability.
        DirectedDescent[][] runs = Runs(run, path, starts, steps);
        double[][] at = [.. starts.Select((start, i) => Enumerable.Range(start, steps[i]).Select(step => (double)step).ToArray())];
        return new()
        {
            Claims =
            [
                Claim.AtMost(ClaimSource.Paper,
                    "rate 0 along unstable directions: S goes as the flow's (largest relative difference)", Similar,
                    Worst(runs, r => Difference(r[1], r[4])))
                    .Because(
                        "descent along the sharpest directions lowers the sharpness (α < 0, figure 9); rate 0 leaves " +
                        "that out, and S grows faster than the flow's"),
                Claim.AtMost(ClaimSource.Paper, "a stable rate along them: S goes as the flow's (largest relative difference)", Similar,
                    Worst(runs, r => Difference(r[2], r[4])))
                    .Because(
                        "the flow goes down to the floor of the valley at once, and the sharpness differs between its side and its floor"),
                Claim.AtMost(ClaimSource.Paper,
                    "rate 0: training is stable: the loss never rises over what it was (highest over the first)", 1,
                    Worst(runs, r => r[1].Loss.Max() / r[1].Loss[0]))
                    .Because(StillOscillates(runs)),
                Claim.AtMost(ClaimSource.Paper, "a stable rate: the same", 1, Worst(runs, r => r[2].Loss.Max() / r[2].Loss[0]))
                    .Because(StillOscillates(runs)),
                Claim.AtLeast(ClaimSource.Paper,
                    "only the sharpest directions: the oscillation comes back (largest over the first, least of the instabilities)", 2,
                    -Worst(runs, r => -Growth(r[3])))
                    .Because(
                        "with all other parameters at rest nothing sharpens the valley further: S falls below 2/η after a few steps, " +
                        "and the oscillation dies away"),
                Claim.AtLeast(ClaimSource.Paper, "as it grows at η throughout (the same)", 2, -Worst(runs, r => -Growth(r[0])))
                    .Because("in a mild instability the oscillation is large from the beginning"),
            ],
            Pictures =
            [
                .. runs.Select((r, n) => new Picture($"sharpness-{n + 1}", Lines(
                    $"Sharpness from step {starts[n]} on", new("sharpness S = λ₁(H)"), at[n], r, one => one.Top,
                    [new($"2/η = {Claim.Text(path.Edge)}", path.Edge)]))),
                .. runs.Select((r, n) => new Picture($"loss-{n + 1}", Lines(
                    $"Loss from step {starts[n]} on", Axis.Log("loss L"), at[n], r, one => one.Loss, []))),
                .. runs.Select((r, n) => new Picture($"spectrum-{n + 1}", new Chart
                {
                    Title = $"Largest eigenvalues from step {starts[n]} on: {s_names[1]}", X = new("step"), Y = new("eigenvalue of H"),
                    Series = [.. Enumerable.Range(0, Pairs(run.Effort)).Select(
                        k => new LineSeries($"λ{k + 1}", at[n], [.. r[1].Sharpness.Select(values => values[k])]))],
                    Thresholds = [new($"2/η = {Claim.Text(path.Edge)}", path.Edge)],
                })),
            ],
            Tables =
            [
                .. Table.StackAny("descent", [.. runs.SelectMany((r, n) => r.Select((one, i) => (s_names[i], Table.Of(
                    "runs",
                    ("from_step", [.. at[n].Select(_ => (double)starts[n])]), ("step", at[n]), ("loss", one.Loss), ("sharpness", one.Top),
                    ("oscillation", one.Oscillation)))))]),
            ],
        };
    }

    private static Chart Lines(
        string title, Axis y, double[] at, DirectedDescent[] runs, Func<DirectedDescent, double[]> of, Threshold[] thresholds) => new()
    {
        Title = title, X = new("step"), Y = y, Thresholds = thresholds,
        Series =
        [
            .. runs[..^1].Select((r, i) => new LineSeries(s_names[i], at, of(r))),
            new LineSeries(s_names[^1], at, of(runs[^1])) { Stroke = Stroke.Dashed, Ink = true },
        ],
    };

    private static string StillOscillates(DirectedDescent[][] runs)
        => "a direction just below 2/η still oscillates; for comparison, at η throughout the loss rises to "
            + $"{Claim.Text(Worst(runs, r => r[0].Loss.Max() / r[0].Loss[0]))} of the first";

    private static double Worst(DirectedDescent[][] runs, Func<DirectedDescent[], double> of)
        => Largest(runs.Select(of));

    private static int Pairs(Effort effort) => FigureRun.Of(effort, 3, 5, 8);

    private static int MostSteps(Effort effort) => FigureRun.Of(effort, 8, 40, 60);

    private static DirectedDescent[][] Runs(FigureRun run, DescentPath path, int[] starts, int[] steps)
    {
        double rate = path.Run.Job.Training.LearningRate, edge = path.Edge;
        int pairs = Pairs(run.Effort);
        (Func<double, double> Along, double Elsewhere)[] rates =
        [
            (_ => rate, rate), (lambda => lambda > edge ? 0 : rate, rate), (lambda => lambda > edge ? 1 / lambda : rate, rate), (_ => rate, 0),
        ];
        int kinds = rates.Length + 1;
        DirectedDescent[][] made = [.. starts.Select(_ => new DirectedDescent[kinds])];
        return run.Library(() =>
        {
            run.OnTensors(starts.Length * kinds, job =>
            {
                (int n, int i) = (job / kinds, job % kinds);
                double[] from = path.Points[starts[n]];
                made[n][i] = i < rates.Length
                    ? DirectedDescent.Of(run, path.Network, from, steps[n], pairs, rates[i].Along, rates[i].Elsewhere)
                    : Flow(run, path.Network, from, steps[n], rate);
            });
            return made;
        });
    }

    /// <summary>Looked at every step's worth of time.</summary>
    private static DirectedDescent Flow(FigureRun run, NetworkSetting setting, double[] from, int steps, double rate)
    {
        DirectedDescent fine = DirectedDescent.Of(run, setting, from, steps * Substeps, 1, _ => rate / Substeps, rate / Substeps);
        int[] looked = [.. Enumerable.Range(0, steps).Select(step => step * Substeps)];
        return new([.. looked.Select(i => fine.Loss[i])], [.. looked.Select(i => fine.Sharpness[i])], [.. looked.Select(i => fine.Oscillation[i])]);
    }

    private static double Difference(DirectedDescent one, DirectedDescent flow) => one.Top.Zip(flow.Top, (s, of) => Math.Abs(s / of - 1)).Max();

    private static double Growth(DirectedDescent one)
    {
        double[] oscillation = [.. one.Oscillation.Where(double.IsFinite)];
        return oscillation.Max() / oscillation[0];
    }
}
