using HessianKernels.Reproduction.Figures.Models;
using HessianKernels.Reproduction.Pictures;

namespace HessianKernels.Reproduction.Figures.Paper001;

/// <summary>Figure 23: what rises once the sharpness of a network exceeds 2 / eta, and in which order.</summary>
internal sealed class Figure23 : Figure
{
    public override string Paper => "001";

    public override string Name => "F23";

    public override string Title => "The rise into the unstable region, on networks";

    public override string Summary =>
        "Full-batch descent: after ‖H‖ exceeds 2/η, within a few steps |cos(q₁, ∇L)|, ‖H‖_S and |q₁ᵀ∇L| rise, and begin to in this order, as in F22's toy.";

    public override double Weight(Effort effort) => FigureRun.Of(effort, 1, 5, 5000);

    public override IReadOnlyList<DataFile> Data => PaperData.Cifar10.TrainFiles;

    private static (string Loss, double LearningRate, int Steps)[] Plans(Effort effort) => effort switch
    {
        Effort.Coarse => [(SixLayerNetwork.Squared, 0.4, 200)],
        Effort.Quick => [(SixLayerNetwork.CrossEntropy, 2, 400), (SixLayerNetwork.CrossEntropy, 4, 400), (SixLayerNetwork.Squared, 0.4, 600), (SixLayerNetwork.Squared, 0.6, 400)],
        _ => [(SixLayerNetwork.CrossEntropy, 0.04, 500), (SixLayerNetwork.CrossEntropy, 0.02, 500), (SixLayerNetwork.CrossEntropy, 0.01, 1000), (SixLayerNetwork.Squared, 0.04, 2000)],
    };

    public override IReadOnlyList<(string Name, string Value)> Parameters(Effort effort) =>
    [
        .. SixLayerNetwork.Parameters(effort),
        .. Plans(effort).Select(plan => (FormattableString.Invariant($"steps, {plan.Loss}, η = {plan.LearningRate}"), $"{plan.Steps}")),
    ];

    public override FigureResult Compute(FigureRun run)
    {
        Descent[] descents = Descent.Runs(run, Plans(run.Effort));
        return new()
        {
            Claims = [],
            Pictures = [.. descents.Select((descent, k) => Draw($"rise-{k + 1}", descent))],
            Tables = [Table.Stack("run", [.. descents.Select(descent => (descent.Title, descent.Curve.ToTable("steps")))])],
        };
    }

    private static Picture Draw(string name, Descent descent)
        => new(name, new()
        {
            Title = descent.Title, X = new("step"), Y = new("sharpness", Min: 0),
            Series = [new LineSeries("‖H‖", descent.Curve.Steps, descent.Curve.Sharpness), new LineSeries("‖H‖_S", descent.Curve.Steps, descent.Curve.Interaction)],
            Thresholds = [new("2/η", descent.Threshold)],
        });
}
