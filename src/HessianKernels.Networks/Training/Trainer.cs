using System.Numerics;
using HessianKernels.Networks.Curvature;
using HessianKernels.Networks.Data;
using HessianKernels.Networks.Losses;
using HessianKernels.Networks.Models;
using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Training;

/// <summary>Trainers of data sets.</summary>
public static class Trainer
{
    /// <summary>A trainer of a data set in the CPU's memory, started at given parameters. It holds its own copy of both.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="model">The network.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="data">The examples: with targets of C numbers, or labels, which become distributions.</param>
    /// <param name="initial">theta_0, <c>[d]</c>.</param>
    /// <param name="options">How.</param>
    /// <param name="stepSharpness">Whether every step's sharpness is computed.</param>
    /// <param name="threads">Most threads; 0 for one a processor. Changes no bit.</param>
    /// <exception cref="ArgumentException">Data, parameters or options do not fit; the message says what was found and
    /// expected.</exception>
    public static Trainer<Span<T>> Create<T>(
        Model model, Loss loss, DataSet<T> data, ReadOnlySpan<T> initial, TrainingOptions options, bool stepSharpness = false,
        int threads = 0)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Create<T, Span<T>>(new CpuTensorSpace<T>(threads), model, loss, data, initial, options, stepSharpness);

    /// <summary>The same on any tensor space, which the trainer does not own.</summary>
    /// <typeparam name="T">float or double: of data and parameters.</typeparam>
    /// <typeparam name="TView">How tensors are held.</typeparam>
    /// <param name="space">The arithmetic.</param>
    /// <param name="model">The network.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="data">The examples.</param>
    /// <param name="initial">theta_0, <c>[d]</c>.</param>
    /// <param name="options">How.</param>
    /// <param name="stepSharpness">Whether every step's sharpness is computed.</param>
    /// <exception cref="ArgumentException">Data, parameters or options do not fit; the message says what was found and
    /// expected.</exception>
    public static Trainer<TView> Create<T, TView>(
        ITensorSpace<TView> space, Model model, Loss loss, DataSet<T> data, ReadOnlySpan<T> initial, TrainingOptions options,
        bool stepSharpness = false)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TView : allows ref struct
    {
        ModelExamples<TView> examples = ModelExamples.Create(space, model, loss, data);
        Trainer<TView> trainer = new(space, model, loss, examples, options, stepSharpness) { OwnsExamples = true };
        double[] theta = new double[initial.Length];
        for (int i = 0; i < theta.Length; i++) theta[i] = double.CreateTruncating(initial[i]);
        trainer.Start(theta);
        return trainer;
    }
}

/// <summary>Gradient descent of a network, with batches or with noise in their place, momentum, weight decay, schedules and changes in
/// mid-run.</summary>
/// <remarks>
/// A step, with g the gradient of its batch at <c>theta + beta2 delta</c> and rho the weight decay:
/// <code>
/// delta = beta1 delta - eta (g + rho (theta + beta2 delta));   theta += delta
/// </code>
/// Batches and noise are functions of (seed, step), so the path's bits depend on options and parameters alone. A step costs a forward and
/// a backward pass of its batch;
/// with the step's sharpness, a forward tangent besides: three products of a layer where the step has three.
/// </remarks>
/// <typeparam name="TView">How tensors are held.</typeparam>
public sealed partial class Trainer<TView> : IDisposable where TView : allows ref struct
{
    private readonly ModelExamples<TView> examples;
    private readonly TrainingOptions options;
    private readonly WeightedBatch<TView> batch;
    private readonly BatchStream stream;
    private readonly CatapultDetector catapults;
    private readonly ITensorMemory<TView> parameters, gradient, good;
    private readonly ITensorMemory<TView>? velocity, goodVelocity, probe;
    private readonly int[] chosen;
    private readonly double[] weights;
    private bool started;

    /// <summary>A trainer at no point yet: <see cref="Start"/> or <see cref="Restore"/> it.</summary>
    /// <param name="space">The arithmetic.</param>
    /// <param name="model">The network.</param>
    /// <param name="loss">The loss of an example; their mean is descended.</param>
    /// <param name="examples">The training set; stays the caller's.</param>
    /// <param name="options">How.</param>
    /// <param name="stepSharpness">Whether <see cref="StepSharpness"/> is wanted every step. Keeps the passes of all micro-batches.</param>
    /// <exception cref="ArgumentException">An option is out of its range; the message names it.</exception>
    public Trainer(
        ITensorSpace<TView> space, Model model, Loss loss, ModelExamples<TView> examples, TrainingOptions options, bool stepSharpness = false)
    {
        ArgumentNullException.ThrowIfNull(examples);
        ArgumentNullException.ThrowIfNull(options);
        options.Check(examples.Count);
        (Space, Model, Loss, this.examples, this.options, WithStepSharpness) = (space, model, loss, examples, options, stepSharpness);
        stream = new(examples.Count, options.Selection, options.Seed);
        catapults = new(options.CatapultFactor);
        int most = options.Noise.Kind != GradientNoiseKind.Batch ? examples.Count
            : options.Interventions.Select(change => change.BatchSize ?? 1).Append(options.BatchSize).Max(stream.Most);
        (chosen, weights) = (new int[most], new double[most]);
        batch = new(space, model, loss, examples, Math.Min(most, options.MicroBatch == 0 ? 512 : options.MicroBatch), stepSharpness);
        int d = model.ParameterCount;
        (parameters, gradient, good) = (space.Allocate(d), space.Allocate(d), space.Allocate(d));
        if (options.Momentum.Beta1 != 0 || options.Momentum.Beta2 != 0) (velocity, goodVelocity) = (space.Allocate(d), space.Allocate(d));
        if (options.Momentum.Beta2 != 0) probe = space.Allocate(d);
    }

    /// <summary>The arithmetic.</summary>
    public ITensorSpace<TView> Space { get; }

    /// <summary>The network.</summary>
    public Model Model { get; }

    /// <summary>The loss.</summary>
    public Loss Loss { get; }

    /// <summary>The training set.</summary>
    public ModelExamples<TView> Examples => examples;

    /// <summary>The options.</summary>
    public TrainingOptions Options => options;

    internal bool OwnsExamples { get; init; }

    /// <summary>Whether every step's sharpness is computed.</summary>
    public bool WithStepSharpness { get; }

    /// <summary>Steps made.</summary>
    public long Step { get; private set; }

    /// <summary>theta, <c>[d]</c>, after those steps.</summary>
    public TView Parameters => parameters.View;

    /// <summary>The gradient that the last step descended, without weight decay, <c>[d]</c>; of none where a step was cancelled.</summary>
    public TView Gradient => gradient.View;

    /// <summary>The mean loss of the last step's batch, at the point where its gradient was taken.</summary>
    public double StepLoss { get; private set; } = double.NaN;

    /// <summary><c>g_B^T H_B g_B / ||g_B||^2</c> of the last step's batch (0/0 = 0), at the point where its gradient was taken, without
    /// weight decay; NaN where not wanted.</summary>
    public double StepSharpness { get; private set; } = double.NaN;

    /// <summary>Told, as each micro-batch goes through the network for a gradient, how many examples it has; nobody where null. A
    /// <see cref="Tracker{TView}"/> tells of its own there, too.</summary>
    public IProgress<int>? Passes
    {
        get => batch.Passes;
        set => batch.Passes = value;
    }

    /// <summary>Begins at step 0.</summary>
    /// <param name="initial">theta_0, <c>[d]</c>, rounded to the space's precision.</param>
    /// <exception cref="ArgumentException">The length is not d, or a number is not finite.</exception>
    public void Start(ReadOnlySpan<double> initial)
    {
        SetParameters(initial, nameof(initial));
        if (velocity is not null) Space.Fill(0, velocity.View);
        (Step, started, noiseVariance) = (0, true, []);
        stream.Restore(0, 0);
        catapults.Restore(double.NaN, double.PositiveInfinity, []);
        KeepGood();
    }

    /// <summary>Makes steps.</summary>
    /// <param name="until">Steps made since the beginning when it ends, at least <see cref="Step"/>.</param>
    /// <param name="observer">Sees every step before its update; none where null.</param>
    /// <param name="progress">Told after every step.</param>
    /// <param name="cancellation">Ends the run, be it in the middle of a micro-batch: the step under way is then not made, and the trainer
    /// stands where it began.</param>
    /// <returns>What became of it. A trainer that diverged stands at the last point whose loss was good.</returns>
    /// <exception cref="InvalidOperationException">The trainer was not started.</exception>
    /// <exception cref="ArgumentOutOfRangeException">until is below the steps already made.</exception>
    public TrainingResult Run(
        long until, ITrainingObserver<TView>? observer = null, IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        if (!started) throw new InvalidOperationException("The trainer is at no point; call Start or Restore first.");
        ArgumentOutOfRangeException.ThrowIfLessThan(until, Step);
        batch.Cancellation = cancellation;
        while (Step < until)
        {
            if (cancellation.IsCancellationRequested) return Result(TrainingStatus.Cancelled, null);
            int size = options.BatchSizeAt(Step);
            double rate = options.LearningRateAt(Step);
            if (!Descend(size, rate, observer, cancellation))
            {
                long at = Step;
                ReturnToGood();
                return Result(TrainingStatus.Diverged, at);
            }

            progress?.Report(new(Step, StepLoss, rate));
        }

        return Result(TrainingStatus.Completed, null);
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        batch.Dispose();
        if (OwnsExamples) examples.Dispose();
        foreach (ITensorMemory<TView>? memory in (ITensorMemory<TView>?[])
            [parameters, gradient, good, velocity, goodVelocity, probe, noise, squaredNorm])
            memory?.Dispose();
    }

    private TrainingResult Result(TrainingStatus status, long? divergedAt) => new()
    {
        Status = status, Steps = Step, DivergedAt = divergedAt, LastLoss = StepLoss, Catapults = [.. catapults.Catapults],
        Checkpoint = Checkpoint(),
    };
}
