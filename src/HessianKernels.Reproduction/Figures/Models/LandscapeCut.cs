using HessianKernels.Networks.Curvature;

namespace HessianKernels.Reproduction.Figures.Models;

/// <summary>Loss and sharpness along the gradient through a point of a descent.</summary>
/// <param name="Step">Which point.</param>
/// <param name="Distances">From it, in the direction of descent.</param>
/// <param name="Loss">L there.</param>
/// <param name="Sharpness">S there.</param>
/// <param name="Stride">How far the step goes: eta ||g||.</param>
/// <param name="Before">Where the point before lies along the line.</param>
internal sealed record LandscapeCut(int Step, double[] Distances, double[] Loss, double[] Sharpness, double Stride, double Before)
{
    /// <summary>The distance at which the loss is least.</summary>
    public double Floor => Distances[Array.IndexOf(Loss, Loss.Min())];

    /// <summary>Twice the coefficient of the square in the parabola of least squares through the sharpness: d^2 S / ds^2 over the whole of
    /// the cut.</summary>
    public double SharpnessCurvature
    {
        get
        {
            // About the middle of evenly spaced places the odd powers fall out.
            double middle = (Distances[0] + Distances[^1]) / 2, n = Distances.Length, two = 0, four = 0, values = 0, with = 0;
            for (int i = 0; i < Distances.Length; i++)
            {
                double square = (Distances[i] - middle) * (Distances[i] - middle);
                two += square;
                four += square * square;
                values += Sharpness[i];
                with += square * Sharpness[i];
            }

            return 2 * (n * with - two * values) / (n * four - two * two);
        }
    }

    /// <summary>Cuts at several steps of a path, all of the same length: twice the longest stride to both sides.</summary>
    /// <param name="run">The figure's.</param>
    /// <param name="path">The path.</param>
    /// <param name="steps">Which points, none of them the first.</param>
    /// <param name="places">Places of each cut, odd: the middle one is the point itself.</param>
    public static LandscapeCut[] Along(FigureRun run, DescentPath path, IReadOnlyList<int> steps, int places)
    {
        LandscapeCut[] cuts = new LandscapeCut[steps.Count];
        double reach = 2 * Enumerable.Range(steps[0], steps[^1] + 1 - steps[0]).Max(step => Between(path.Points[step], path.Points[step + 1]));
        double[] distances = Crossing.Range(-reach, reach, places);
        return run.Library(() =>
        {
            run.Parallel(cuts.Length, i => cuts[i] = At(path, steps[i], distances, run.Cancellation));
            return cuts;
        });
    }

    private static LandscapeCut At(DescentPath path, int step, double[] distances, CancellationToken cancellation)
    {
        // The gradient is what the step went along.
        (double[] at, double[] next, double[] before) = (path.Points[step], path.Points[step + 1], path.Points[step - 1]);
        double stride = Between(at, next), back = 0;
        double[] direction = [.. next.Zip(at, (to, from) => (to - from) / stride)];
        for (int i = 0; i < at.Length; i++) back += (before[i] - at[i]) * direction[i];
        double[] loss = new double[distances.Length], sharpness = new double[distances.Length], there = new double[at.Length];
        using ModelPoint<Span<double>> point = path.Network.Point(at, threads: 1);
        TopEigenpairs? top = null;
        for (int place = 0; place < distances.Length; place++)
        {
            for (int i = 0; i < there.Length; i++) there[i] = at[i] + distances[place] * direction[i];
            point.MoveTo(there);
            top = TopEigenpairs.Of(point, 1, top, cancellation);
            (loss[place], sharpness[place]) = (point.Value(), top.Values[0]);
        }

        return new(step, distances, loss, sharpness, stride, back);
    }

    private static double Between(double[] from, double[] to)
    {
        double sum = 0;
        for (int i = 0; i < from.Length; i++) sum += (to[i] - from[i]) * (to[i] - from[i]);
        return Math.Sqrt(sum);
    }
}
