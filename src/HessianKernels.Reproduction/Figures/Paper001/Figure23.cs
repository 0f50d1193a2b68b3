using HessianKernels.Reproduction.Figures.Models;
using HessianKernels.Reproduction.Pictures;

namespace HessianKernels.Reproduction.Figures.Paper001;

/// <summary>Figure 23: what rises once the sharpness of a network exceeds 2 / eta, and in which order.</summary>
internal sealed class Figure23 : DescentFigure
{
    // The paper's eight runs take 5 to 18 steps.
    private const int MostSteps = 18;

    public override string Name => "F23";

    public override string Title => "The rise into the unstable region, on networks";

    public override string Summary =>
        "Full-batch descent: within a few steps after ‖H‖ exceeds 2/η, |cos(q₁, ∇L)|, ‖H‖_S and |q₁ᵀ∇L| begin to rise, in this order, " +
        "as in F22's toy.";

    protected override (string Loss, double LearningRate, int Steps)[] Plans(Effort effort) => effort switch
    {
        Effort.Coarse => [(SixLayerNetwork.Squared, 0.5, 150)],
        Effort.Quick => [(SixLayerNetwork.CrossEntropy, 2, 400), (SixLayerNetwork.CrossEntropy, 4, 400),
            (SixLayerNetwork.Squared, 0.4, 600),
            (SixLayerNetwork.Squared, 0.6, 400)],
        _ => [(SixLayerNetwork.CrossEntropy, 0.04, 500), (SixLayerNetwork.CrossEntropy, 0.02, 500),
            (SixLayerNetwork.CrossEntropy, 0.01, 1000),
            (SixLayerNetwork.Squared, 0.04, 2000)],
    };

    protected override Claim[] Claims(Descent descent)
    {
        const string Never = "The run is too short to get into the unstable region.";
        DescentCurve curve = descent.Curve;
        (int from, int to) = (descent.Sharp, descent.Peak);
        double[] Rise(List<double> values) => to < 0 ? [0] : [.. values[from..(to + 1)]];
        int begins = from < 0 ? -1 : curve.Interaction.FindIndex(from, interaction => interaction > 0.1 * descent.Threshold);
        return
        [
            Claim.AtMost(
                ClaimSource.Paper,
                    $"{descent.Title}: soon after ‖H‖ exceeds 2/η ‖H‖_S begins to rise (steps until it is a tenth of 2/η)", MostSteps,
                begins < 0 ? double.NaN : begins - from).Because(to < 0 ? Never :
                "q₁ᵀ∇L has died down by then and grows by a factor of η‖H‖ − 1 a step, which is near 1 as long as ‖H‖ is near 2/η: the " +
                "slower the sharpening, the longer it takes."),
            Claim.Rising(
                ClaimSource.Paper,
                    $"{descent.Title}: order of |cos(q₁, ∇L)|, ‖H‖_S, |q₁ᵀ∇L| (steps after that at which half of the rise is made)",
                Crossing.HalfWay(Rise(curve.Cosine)), Crossing.HalfWay(Rise(curve.Interaction)),
                    Crossing.HalfWay(Rise(curve.Along))).Because(Never),
        ];
    }

    protected override Picture[] Draw(int number, Descent descent)
    {
        DescentCurve curve = descent.Curve;
        int first = Math.Max(0, descent.Sharp - 5), end = descent.Peak < 0 ? curve.Count : Math.Min(curve.Count, descent.Peak + 10);
        double most = curve.Along[first..end].Max(), sharpness = curve.Sharpness[first..end].Max();
        LineSeries Line(string of, List<double> values, double scale)
            => new(of, curve.Steps[first..end], [.. values[first..end].Select(value => scale * value)]);
        return [new($"rise-{number}", new()
        {
            Title = descent.Title, X = new("step"), Y = new("sharpness; others to the same height", Min: 0),
            Series = [Line("‖H‖", curve.Sharpness, 1), Line("‖H‖_S", curve.Interaction, 1), Line("|cos(q₁, ∇L)|", curve.Cosine, sharpness),
                Line("|q₁ᵀ∇L|", curve.Along, sharpness / most)],
            Thresholds = [new("2/η", descent.Threshold)],
        })];
    }
}
