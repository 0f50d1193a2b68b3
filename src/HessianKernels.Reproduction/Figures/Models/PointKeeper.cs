namespace HessianKernels.Reproduction.Figures.Models;

/// <summary>Keeps the parameters of every step.</summary>
/// <param name="points">Added to: the parameters before each step.</param>
internal sealed class PointKeeper(List<double[]> points) : IRunLook
{
    public double[][] State
    {
        get => [.. points];
        set => points.AddRange(value);
    }

    public void Observe(INetworkTrainer trainer, double learningRate, int batchSize, CancellationToken cancellation)
        => points.Add(trainer.Parameters());
}
