using System.Globalization;
using HessianKernels.Benchmarks.Comparison;
using HessianKernels.Networks.Tests.Training;
using HessianKernels.Networks.Training;

namespace HessianKernels.Benchmarks.Experiments;

/// <summary>The named, seeded runs of docs/training.md: each writes its curve as CSV into the folder beside the page, and a row of the
/// page's table.</summary>
internal static class TrainingRuns
{
    private const int Examples = 512, Window = 10;
    private const ulong Seed = 1;

    public static int Run(string page, string[] arguments)
    {
        Report report = new();
        string folder = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(page))!, "training");
        Directory.CreateDirectory(folder);
        report.Line();
        report.Head(
            "run", "steps", "Batch Sharpness", "its running mean", "IAS", "lambda_max", "loss at the middle, the end", "catapults");
        void Row(string name, TrainingOptions training, int steps, int every) => Curve(report, folder, name, training, steps, every);

        // ETA B STEPS EVERY for a run of one's own, into the page given.
        if (arguments is [var rate, var size, var last, var cadence])
        {
            Row($"sgd-eta{rate}-b{size}", Sgd(double.Parse(rate, CultureInfo.InvariantCulture), int.Parse(size)), int.Parse(last), int.Parse(cadence));
        }
        else
        {
            foreach ((double eta, int b) in (ReadOnlySpan<(double, int)>)[(0.2, 16), (0.2, 32), (0.3, 16), (0.3, 32), (0.4, 16), (0.4, 32), (0.3, 8), (0.5, 16)])
                Row(FormattableString.Invariant($"sgd-eta{eta}-b{b}"), Sgd(eta, b), 12_000, 100);
            Row("gd-eta0.1", Sgd(0.1, Examples), 6000, 50);
            Row("sgd-eta0.2-to-0.4-b16", Sgd(0.2, 16) with { Interventions = [new(6000, LearningRate: 0.4)] }, 12_000, 100);
            Row("sgd-eta0.3-b32-to-8", Sgd(0.3, 32) with { Interventions = [new(6000, BatchSize: 8)] }, 12_000, 100);
            TrainingOptions third = Sgd(0.3, 16);
            Row("noise-reweighting-eta0.3-b16", third with { Noise = GradientNoise.GaussianReweighting }, 6000, 100);
            Row("noise-diagonal-eta0.3-b16", third with { Noise = GradientNoise.Diagonal() }, 6000, 100);
            Row("noise-isotropic-eta0.3-b16", third with { Noise = GradientNoise.Isotropic() }, 6000, 100);
            Row("noise-equation-eta0.3-b16", third with { Noise = GradientNoise.DifferentialEquation(10) }, 6000, 100);
        }

        report.Line();
        report.Save(page);
        return 0;
    }

    private static TrainingOptions Sgd(double rate, int size) => new() { LearningRate = rate, BatchSize = size, Seed = Seed };

    private static void Curve(Report report, string folder, string name, TrainingOptions training, int steps, int every)
    {
        RandomLabels setting = new(Examples, Seed);
        using Trainer<Span<double>> trainer = setting.Trainer(training);
        TrackerOptions options = new()
        {
            Every = new Dictionary<TrackedQuantity, int>
            {
                [TrackedQuantity.Loss] = every, [TrackedQuantity.Accuracy] = every, [TrackedQuantity.BatchSharpness] = every, [TrackedQuantity.LambdaMax] = every,
                [TrackedQuantity.InteractionAwareSharpness] = every, [TrackedQuantity.GradientNoiseInteraction] = every, [TrackedQuantity.Concentration] = every,
            },
            Sharpness = new() { RelativeError = 0.02, MaxBatches = 400, MaxProbes = 32, Seed = Seed }, Seed = Seed,
        };
        using Tracker<Span<double>> tracker = new(trainer, options);
        TrainingResult result = trainer.Run(steps, tracker);
        TrainingRecord record = tracker.Record;
        record.WriteCsv(Path.Combine(folder, name + ".csv"), overwrite: true);
        double[] batch = Scaled("batch_sharpness"), loss = record.Column("loss");
        string running = "-";
        if (batch.Length >= Window)
        {
            double[] means = [.. Enumerable.Range(0, batch.Length - Window + 1).Select(at => batch[at..(at + Window)].Average())];
            running = Range(means);
        }

        report.Row(
            $"`{name}`", $"{result.Steps}", Spread(batch), running, Spread(Scaled("ias")), Spread(Scaled("lambda_1")),
            FormattableString.Invariant($"{loss[loss.Length / 2]:0.0e+0}, {loss[^1]:0.0e+0}"), $"{result.Catapults.Count}");

        // A column's second half, in units of 2 / eta.
        double[] Scaled(string column)
            => [.. record.Column(column).Zip(record.Column("learning_rate"), (value, rate) => value * rate / 2).Skip(record.Count / 2)];

        static string Spread(double[] values) => FormattableString.Invariant($"{values.Average():0.00} ({Range(values)})");
        static string Range(double[] values) => FormattableString.Invariant($"{values.Min():0.00} – {values.Max():0.00}");
    }
}
