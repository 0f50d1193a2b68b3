using System.Globalization;
using System.Text;
using HessianKernels.Cli.Commands;
using HessianKernels.Networks.Training;
using HessianKernels.Reproduction;

namespace HessianKernels.Cli.Output;

/// <summary>A training run on one page: what was asked for, what became of it, and its curves.</summary>
internal static class TrainingReport
{
    private const int MostCatapults = 50;

    /// <param name="outcome">The run.</param>
    /// <param name="command">As it was asked for.</param>
    public static string Of(TrainOutcome outcome, string command)
    {
        StringBuilder page = new();
        TrainingResult result = outcome.Result;
        page.Append($"<p>{HtmlPage.Text(outcome.Sentence)}.</p>\n<pre>{HtmlPage.Text(command)}</pre>\n");
        page.Append(HtmlPage.Pictures(new TrainingCharts(outcome.Options, outcome.Record, result.Catapults).All.Select(chart => chart.ToSvg())));
        page.Append("<h2>Last recorded</h2>\n");
        Pairs(page, LastNumbers(outcome.Record));
        page.Append("<h2>The run</h2>\n");
        Pairs(page, Settings(outcome));
        Catapults(page, result.Catapults);
        page.Append("<p class=\"small\">Numbers: <a href=\"curve.csv\">curve.csv</a>, <a href=\"curve.npz\">curve.npz</a>; ");
        page.Append("<a href=\"parameters.npz\">parameters.npz</a> and <a href=\"checkpoint.npz\">checkpoint.npz</a> are of the end.</p>\n");
        return HtmlPage.Of($"Training of {outcome.Model.Specification}", page.ToString(), "<!-- hk train -->");
    }

    private static IEnumerable<(string Name, string Value)> Settings(TrainOutcome outcome)
    {
        TrainingOptions options = outcome.Options;
        yield return ("model", $"{outcome.Model.Specification}, {outcome.Model.ParameterCount} parameters, {(outcome.IsDouble ? "float64" : "float32")}");
        yield return ("examples n", $"{outcome.Examples}");
        if (outcome.TestExamples is { } tests) yield return ("examples to test on", $"{tests}");
        yield return ("learning rate η", Number(options.LearningRate));
        if (options.Schedule != LearningRateSchedule.Constant) yield return ("schedule", $"{options.Schedule}");
        yield return ("batch size b", $"{options.BatchSize}");
        yield return ("batches", $"{options.Selection}");
        if (options.Noise != GradientNoise.Batch) yield return ("noise in their place", $"{options.Noise}");
        foreach (Intervention change in options.Interventions.OrderBy(change => change.Step))
        {
            string rate = change.LearningRate is { } eta ? $"η = {Number(eta)}" : "", size = change.BatchSize is { } b ? $"b = {b}" : "";
            yield return ($"from step {change.Step} on", string.Join(", ", ((string[])[rate, size]).Where(text => text.Length > 0)));
        }

        if (options.Momentum != default)
            yield return ("momentum β₁, β₂", $"{Number(options.Momentum.Beta1)}, {Number(options.Momentum.Beta2)}");
        if (options.WeightDecay != 0) yield return ("weight decay ρ", Number(options.WeightDecay));
        yield return ("threshold of sharpness at the end", Number(outcome.Threshold));
        yield return ("seed", $"{options.Seed}");
    }

    private static IEnumerable<(string Name, string Value)> LastNumbers(TrainingRecord record)
    {
        double[] steps = record.Column("step");
        foreach (string name in record.Columns.Skip(1))
        {
            double[] values = record.Column(name);
            int last = Array.FindLastIndex(values, double.IsFinite);
            if (last >= 0) yield return (name.Replace('_', ' '), $"{Number(values[last])} at step {Number(steps[last])}");
        }
    }

    private static void Catapults(StringBuilder page, IReadOnlyList<Catapult> catapults)
    {
        if (catapults.Count == 0) return;
        page.Append("<h2>Catapults</h2>\n<p>Rises of the loss above twice its lowest, smoothed over an epoch; over once it is back below √2 of that.</p>\n");
        page.Append("<div class=\"wide\"><table><tr><th class=\"n\">from step</th><th class=\"n\">peak at</th><th class=\"n\">lowest loss before</th>");
        page.Append("<th class=\"n\">loss at the peak</th><th class=\"n\">over at</th></tr>\n");
        foreach (Catapult c in catapults.Take(MostCatapults))
        {
            page.Append($"<tr><td class=\"n\">{c.Start}</td><td class=\"n\">{c.Peak}</td><td class=\"n\">{Number(c.Level)}</td>");
            page.Append($"<td class=\"n\">{Number(c.PeakLoss)}</td><td class=\"n\">{c.End?.ToString(CultureInfo.InvariantCulture) ?? "–"}</td></tr>\n");
        }

        page.Append("</table></div>\n");
        if (catapults.Count > MostCatapults) page.Append($"<p class=\"small\">The first {MostCatapults} of {catapults.Count}.</p>\n");
    }

    private static void Pairs(StringBuilder page, IEnumerable<(string Name, string Value)> pairs)
    {
        page.Append("<div class=\"wide\"><table>\n");
        foreach ((string name, string value) in pairs)
            page.Append($"<tr><th>{HtmlPage.Text(name)}</th><td>{HtmlPage.Text(value)}</td></tr>\n");
        page.Append("</table></div>\n");
    }

    private static string Number(double value) => value.ToString("G6", CultureInfo.InvariantCulture);
}
