namespace HessianKernels.Reproduction.Figures.Models;

/// <summary>Descent whose rate along the sharpest directions is another than along the rest.</summary>
/// <param name="Loss">L before each step.</param>
/// <param name="Sharpness">The largest eigenvalues of the Hessian before each step.</param>
/// <param name="Oscillation">||2 theta_t - theta_(t-1) - theta_(t+1)|| / 4; NaN at the first and the last.</param>
internal sealed record DirectedDescent(double[] Loss, double[][] Sharpness, double[] Oscillation)
{
    /// <summary>S before each step.</summary>
    public double[] Top => [.. Sharpness.Select(values => values[0])];

    /// <summary>Makes steps <c>theta -= rest g + sum_i (along(lambda_i) - rest) (g . v_i) v_i</c>, the eigenpairs those of each point.</summary>
    /// <param name="run">The figure's.</param>
    /// <param name="setting">What is trained.</param>
    /// <param name="from">Where it starts.</param>
    /// <param name="steps">How many steps.</param>
    /// <param name="pairs">How many eigenpairs.</param>
    /// <param name="along">The rate along an eigenvector, of its eigenvalue.</param>
    /// <param name="rest">The rate in all other directions.</param>
    public static DirectedDescent Of(
        FigureRun run, NetworkSetting setting, double[] from, int steps, int pairs, Func<double, double> along, double rest)
        => setting.At(run, from, point => Of(point, from, steps, pairs, along, rest, run.Cancellation));

    private static DirectedDescent Of(
        INetworkPoint point, double[] from, int steps, int pairs, Func<double, double> along, double rest, CancellationToken cancellation)
    {
        double[] theta = [.. from];
        List<double[]> points = [];
        double[] loss = new double[steps];
        double[][] sharpness = new double[steps][];
        TopEigenpairs? top = null;
        for (int step = 0; step < steps; step++)
        {
            point.MoveTo(theta);
            points.Add([.. theta]);
            top = TopEigenpairs.Of(point, pairs, top, cancellation);
            (loss[step], sharpness[step]) = (point.Value(), top.Values);
            double[] gradient = point.Gradient();
            for (int i = 0; i < theta.Length; i++) theta[i] -= rest * gradient[i];
            for (int pair = 0; pair < pairs; pair++)
            {
                ReadOnlySpan<double> v = top.Vector(pair);
                double component = 0, more = along(top.Values[pair]) - rest;
                for (int i = 0; i < theta.Length; i++) component += gradient[i] * v[i];
                for (int i = 0; i < theta.Length; i++) theta[i] -= more * component * v[i];
            }
        }

        return new(loss, sharpness, DescentPath.OscillationOf(points));
    }
}
