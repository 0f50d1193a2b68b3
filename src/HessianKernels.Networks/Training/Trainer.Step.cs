using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Training;

public sealed partial class Trainer<TView>
{
    /// <summary>One step, unless its loss is not good or it was cancelled.</summary>
    /// <returns>Whether its loss was good, as far as it was known.</returns>
    private bool Descend(int batchSize, double rate, ITrainingObserver<TView>? observer, CancellationToken cancellation)
    {
        (long Epoch, int Position, double[] Variance) before = (stream.Epoch, stream.Position, noiseVariance);
        bool moving = false;
        try
        {
            TView at = LookAhead();
            int count = Choose(batchSize, rate, substep: 0);
            batch.Gradient(at, chosen.AsSpan(0, count), weights.AsSpan(0, count), gradient.View);
            StepLoss = batch.MeanLoss;
            if (!(double.IsFinite(StepLoss) && StepLoss <= options.DivergedAbove)) return false;

            AddNoise(at, batchSize);
            if (WithStepSharpness) StepSharpness = SharpnessAlong(at, count);
            observer?.Observe(this, rate, batchSize, cancellation);
            KeepGood(before.Epoch, before.Position);
            moving = true;
            catapults.Observe(Step, StepLoss, (double)batchSize / examples.Count);
            Move(at, rate / options.Noise.Substeps);
            for (int substep = 1; substep < options.Noise.Substeps; substep++)
            {
                count = Choose(batchSize, rate, substep);
                batch.Gradient(Parameters, chosen.AsSpan(0, count), weights.AsSpan(0, count), gradient.View);
                Move(Parameters, rate / options.Noise.Substeps);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Whoever goes on makes the step from its beginning, with the same batch.
            if (moving) ReturnToGood();
            else stream.Restore(before.Epoch, before.Position);
            noiseVariance = before.Variance;
            return true;
        }

        Step++;
        return true;
    }

    /// <summary><c>theta + beta2 delta</c>.</summary>
    private TView LookAhead()
    {
        if (probe is null) return Parameters;
        Space.Copy(Parameters, probe.View);
        Space.AddScaled(options.Momentum.Beta2, velocity!.View, probe.View);
        return probe.View;
    }

    /// <summary>The examples of the step and their weights in its loss.</summary>
    /// <returns>How many places.</returns>
    private int Choose(int batchSize, double rate, int substep)
    {
        if (options.Noise.Kind != GradientNoiseKind.Batch) return ChooseAll(batchSize, rate, substep);
        int count = stream.Draw(Step, batchSize, chosen);
        weights.AsSpan(0, count).Fill(1.0 / (options.Selection == BatchSelection.Bernoulli ? batchSize : count));
        return count;
    }

    private double SharpnessAlong(TView at, int count)
    {
        double square = SquaredNorm(gradient.View);
        return square == 0 ? 0 : batch.HessianForm(at, gradient.View, count) / square;
    }

    private double SquaredNorm(TView x)
    {
        squaredNorm ??= Space.Allocate(1);
        Space.DotGroups(GroupShape.Rows(1, Model.ParameterCount), 1, x, x, false, squaredNorm.View);
        Span<double> value = stackalloc double[1];
        Space.Read(squaredNorm.View, value);
        return value[0];
    }

    /// <summary><c>delta = beta1 delta - eta (g + rho theta); theta += delta</c>, rho's theta being where g was taken.</summary>
    private void Move(TView at, double rate)
    {
        if (velocity is null)
        {
            // theta -= eta rho theta first: here the point of g is theta itself.
            if (options.WeightDecay != 0) Space.Scale(1 - rate * options.WeightDecay, Parameters);
            Space.AddScaled(-rate, gradient.View, Parameters);
            return;
        }

        Space.Scale(options.Momentum.Beta1, velocity.View);
        if (options.WeightDecay != 0) Space.AddScaled(-rate * options.WeightDecay, at, velocity.View);
        Space.AddScaled(-rate, gradient.View, velocity.View);
        Space.AddScaled(1, velocity.View, Parameters);
    }
}
