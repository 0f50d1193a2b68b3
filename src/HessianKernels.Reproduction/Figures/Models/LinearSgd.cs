using HessianKernels.SecondMoment;

namespace HessianKernels.Reproduction.Figures.Models;

/// <summary>
/// SGD on the linear model of a function space with one row an example, with heavy-ball momentum and weight decay:
/// <c>w' = w - eta (H_B + rho) w + mu (w - w_before)</c>. Its loss is <c>(1/2) w^T H w</c>; the first one is 1/2 on average a dimension.
/// </summary>
internal sealed class LinearSgd(FunctionSpace space, int batchSize, ulong seed, ulong stream)
{
    // Beyond this a path has diverged for good, and its numbers would soon be none.
    private const double Far = 1e60;
    private readonly RandomNumbers _random = new(seed, stream);

    /// <summary>The loss after each step, the first one at the start; a path that has gone beyond all bounds stays infinite.</summary>
    public double[] Losses(double learningRate, int steps, double momentum = 0, double weightDecay = 0,
        CancellationToken cancellation = default)
    {
        int n = space.Examples, m = space.Rank;
        int[] order = [.. Enumerable.Range(0, n)];
        double[] w = Start(m), before = [.. w], step = new double[m], losses = new double[steps + 1];
        losses[0] = Loss(w);
        for (int t = 1; t <= steps; t++)
        {
            if ((t & 255) == 0) cancellation.ThrowIfCancellationRequested();
            _random.Choose(batchSize, order);
            for (int a = 0; a < m; a++) step[a] = momentum * (w[a] - before[a]) - learningRate * weightDecay * w[a];
            for (int k = 0; k < batchSize; k++)
            {
                ReadOnlySpan<double> row = space.Factors.Slice(order[k] * m, m);
                double inner = 0;
                for (int a = 0; a < m; a++) inner += row[a] * w[a];
                inner *= learningRate / batchSize;
                for (int a = 0; a < m; a++) step[a] -= inner * row[a];
            }

            for (int a = 0; a < m; a++) (before[a], w[a]) = (w[a], w[a] + step[a]);
            losses[t] = Loss(w);
            if (losses[t] < Far) continue;
            Array.Fill(losses, double.PositiveInfinity, t, steps + 1 - t);
            break;
        }

        return losses;
    }

    /// <summary>The residuals z begin independent and standard normal: in the eigenbasis <c>sqrt(lambda_a) w_a</c> does.</summary>
    private double[] Start(int m)
    {
        double[] w = _random.Normals(m);
        for (int a = 0; a < m; a++) w[a] /= Math.Sqrt(space.Eigenvalues[a] * m);
        return w;
    }

    private double Loss(double[] w)
    {
        double loss = 0;
        for (int a = 0; a < w.Length; a++) loss += space.Eigenvalues[a] * w[a] * w[a];
        return loss / 2;
    }
}
