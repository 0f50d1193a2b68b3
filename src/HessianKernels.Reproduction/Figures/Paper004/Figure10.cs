using HessianKernels.Reproduction.Figures.Models;
using HessianKernels.Reproduction.Pictures;

namespace HessianKernels.Reproduction.Figures.Paper004;

/// <summary>Figure 10: descent with other rates along its unstable directions.</summary>
internal sealed class Figure10 : Figure
{
    // Of the paper's words "similar" and "reproduces": to so much of the gradient flow's sharpness.
    private const double Similar = 0.15;

    // Steps of the flow in one of the descent.
    private const int Substeps = 10;

    private static readonly string[] s_names =
        ["η throughout", "0 along unstable directions", "1/λ along unstable directions", "only along the sharpest directions", "gradient flow"];

    public override string Paper => "004";

    public override string Name => "F10";

    public override string Title => "Without steps along the unstable directions there is no instability";

    public override string Summary =>
        "From the beginning of the first instability of figure 2 on: descent at η; with rate 0, or 1/λ, along every eigenvector whose λ is above 2/η at that step; with " +
        "steps along the sharpest eigenvectors alone; and gradient flow, as ten steps of η/10 in the place of one. Claimed: without unstable steps the sharpness " +
        "goes as the flow's does; with unstable steps alone the oscillations come back.";

    public override double Weight(Effort effort) => 15;

    public override IReadOnlyList<DataFile> Data => PaperData.FashionMnist.TrainFiles;

    public override IReadOnlyList<(string Name, string Value)> Parameters(Effort effort)
        => [.. DescentPath.Parameters(effort), ("sharpest directions", $"{Pairs(effort)}"), ("most steps", $"{MostSteps(effort)}")];

    public override FigureResult Compute(FigureRun run)
    {
        DescentPath path = DescentPath.Of(run, 0.4);
        Instability one = path.Instabilities.FirstOrDefault()
            ?? throw new InvalidOperationException("The run has no instability to start from: another seed, or a larger effort.");
        int steps = Math.Min(MostSteps(run.Effort), one.End + 1 - one.Start);
        DirectedDescent[] runs = Runs(run, path, one, steps);
        (DirectedDescent plain, DirectedDescent none, DirectedDescent stable, DirectedDescent only, DirectedDescent flow) =
            (runs[0], runs[1], runs[2], runs[3], runs[4]);
        double[] at = [.. Enumerable.Range(one.Start, steps).Select(step => (double)step)];
        return new()
        {
            Claims =
            [
                Claim.AtMost(ClaimSource.Paper, "rate 0 along unstable directions: S goes as the flow's (largest relative difference)", Similar,
                    Difference(none, flow))
                    .Because("the flow also descends along those directions, and rate 0 leaves their part of the loss where it was"),
                Claim.AtMost(ClaimSource.Paper, "a stable rate along them: S goes as the flow's (largest relative difference)", Similar,
                    Difference(stable, flow))
                    .Because("directions that become unstable later are not looked at where they lie beyond the sharpest that are computed"),
                Claim.AtMost(ClaimSource.Paper, "rate 0: training is stable: the loss never rises over what it was (highest over the first)", 1,
                    none.Loss.Max() / none.Loss[0])
                    .Because("a step may still cross a kink of ReLU"),
                Claim.AtMost(ClaimSource.Paper, "a stable rate: the same", 1, stable.Loss.Max() / stable.Loss[0])
                    .Because("a step may still cross a kink of ReLU"),
                Claim.AtLeast(ClaimSource.Paper, "only the sharpest directions: the oscillation comes back (largest over the first)", 2, Growth(only))
                    .Because("with all other parameters at rest nothing sharpens the valley, and a sharpness just above 2/η makes oscillations grow slowly"),
                Claim.AtLeast(ClaimSource.Paper, "as it grows at η throughout (largest over the first)", 2, Growth(plain))
                    .Because("the first instability of the run is a mild one"),
            ],
            Pictures =
            [
                new("sharpness", new()
                {
                    Title = $"Sharpness from step {one.Start} on", X = new("step"), Y = new("sharpness S = λ₁(H)"),
                    Series = [.. runs.Select((r, i) => new LineSeries(s_names[i], at, r.Top) { Stroke = i == 4 ? Stroke.Dashed : Stroke.Solid, Ink = i == 4 })],
                    Thresholds = [new($"2/η = {Claim.Text(path.Edge)}", path.Edge)],
                }),
                new("loss", new()
                {
                    Title = $"Loss from step {one.Start} on", X = new("step"), Y = Axis.Log("loss L"),
                    Series = [.. runs.Select((r, i) => new LineSeries(s_names[i], at, r.Loss) { Stroke = i == 4 ? Stroke.Dashed : Stroke.Solid, Ink = i == 4 })],
                }),
                .. Enumerable.Range(1, 3).Select(i => new Picture($"spectrum-{i}", new Chart
                {
                    Title = $"Largest eigenvalues: {s_names[i]}", X = new("step"), Y = new("eigenvalue of H"),
                    Series = [.. Enumerable.Range(0, Pairs(run.Effort)).Select(k => new LineSeries($"λ{k + 1}", at, [.. runs[i].Sharpness.Select(values => values[k])]))],
                    Thresholds = [new($"2/η = {Claim.Text(path.Edge)}", path.Edge)],
                })),
            ],
            Tables =
            [
                Table.Stack("descent", [.. runs.Select((r, i) => (s_names[i], Table.Of(
                    "runs", ("step", at), ("loss", r.Loss), ("sharpness", r.Top), ("oscillation", r.Oscillation))))]),
            ],
        };
    }

    private static int Pairs(Effort effort) => FigureRun.Of(effort, 3, 5, 8);

    private static int MostSteps(Effort effort) => FigureRun.Of(effort, 8, 40, 60);

    private static DirectedDescent[] Runs(FigureRun run, DescentPath path, Instability one, int steps)
    {
        double rate = path.Run.Job.Training.LearningRate, edge = path.Edge;
        double[] from = path.Points[one.Start];
        int pairs = Pairs(run.Effort);
        (Func<double, double> Along, double Elsewhere)[] rates =
        [
            (_ => rate, rate), (lambda => lambda > edge ? 0 : rate, rate), (lambda => lambda > edge ? 1 / lambda : rate, rate), (_ => rate, 0),
        ];
        DirectedDescent[] made = new DirectedDescent[rates.Length + 1];
        return run.Library(() =>
        {
            run.Parallel(made.Length, i => made[i] = i < rates.Length
                ? DirectedDescent.Of(path.Network, from, steps, pairs, rates[i].Along, rates[i].Elsewhere, run.Cancellation)
                : Flow(path.Network, from, steps, rate, run.Cancellation));
            return made;
        });
    }

    /// <summary>Looked at every step's worth of time.</summary>
    private static DirectedDescent Flow(NetworkSetting setting, double[] from, int steps, double rate, CancellationToken cancellation)
    {
        DirectedDescent fine = DirectedDescent.Of(setting, from, steps * Substeps, 1, _ => rate / Substeps, rate / Substeps, cancellation);
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
