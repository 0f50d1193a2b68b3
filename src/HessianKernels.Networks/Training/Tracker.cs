using HessianKernels.Networks.Curvature;
using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Training;

/// <summary>Records what a training run does to loss and curvature: each quantity at its own cadence, a row a step at which any is
/// due.</summary>
/// <remarks>
/// The training set goes through a <see cref="ModelPoint{TView}"/> of the tracker's own, on the trainer's space: give both one trainer. It
/// looks and does not touch: a
/// tracked run has the bits of one that is not.
/// </remarks>
/// <example><code>
/// Dictionary&lt;TrackedQuantity, int&gt; every = new() { [TrackedQuantity.BatchSharpness] = 100, [TrackedQuantity.LambdaMax] = 100 };
/// using Tracker&lt;Span&lt;double&gt;&gt; tracker = new(trainer, new() { Every = every });
/// trainer.Run(10_000, tracker);
/// tracker.Record.WriteCsv("curve.csv");
/// </code></example>
/// <typeparam name="TView">How tensors are held.</typeparam>
public sealed partial class Tracker<TView> : ITrainingObserver<TView>, IDisposable
    where TView : allows ref struct
{
    private readonly Trainer<TView> trainer;
    private readonly TrackerOptions options;
    private readonly ModelPoint<TView> point;
    private readonly ModelPoint<TView>? test;
    private readonly Dictionary<string, int> place;
    private double[] vectors = [], baseline = [];
    // The step last looked at, and the two above before it: a step that is then not made is looked at again.
    private long looked = -1;
    private (double[] Vectors, double[] Baseline) earlier = ([], []);
    private double[] cells = [];

    /// <summary>A tracker that has recorded nothing.</summary>
    /// <param name="trainer">Whom it is to follow.</param>
    /// <param name="options">What, how often, how exactly.</param>
    /// <param name="pointOptions">How the training set goes through the network; order 2 at least, the defaults where null.</param>
    /// <param name="test">Examples that are not trained on, for TestLoss and TestAccuracy; they stay the caller's. One micro-batch of
    /// them goes through the network at a time, forward alone.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or a quantity is not to be had of this trainer; the message
    /// names it.</exception>
    public Tracker(
        Trainer<TView> trainer, TrackerOptions options, ModelPointOptions? pointOptions = null, ModelExamples<TView>? test = null)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        int d = trainer.Model.ParameterCount, rows = trainer.Examples.Count * trainer.Model.Outputs;
        if (options.Eigenpairs > d)
            throw new ArgumentException($"Found Eigenpairs = {options.Eigenpairs}; the model has {d} parameters.", nameof(options));
        if (Tracks(options, TrackedQuantity.StepSharpness) && !trainer.WithStepSharpness)
            throw new ArgumentException(
                "The step's sharpness is asked for, and this trainer was made without it (its argument stepSharpness).", nameof(options));
        if (Tracks(options, TrackedQuantity.ExactNoiseKernel) && rows > options.ExactKernelRows)
            throw new ArgumentException(
                $"K_exact is asked for with {rows} rows, n C; expected at most ExactKernelRows = {options.ExactKernelRows}.",
                nameof(options));
        bool tests = Tracks(options, TrackedQuantity.TestLoss) || Tracks(options, TrackedQuantity.TestAccuracy);
        if (tests && test is null)
            throw new ArgumentException("Loss or accuracy of test examples is asked for; found none, expected some.", nameof(test));
        if (test is not null && (test.InputLength, test.TargetLength) != (trainer.Model.Input.Length, trainer.Model.Outputs))
            throw new ArgumentException(
                $"The test examples have inputs of {test.InputLength} numbers and targets of {test.TargetLength}; "
                + $"the model takes {trainer.Model.Input.Length} and gives {trainer.Model.Outputs}.", nameof(test));
        bool kernels = Tracks(options, TrackedQuantity.ExactNoiseKernel) || Tracks(options, TrackedQuantity.TraceNoiseKernel);
        if (kernels && trainer.Options.Momentum.Beta2 != 0)
            throw new ArgumentException("Noise kernels with momentum are those of heavy ball, beta2 = 0.", nameof(options));
        (this.trainer, this.options) = (trainer, options);
        Record = new(Enum.GetValues<TrackedQuantity>().Where(quantity => Tracks(options, quantity)).SelectMany(Columns));
        place = Record.Columns.Select((name, at) => (name, at)).ToDictionary(pair => pair.name, pair => pair.at);
        point = new(trainer.Space, trainer.Model, trainer.Loss, trainer.Examples, pointOptions);
        if (tests)
            this.test = new(
                trainer.Space, trainer.Model, trainer.Loss, test!,
                (pointOptions ?? ModelPointOptions.Default) with { Order = 1, Recompute = true, Capacity = 0 });
    }

    /// <summary>What was recorded.</summary>
    public TrainingRecord Record { get; }

    /// <inheritdoc/>
    public void Observe(Trainer<TView> trainer, double learningRate, int batchSize, CancellationToken cancellation)
    {
        if (trainer != this.trainer) throw new ArgumentException("This tracker was made for another trainer.", nameof(trainer));
        long step = trainer.Step;
        if (!options.Every.Values.Any(every => step % every == 0)) return;
        // A run that went back makes its steps again.
        Record.TruncateFrom(step);
        cells = new double[Record.Columns.Count];
        Array.Fill(cells, double.NaN);
        (cells[0], cells[1], cells[2]) = (step, learningRate, batchSize);
        if (Due(TrackedQuantity.StepLoss, step)) this["step_loss"] = trainer.StepLoss;
        if (Due(TrackedQuantity.StepSharpness, step)) this["step_sharpness"] = trainer.StepSharpness;
        foreach (ModelPoint<TView>? looking in (ModelPoint<TView>?[])[point, test])
            if (looking is not null) (looking.Cancellation, looking.Passes) = (cancellation, trainer.Passes);
        if (step == looked) (vectors, baseline) = earlier;
        (double[] Vectors, double[] Baseline) before = (vectors, baseline);
        try
        {
            Measure(step, learningRate, batchSize, cancellation);
        }
        catch
        {
            // The step will be looked at again, and is to find what it found now.
            (vectors, baseline) = before;
            throw;
        }

        (looked, earlier) = (step, before);
        Record.Add(cells);
    }

    /// <summary>The checkpoint with all that was recorded before it, for <see cref="TrainingCheckpointFile"/>.</summary>
    public TrainingCheckpoint AddTo(TrainingCheckpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        Dictionary<string, double[]> record = new()
        {
            ["columns"] = [.. string.Join(',', Record.Columns).Select(character => (double)character)], ["rows"] = Record.Flattened(),
            ["vectors"] = vectors, ["baseline"] = baseline,
        };
        // Of a step that was cancelled after its look.
        if (checkpoint.Step == looked)
            (record["looked"], record["vectors.before"], record["baseline.before"]) = ([looked], earlier.Vectors, earlier.Baseline);
        return checkpoint with { Record = record };
    }

    /// <summary>Goes on with the record of a checkpoint, which the trainer is restored to by itself.</summary>
    /// <exception cref="ArgumentException">The checkpoint has no record, or one of other columns; the message has both.</exception>
    public void Restore(TrainingCheckpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        if (!checkpoint.Record.TryGetValue("columns", out double[]? codes))
            throw new ArgumentException("The checkpoint has no record; expected one that a tracker was added to.", nameof(checkpoint));
        string found = string.Concat(codes.Select(code => (char)code)), expected = string.Join(',', Record.Columns);
        if (found != expected)
            throw new ArgumentException(
                $"The checkpoint's record has the columns {found}; expected {expected}, as this tracker's.", nameof(checkpoint));
        Record.Restore(checkpoint.Record["rows"]);
        Record.TruncateFrom(checkpoint.Step);
        (vectors, baseline) = (checkpoint.Record["vectors"], checkpoint.Record["baseline"]);
        looked = checkpoint.Record.TryGetValue("looked", out double[]? step) ? (long)step[0] : -1;
        earlier = looked < 0 ? ([], []) : (checkpoint.Record["vectors.before"], checkpoint.Record["baseline.before"]);
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        point.Dispose();
        test?.Dispose();
    }

    private double this[string column]
    {
        set => cells[place[column]] = value;
    }

    private bool Due(TrackedQuantity quantity, long step) => options.Every.TryGetValue(quantity, out int every) && step % every == 0;

    private static bool Tracks(TrackerOptions options, TrackedQuantity quantity) => options.Every.ContainsKey(quantity);

    private IEnumerable<string> Columns(TrackedQuantity quantity) => quantity switch
    {
        TrackedQuantity.StepLoss => ["step_loss"],
        TrackedQuantity.StepSharpness => ["step_sharpness"],
        TrackedQuantity.Loss => ["loss"],
        TrackedQuantity.Accuracy => ["accuracy"],
        TrackedQuantity.TestLoss => ["test_loss"],
        TrackedQuantity.TestAccuracy => ["test_accuracy"],
        TrackedQuantity.BatchSharpness => ["batch_sharpness", "batch_sharpness_error"],
        TrackedQuantity.GradientNoiseInteraction => ["gni", "gni_error"],
        TrackedQuantity.InteractionAwareSharpness => ["ias", "ias_error"],
        TrackedQuantity.Concentration => ["rho"],
        TrackedQuantity.LambdaMax => Numbered("lambda"),
        TrackedQuantity.LambdaMaxBatch => ["lambda_max_batch", "lambda_max_batch_error"],
        TrackedQuantity.Trace => ["trace", "trace_error"],
        TrackedQuantity.TraceNoiseKernel => ["k_tr"],
        TrackedQuantity.ExactNoiseKernel => ["k_exact"],
        TrackedQuantity.Similarity => [.. Numbered("similarity"), "subspace_distance"],
        _ => Numbered("cosine"),
    };

    private IEnumerable<string> Numbered(string name) => Enumerable.Range(1, options.Eigenpairs).Select(i => $"{name}_{i}");
}
