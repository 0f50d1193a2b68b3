using HessianKernels.Networks.Curvature;
using HessianKernels.Networks.Training;

namespace HessianKernels.Reproduction.Figures.Models;

/// <summary>A run under way as its looks see it, wherever its tensors lie.</summary>
internal interface INetworkTrainer
{
    /// <summary>The step now under way.</summary>
    long Step { get; }

    /// <summary>How it is trained.</summary>
    TrainingOptions Options { get; }

    /// <summary>n.</summary>
    int Examples { get; }

    /// <summary>A copy of the parameters before the step.</summary>
    double[] Parameters();

    /// <summary>The mean loss over the run's training set, to be disposed before the run is.</summary>
    /// <param name="options">The defaults where null.</param>
    INetworkPoint Point(ModelPointOptions? options = null);

    /// <summary>Takes a point to where the run is, to be ended and watched as the run is.</summary>
    /// <param name="point">Of this run.</param>
    /// <param name="cancellation">Ends whatever the point is asked for, in the middle of a micro-batch.</param>
    void Lead(INetworkPoint point, CancellationToken cancellation);
}

/// <summary>A trainer whose tensors are held in one way.</summary>
internal sealed class NetworkTrainer<TView>(Trainer<TView> trainer) : INetworkTrainer
    where TView : allows ref struct
{
    public long Step => trainer.Step;

    public TrainingOptions Options => trainer.Options;

    public int Examples => trainer.Examples.Count;

    public double[] Parameters()
    {
        double[] parameters = new double[trainer.Model.ParameterCount];
        trainer.Space.Read(trainer.Parameters, parameters);
        return parameters;
    }

    public INetworkPoint Point(ModelPointOptions? options = null)
        => new NetworkPoint<TView>(new(trainer.Space, trainer.Model, trainer.Loss, trainer.Examples,
            PointMemory.Options(trainer.Model, trainer.Loss, Examples, options)));

    public void Lead(INetworkPoint point, CancellationToken cancellation)
    {
        ModelPoint<TView> led = ((NetworkPoint<TView>)point).Point;
        led.MoveTo(trainer.Parameters);
        (led.Cancellation, led.Passes) = (cancellation, trainer.Passes);
    }
}
