using HessianKernels.Reproduction.Figures.Models;
using HessianKernels.Reproduction.Pictures;

namespace HessianKernels.Reproduction.Figures.Paper001;

/// <summary>Figures 24 and 25: gradients and the sharpest direction from step to step.</summary>
internal sealed class Figure24 : DescentFigure
{
    public override string Name => "F24";

    public override string Title => "Gradient and sharpest direction from step to step (with F25)";

    public override string Summary =>
        "Full-batch descent, two learning rates: where ‖H‖_S > 2/η the gradient lies along q₁ and turns round every step, cos(∇L, " +
        "next ∇L) ≈ −1; there the sharpest direction changes abruptly, |cos(q₁, next q₁)| close to 0.";

    protected override (string Loss, double LearningRate, int Steps)[] Plans(Effort effort) => effort switch
    {
        Effort.Coarse => [(SixLayerNetwork.Squared, 0.5, 100)],
        Effort.Quick => [(SixLayerNetwork.Squared, 0.4, 800), (SixLayerNetwork.Squared, 0.8, 800)],
        _ => [(SixLayerNetwork.CrossEntropy, 0.04, 800), (SixLayerNetwork.CrossEntropy, 0.08, 500)],
    };

    protected override Claim[] Claims(Descent descent)
    {
        DescentCurve curve = descent.Curve;
        int[] unstable = [.. Enumerable.Range(0, Math.Max(0, curve.Count - 1)).Where(t => curve.Interaction[t] > descent.Threshold)];
        double[] turned = descent.Unstable < 0 ? [] : [.. curve.AxisTurn.Skip(descent.Unstable)];
        double second = Median.Of(unstable.Select(t => curve.Second[t] / descent.Threshold));
        string few = $"Of {unstable.Length} steps in the unstable region.";
        string two = FormattableString.Invariant($"λ₂ is near 2/η too ({second:G3} of it in the median there): ")
            + "the gradient lies among the first few eigenvectors, and which of them is q₁ changes.";
        return
        [
            Claim.AtLeast(ClaimSource.Paper, $"{descent.Title}: |cos(q₁, ∇L)| where ‖H‖_S > 2/η (median)", 0.9,
                Median.Of(unstable.Select(t => curve.Cosine[t]))).Because(unstable.Length == 0 ? few : two),
            Claim.AtMost(ClaimSource.Paper, $"{descent.Title}: cos(∇L, next ∇L) there (median)", -0.9,
                Median.Of(unstable.Select(t => curve.Turn[t + 1]))).Because(few),
            Claim.AtMost(
                ClaimSource.Paper, $"{descent.Title}: the sharpest direction changes abruptly from then on (least |cos(q₁, next q₁)|)",
                    0.1,
                turned.Length == 0 ? double.NaN : turned.Min()).Because(
                "At this learning rate q₁ turns from step to step, and seldom changes places with q₂."),
        ];
    }

    protected override Picture[] Draw(int number, Descent descent)
    {
        DescentCurve curve = descent.Curve;
        return
        [
            new($"sharpness-{number}", new()
            {
                Title = descent.Title, X = new("step"), Y = new("sharpness", Min: 0),
                Series = [new LineSeries("‖H‖", curve.Steps, curve.Sharpness), new LineSeries("‖H‖_S", curve.Steps, curve.Interaction)],
                Thresholds = [new("2/η", descent.Threshold)],
            }),
            new($"cosines-{number}", new()
            {
                Title = descent.Title, X = new("step"), Y = new("cosine", Min: -1.05, Max: 1.05),
                Series = [new LineSeries("|cos(q₁, ∇L)|", curve.Steps, curve.Cosine) { Color = 2 },
                    new LineSeries("cos(∇L, ∇L before)", curve.Steps, curve.Turn) { Color = 1 },
                    new LineSeries("|cos(q₁, q₁ before)|", curve.Steps, curve.AxisTurn) { Color = 0, Stroke = Stroke.Dotted }],
            }),
        ];
    }
}
