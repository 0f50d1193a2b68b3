namespace HessianKernels.Networks.Training;

public sealed partial class Trainer<TView>
{
    private (long Step, long Epoch, int Position, double Smoothed, double Level, IReadOnlyList<Catapult> Catapults) mark;

    /// <summary>Where the run stands.</summary>
    /// <exception cref="InvalidOperationException">The trainer was not started.</exception>
    public TrainingCheckpoint Checkpoint()
    {
        if (!started) throw new InvalidOperationException("The trainer is at no point; call Start or Restore first.");
        double[] theta = new double[Model.ParameterCount], delta = velocity is null ? [] : new double[Model.ParameterCount];
        Space.Read(parameters.View, theta);
        if (velocity is not null) Space.Read(velocity.View, delta);
        return new()
        {
            Step = Step, Model = Model.Specification, Settings = options.Describe(), Examples = examples.Count,
            Parameters = theta, Velocity = delta, NoiseVariance = noiseVariance, Epoch = stream.Epoch, Position = stream.Position,
            SmoothedLoss = catapults.Smoothed, LossLevel = catapults.Level, Catapults = catapults.Catapults,
        };
    }

    /// <summary>Goes to where a run stood; from there on it has the bits that it would have had uninterrupted.</summary>
    /// <param name="checkpoint">Of the same model, options and number of examples.</param>
    /// <exception cref="ArgumentException">It is of another model, other options or other examples; the message has both.</exception>
    public void Restore(TrainingCheckpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        Same("model", checkpoint.Model, Model.Specification);
        Same("number of parameters", checkpoint.Parameters.Length, Model.ParameterCount);
        Same("number of examples", checkpoint.Examples, examples.Count);
        Same("training", checkpoint.Settings, options.Describe());
        Same("velocity's length", checkpoint.Velocity.Length, velocity is null ? 0 : Model.ParameterCount);
        SetParameters(checkpoint.Parameters.Span, nameof(checkpoint));
        if (velocity is not null) Space.Write(checkpoint.Velocity.Span, velocity.View);
        (Step, started, noiseVariance) = (checkpoint.Step, true, checkpoint.NoiseVariance.ToArray());
        stream.Restore(checkpoint.Epoch, checkpoint.Position);
        catapults.Restore(checkpoint.SmoothedLoss, checkpoint.LossLevel, checkpoint.Catapults);
        KeepGood(checkpoint.Epoch, checkpoint.Position);

        static void Same<TValue>(string what, TValue found, TValue expected)
        {
            if (!EqualityComparer<TValue>.Default.Equals(found, expected))
                throw new ArgumentException(
                    $"The checkpoint's {what} is {found}; expected {expected}, as this trainer's.", nameof(checkpoint));
        }
    }

    private void SetParameters(ReadOnlySpan<double> values, string argument)
    {
        if (values.Length != Model.ParameterCount)
            throw new ArgumentException($"Found {values.Length} parameters; expected d = {Model.ParameterCount}.", argument);
        for (int i = 0; i < values.Length; i++)
            if (!double.IsFinite(values[i]))
                throw new ArgumentException($"Parameter {i} is {values[i]}; expected a finite number.", argument);
        Space.Write(values, parameters.View);
    }

    /// <summary>Remembers the point before a step whose loss was good.</summary>
    private void KeepGood(long epoch = 0, int position = 0)
    {
        mark = (Step, epoch, position, catapults.Smoothed, catapults.Level, catapults.Catapults);
        Space.Copy(parameters.View, good.View);
        if (velocity is not null) Space.Copy(velocity.View, goodVelocity!.View);
    }

    private void ReturnToGood()
    {
        Step = mark.Step;
        stream.Restore(mark.Epoch, mark.Position);
        catapults.Restore(mark.Smoothed, mark.Level, mark.Catapults);
        Space.Copy(good.View, parameters.View);
        if (velocity is not null) Space.Copy(goodVelocity!.View, velocity.View);
    }
}
