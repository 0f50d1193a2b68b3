using HessianKernels.Networks.Data;
using HessianKernels.Networks.Training;
using HessianKernels.Reproduction.Pictures;

namespace HessianKernels.Reproduction.Figures.Models;

/// <summary>Full-batch descent that begins at one rate and goes on at a low one.</summary>
/// <param name="Initial">The rate it begins with.</param>
/// <param name="Switch">The step from which on the rate is low.</param>
/// <param name="LargestSharpness">The largest S after steps at the low rate; NaN where the run diverged. Where the reduction falls into an
/// instability, S at that very step is still the first rate's.</param>
/// <param name="FinalSharpness">S at the end; NaN where the run diverged.</param>
/// <param name="Accuracy">On examples kept apart, at the end; NaN where there are none or the run diverged.</param>
internal sealed record RateReduction(double Initial, int Switch, double LargestSharpness, double FinalSharpness, double Accuracy)
{
    /// <summary>Every rate with every moment of reduction.</summary>
    /// <param name="run">The figure's.</param>
    /// <param name="setting">What is trained.</param>
    /// <param name="plan">How.</param>
    /// <param name="test">Examples kept apart; null for none.</param>
    /// <returns>Rate after rate.</returns>
    public static RateReduction[] All(FigureRun run, NetworkSetting setting, Plan plan, DataSet<double>? test = null)
    {
        NetworkJob[] jobs =
        [
            .. plan.Rates.SelectMany(rate => plan.Switches.Select(at => new NetworkJob(
                FormattableString.Invariant($"{rate} to step {at}"), setting,
                DescentPath.Descent(setting, rate) with { Interventions = [new(at, plan.Low)] }, plan.Steps(rate, at),
                NetworkJob.At(plan.LookEvery, TrackedQuantity.LambdaMax)))),
        ];
        NetworkRun[] runs = NetworkRun.All(run, jobs, 0, 0.95);
        double[][] ends = run.Library(() => run.PartsOnTensors("end", runs.Length,
            i => Of(run, runs[i], plan.Switches[i % plan.Switches.Count], test), 0.95));
        return
        [
            .. ends.Select((end, i) => new RateReduction(
                plan.Rates[i / plan.Switches.Count], plan.Switches[i % plan.Switches.Count], end[0], end[1], end[2])),
        ];
    }

    /// <summary>A row a run.</summary>
    public static Table ToTable(RateReduction[] all) => Table.Of(
        "reductions", ("initial_rate", [.. all.Select(one => one.Initial)]), ("lowered_at", [.. all.Select(one => (double)one.Switch)]),
        ("largest_sharpness", [.. all.Select(one => one.LargestSharpness)]), ("final_sharpness", [.. all.Select(one => one.FinalSharpness)]),
        ("accuracy", [.. all.Select(one => one.Accuracy)]));

    /// <summary>The largest sharpness, that at the end, and the accuracy of a run.</summary>
    private static double[] Of(FigureRun figure, NetworkRun run, int at, DataSet<double>? test)
    {
        if (run.Diverged) return [double.NaN, double.NaN, double.NaN];
        NetworkSetting setting = run.Job.Setting;
        double[] end = run.Result.Checkpoint.Parameters.ToArray();
        (double[] steps, double[] sharpness) = run.Curve("lambda_1");
        double final = setting.At(figure, end, point => TopEigenpairs.Of(point, 1, null, figure.Cancellation).Values[0]);
        double largest = sharpness.Where((_, i) => steps[i] > at).Append(final).Max();
        return [largest, final, test is null ? double.NaN : AccuracyMap.AccuracyOf(figure, setting with { Data = test }, end)];
    }

    /// <summary>Which runs are made.</summary>
    /// <param name="Rates">Initial rates, rising.</param>
    /// <param name="Switches">Steps at which they are lowered, rising.</param>
    /// <param name="Low">To what.</param>
    /// <param name="Time">Rate times steps of a whole run, the same for all.</param>
    /// <param name="LookEvery">Steps between two looks at the sharpness.</param>
    internal sealed record Plan(IReadOnlyList<double> Rates, IReadOnlyList<int> Switches, double Low, double Time, int LookEvery)
    {
        // However long the first phase was.
        private const int LeastAfter = 100;

        /// <summary>Steps of a run in all.</summary>
        public int Steps(double rate, int at) => at + Math.Max(LeastAfter, (int)Math.Round((Time - at * rate) / Low));

        /// <summary>The steps of reduction as numbers to draw.</summary>
        public double[] SwitchSteps => [.. Switches.Select(at => (double)at)];

        /// <summary>The runs of each rate.</summary>
        public RateReduction[][] ByRate(RateReduction[] all) => [.. all.Chunk(Switches.Count)];

        /// <summary>A number of each run over the step of reduction, a line a rate.</summary>
        public Picture Draw(
            string name, string title, Axis y, RateReduction[] all, Func<RateReduction, double> of, params IReadOnlyList<Threshold> thresholds)
            => new(name, new()
            {
                Title = title, X = new("step at which the rate is lowered"), Y = y, Thresholds = thresholds,
                Series = [.. ByRate(all).Select(
                    (runs, i) => new LineSeries($"η₀ = {Claim.Text(Rates[i])}", SwitchSteps, [.. runs.Select(of)]) { Marked = true })],
            });

        /// <summary>Its numbers, for a figure's parameters.</summary>
        public IEnumerable<(string Name, string Value)> Parameters =>
        [
            ("initial rates η₀", string.Join(", ", Rates.Select(Claim.Text))), ("low rate", Claim.Text(Low)),
            ("lowered at step", string.Join(", ", Switches)), ("Σ η over a run", $"{Claim.Text(Time)}, at least {LeastAfter} steps at the low rate"),
        ];
    }
}
