using System.Globalization;
using HessianKernels.Networks.Training;
using HessianKernels.Networks.Tests.Training;

namespace HessianKernels.Benchmarks.Experiments;

/// <summary>The named, seeded runs of docs/training.md: each writes its curve as CSV, and one line of what it came to.</summary>
internal static class TrainingRuns
{
    private const int Examples = 512;
    private const ulong Seed = 1;

    public static int Run(string folder, string[] arguments)
    {
        Directory.CreateDirectory(folder);
        // NAME ETA B STEPS EVERY for a run of one's own.
        if (arguments is [var name, var rate, var size, var steps, var every])
        {
            Curve(folder, name, Sgd(double.Parse(rate, CultureInfo.InvariantCulture), int.Parse(size)), int.Parse(steps), int.Parse(every));
            return 0;
        }

        foreach ((double eta, int b) in (ReadOnlySpan<(double, int)>)[(0.2, 16), (0.2, 32), (0.3, 8), (0.3, 16), (0.3, 32), (0.4, 16), (0.4, 32), (0.5, 16)])
            Curve(folder, FormattableString.Invariant($"sgd-eta{eta}-b{b}"), Sgd(eta, b), 12_000, 100);
        Curve(folder, "gd-eta0.1", Sgd(0.1, Examples), 6000, 20);
        TrainingOptions third = Sgd(0.3, 16);
        Curve(folder, "sgd-eta0.2-to-0.4-b16", Sgd(0.2, 16) with { Interventions = [new(6000, LearningRate: 0.4)] }, 12_000, 100);
        Curve(folder, "sgd-eta0.3-b32-to-8", Sgd(0.3, 32) with { Interventions = [new(6000, BatchSize: 8)] }, 12_000, 100);
        Curve(folder, "noise-reweighting-eta0.3-b16", third with { Noise = GradientNoise.GaussianReweighting }, 6000, 100);
        Curve(folder, "noise-diagonal-eta0.3-b16", third with { Noise = GradientNoise.Diagonal() }, 6000, 100);
        Curve(folder, "noise-isotropic-eta0.3-b16", third with { Noise = GradientNoise.Isotropic() }, 6000, 100);
        Curve(folder, "noise-equation-eta0.3-b16", third with { Noise = GradientNoise.DifferentialEquation(10) }, 6000, 100);
        return 0;
    }

    private static TrainingOptions Sgd(double rate, int size) => new() { LearningRate = rate, BatchSize = size, Seed = Seed };

    private static void Curve(string folder, string name, TrainingOptions training, int steps, int every)
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
        using Tracker<double> tracker = new(trainer, options);
        TrainingResult result = trainer.Run(steps, tracker);
        TrainingRecord record = tracker.Record;
        record.WriteCsv(Path.Combine(folder, name + ".csv"), overwrite: true);
        double[] thresholds = [.. record.Column("learning_rate").Select(rate => 2 / rate)];
        double[] step = record.Column("step");
        foreach ((double from, double to) in (ReadOnlySpan<(double, double)>)[(0, 0.25), (0.25, 0.5), (0.5, 0.75), (0.75, 1)])
        {
            int[] part = [.. Enumerable.Range(0, record.Count).Where(row => step[row] >= from * steps && step[row] < to * steps)];
            string Range(string column)
            {
                double[] values = [.. part.Select(row => record.Column(column)[row] / thresholds[row])];
                return FormattableString.Invariant($"{values.Average():0.000} [{values.Min():0.000}, {values.Max():0.000}]");
            }

            if (part.Length == 0) continue;
            Console.WriteLine(FormattableString.Invariant(
                $"{name} {from * steps}-{to * steps}, of 2/eta: batch sharpness {Range("batch_sharpness")}, IAS {Range("ias")}, lambda_max {Range("lambda_1")}, loss {record.Column("loss")[part[^1]]:0.0e+0}"));
        }

        Console.WriteLine($"{name}: {result.Status} after {result.Steps} steps, catapults from steps {string.Join(", ", result.Catapults.Select(one => $"{one.Start} to {one.End}"))}");
    }
}
