namespace HessianKernels.Networks.Training;

/// <summary>How the learning rate goes with the steps: a factor on the base rate.</summary>
public abstract record LearningRateSchedule
{
    /// <summary>Always 1.</summary>
    public static LearningRateSchedule Constant { get; } = new ConstantSchedule();

    /// <summary><c>factor^floor(step / every)</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">every is below 1, or the factor not a finite number above 0.</exception>
    public static LearningRateSchedule Step(long every, double factor)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(every, 1);
        if (!(factor > 0 && double.IsFinite(factor)))
            throw new ArgumentOutOfRangeException(nameof(factor), factor, $"Found {factor}; expected a finite number above 0.");
        return new StepSchedule(every, factor);
    }

    /// <summary><c>floor + (1 - floor) (1 + cos(pi step / steps)) / 2</c>, and <c>floor</c> from then on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">steps is below 1, or the floor outside [0, 1].</exception>
    public static LearningRateSchedule Cosine(long steps, double floor = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        if (floor is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(floor), floor, $"Found {floor}; expected a number from 0 to 1.");
        return new CosineSchedule(steps, floor);
    }

    /// <summary><c>(step + 1) / steps</c> for the first steps, then another schedule from its beginning.</summary>
    /// <exception cref="ArgumentOutOfRangeException">steps is below 1.</exception>
    public static LearningRateSchedule WarmUp(long steps, LearningRateSchedule? then = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        return new WarmUpSchedule(steps, then ?? Constant);
    }

    /// <summary>The factor of a step, counted from 0.</summary>
    public abstract double Factor(long step);

    private sealed record ConstantSchedule : LearningRateSchedule
    {
        public override double Factor(long step) => 1;

        public override string ToString() => "constant";
    }

    private sealed record StepSchedule(long Every, double Decay) : LearningRateSchedule
    {
        public override double Factor(long step) => Math.Pow(Decay, step / Every);

        public override string ToString() => FormattableString.Invariant($"step(every {Every}, factor {Decay})");
    }

    private sealed record CosineSchedule(long Steps, double Floor) : LearningRateSchedule
    {
        public override double Factor(long step)
            => step >= Steps ? Floor : Floor + (1 - Floor) * (1 + Math.Cos(Math.PI * step / Steps)) / 2;

        public override string ToString() => FormattableString.Invariant($"cosine(steps {Steps}, floor {Floor})");
    }

    private sealed record WarmUpSchedule(long Steps, LearningRateSchedule Then) : LearningRateSchedule
    {
        public override double Factor(long step) => step < Steps ? (step + 1.0) / Steps : Then.Factor(step - Steps);

        public override string ToString() => FormattableString.Invariant($"warm-up(steps {Steps}, then {Then})");
    }
}
