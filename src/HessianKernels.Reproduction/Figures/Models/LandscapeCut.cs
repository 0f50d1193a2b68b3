namespace HessianKernels.Reproduction.Figures.Models;

/// <summary>Loss and sharpness along the gradient through a point of a descent.</summary>
/// <remarks>Descent jumps from one side of the valley to the other: all cuts look the same way across it.</remarks>
/// <param name="Step">Which point.</param>
/// <param name="Distances">From it, evenly spaced.</param>
/// <param name="Loss">L there.</param>
/// <param name="Sharpness">S there.</param>
/// <param name="Next">Where the next point lies: its distance is eta ||g||.</param>
/// <param name="Before">Where the point before lies along the line.</param>
internal sealed record LandscapeCut(int Step, double[] Distances, double[] Loss, double[] Sharpness, double Next, double Before)
{
    /// <summary>The distance at which the loss is least, by the parabola through the lowest place and its neighbours.</summary>
    public double Floor
    {
        get
        {
            int least = Array.IndexOf(Loss, Loss.Min());
            if (least == 0 || least == Loss.Length - 1) return Distances[least];
            double below = Loss[least - 1], at = Loss[least], above = Loss[least + 1], bend = below - 2 * at + above;
            return Distances[least] + (bend > 0 ? (below - above) / (2 * bend) : 0) * (Distances[1] - Distances[0]);
        }
    }

    /// <summary>Whether the point lies on one side of the floor, and those before and after on the other.</summary>
    public bool Jumps => Next * Floor > 0 && Before * Floor > 0 && Math.Abs(Next) > Math.Abs(Floor) && Math.Abs(Before) > Math.Abs(Floor);

    /// <summary>How much higher the loss is at the point than at the lowest place.</summary>
    public double Height => Loss[Loss.Length / 2] - Loss.Min();

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
    /// <param name="from">The share of the figure that is done before; after, all of it is.</param>
    public static LandscapeCut[] Along(FigureRun run, DescentPath path, IReadOnlyList<int> steps, int places, double from)
    {
        Dictionary<int, double[]> directions = Directions(path, steps[0], steps[^1]);
        double reach = 2 * Enumerable.Range(steps[0], steps[^1] + 1 - steps[0]).Max(step => Between(path.Points[step], path.Points[step + 1]));
        double[] distances = Crossing.Range(-reach, reach, places);
        double[][] cuts = run.Library(() => run.PartsOnTensors(
            "cut", steps.Count, i => At(run, path, steps[i], directions[steps[i]], distances), from));
        return
        [
            .. cuts.Select((cut, i) => new LandscapeCut(
                steps[i], distances, cut[..places], cut[places..],
                Inner(directions[steps[i]], path.Points[steps[i]], path.Points[steps[i] + 1]),
                Inner(directions[steps[i]], path.Points[steps[i]], path.Points[steps[i] - 1]))),
        ];
    }

    /// <summary>That of every step, turned around where it leads against the one before: each step goes along its gradient.</summary>
    private static Dictionary<int, double[]> Directions(DescentPath path, int first, int last)
    {
        Dictionary<int, double[]> directions = [];
        for (int step = first; step <= last; step++)
        {
            (double[] at, double[] next) = (path.Points[step], path.Points[step + 1]);
            double length = Between(at, next);
            if (step > first && Inner(directions[step - 1], at, next) < 0) length = -length;
            directions[step] = [.. next.Zip(at, (to, from) => (to - from) / length)];
        }

        return directions;
    }

    /// <summary>The losses at all places, and then the sharpnesses.</summary>
    private static double[] At(FigureRun run, DescentPath path, int step, double[] direction, double[] distances)
    {
        double[] at = path.Points[step];
        return path.Network.At<double[]>(run, at, point =>
        {
            double[] loss = new double[distances.Length], sharpness = new double[distances.Length], there = new double[at.Length];
            TopEigenpairs? top = null;
            for (int place = 0; place < distances.Length; place++)
            {
                for (int i = 0; i < there.Length; i++) there[i] = at[i] + distances[place] * direction[i];
                point.MoveTo(there);
                top = TopEigenpairs.Of(point, 1, top, run.Cancellation);
                (loss[place], sharpness[place]) = (point.Value(), top.Values[0]);
            }

            return [.. loss, .. sharpness];
        });
    }

    private static double Inner(double[] direction, double[] from, double[] to)
    {
        double sum = 0;
        for (int i = 0; i < from.Length; i++) sum += direction[i] * (to[i] - from[i]);
        return sum;
    }

    private static double Between(double[] from, double[] to)
    {
        double sum = 0;
        for (int i = 0; i < from.Length; i++) sum += (to[i] - from[i]) * (to[i] - from[i]);
        return Math.Sqrt(sum);
    }
}
