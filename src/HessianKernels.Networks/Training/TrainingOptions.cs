namespace HessianKernels.Networks.Training;

/// <summary>How a network is to be trained. Same options, same parameters, same bits, whatever the thread count.</summary>
public sealed record TrainingOptions
{
    /// <summary>eta, the base learning rate, above 0.</summary>
    public required double LearningRate { get; init; }

    /// <summary>b, from 1 to n; n for the full batch.</summary>
    public required int BatchSize { get; init; }

    /// <summary>How batches are chosen.</summary>
    public BatchSelection Selection { get; init; } = BatchSelection.WithoutReplacement;

    /// <summary>Batches, or the noise in their place.</summary>
    public GradientNoise Noise { get; init; } = GradientNoise.Batch;

    /// <summary>Momentum.</summary>
    public Momentum Momentum { get; init; }

    /// <summary>rho, finite and not negative: <c>rho ||theta||^2 / 2</c> is added to the loss that is descended, not to any that is
    /// reported.</summary>
    public double WeightDecay { get; init; }

    /// <summary>A factor on the learning rate.</summary>
    public LearningRateSchedule Schedule { get; init; } = LearningRateSchedule.Constant;

    /// <summary>Changes in the middle of the run, in any order, at most one a step.</summary>
    public IReadOnlyList<Intervention> Interventions { get; init; } = [];

    /// <summary>Names the batches and the noise.</summary>
    public ulong Seed { get; init; }

    /// <summary>Most examples that go through the network at once; 0 for at most 512. Changes results by rounding alone.</summary>
    public int MicroBatch { get; init; }

    /// <summary>A step whose loss is not finite, or above this, ends the run as diverged.</summary>
    public double DivergedAbove { get; init; } = double.PositiveInfinity;

    /// <summary>When a rise of the loss is a catapult: <see cref="CatapultDetector"/>.</summary>
    public double CatapultFactor { get; init; } = 2;

    /// <summary>eta of a step, with interventions and schedule.</summary>
    public double LearningRateAt(long step)
        => (Last(step, change => change.LearningRate is not null)?.LearningRate ?? LearningRate) * Schedule.Factor(step);

    /// <summary>b of a step, with interventions.</summary>
    public int BatchSizeAt(long step) => Last(step, change => change.BatchSize is not null)?.BatchSize ?? BatchSize;

    /// <summary>All that decides the path, as text: what a checkpoint is held against.</summary>
    internal string Describe()
    {
        string interventions = string.Join(", ", Interventions.OrderBy(change => change.Step).Select(change => FormattableString.Invariant(
            $"{change.Step}: eta {change.LearningRate}, b {change.BatchSize}")));
        return FormattableString.Invariant($"eta = {LearningRate}, b = {BatchSize}, {Selection}, {Noise}, beta1 = {Momentum.Beta1}, beta2 = {Momentum.Beta2}, ")
            + FormattableString.Invariant($"weight decay = {WeightDecay}, schedule = {Schedule}, interventions = [{interventions}], seed = {Seed}, ")
            + FormattableString.Invariant($"micro-batch = {MicroBatch}, diverged above = {DivergedAbove}, catapult factor = {CatapultFactor}");
    }

    /// <summary>Throws where an option is out of its range.</summary>
    internal void Check(int examples)
    {
        Positive(LearningRate, nameof(LearningRate), "LearningRate");
        Batch(BatchSize, nameof(BatchSize), "BatchSize");
        Momentum.Check(nameof(Momentum));
        if (!(WeightDecay >= 0 && double.IsFinite(WeightDecay)))
            throw new ArgumentOutOfRangeException(
                nameof(WeightDecay), WeightDecay, $"Found WeightDecay = {WeightDecay}; expected a finite number, not negative.");
        if (MicroBatch < 0)
            throw new ArgumentOutOfRangeException(nameof(MicroBatch), MicroBatch, $"Found MicroBatch = {MicroBatch}; expected 0 or more.");
        if (!(DivergedAbove > 0))
            throw new ArgumentOutOfRangeException(
                nameof(DivergedAbove), DivergedAbove, $"Found DivergedAbove = {DivergedAbove}; expected a number above 0.");
        if (!(CatapultFactor > 1))
            throw new ArgumentOutOfRangeException(
                nameof(CatapultFactor), CatapultFactor, $"Found CatapultFactor = {CatapultFactor}; expected a number above 1.");
        if (Noise.Kind == GradientNoiseKind.DifferentialEquation && Momentum != default)
            throw new ArgumentException("The differential equation is that of plain SGD; expected no momentum.", nameof(Momentum));
        HashSet<long> steps = [];
        foreach (Intervention change in Interventions)
        {
            if (change.Step < 0 || !steps.Add(change.Step))
                throw new ArgumentException(
                    $"Found an intervention at step {change.Step}; expected steps from 0, each once.", nameof(Interventions));
            if (change.LearningRate is { } rate) Positive(rate, nameof(Interventions), $"LearningRate of step {change.Step}");
            if (change.BatchSize is { } size) Batch(size, nameof(Interventions), $"BatchSize of step {change.Step}");
        }

        static void Positive(double value, string argument, string name)
        {
            if (!(value > 0 && double.IsFinite(value)))
                throw new ArgumentOutOfRangeException(argument, value, $"Found {name} = {value}; expected a finite number above 0.");
        }

        void Batch(int value, string argument, string name)
        {
            if (value < 1 || value > examples)
                throw new ArgumentOutOfRangeException(
                    argument, value, $"Found {name} = {value}; expected a batch of 1 to {examples} examples.");
        }
    }

    private Intervention? Last(long step, Func<Intervention, bool> speaks)
        => Interventions.Where(change => change.Step <= step && speaks(change)).MaxBy(change => change.Step);
}
