using HessianKernels.Krylov;

namespace HessianKernels.SecondMoment;

/// <summary>
/// The trace of the Gauss-Newton matrix by Bartlett's identity: <c>tr (1/n) sum_i J_i^T S_i J_i = E (1/n) sum_i ||g_i||^2</c>, the
/// gradients g_i being those of a negative log-likelihood at labels drawn from the model's own predictions, in place of the true ones.
/// </summary>
/// <remarks>Needs no Jacobian: a backward pass an example and draw. MATHEMATICS 3 (other losses); paper 000 A.7.</remarks>
public sealed class BartlettTrace
{
    private readonly List<double> _draws = [];

    /// <summary>The gradient of an example's loss at a label drawn from the model.</summary>
    /// <param name="example">Which, from 0.</param>
    /// <param name="draw">Which draw of labels, from 0: names, with the seed and the example, the label drawn.</param>
    /// <param name="seed">Names the labels.</param>
    /// <param name="gradient">g_i, <c>[d]</c>, to be overwritten.</param>
    public delegate void ModelGradient(int example, int draw, ulong seed, Span<double> gradient);

    /// <summary>The mean over the draws of labels so far, with its standard error; NaN where there are none.</summary>
    public SampleMean Estimate => SampleMean.Of([.. _draws]);

    /// <summary>Adds a draw of all the labels.</summary>
    /// <param name="gradients"><c>[n, d]</c>, every example's gradient at its drawn label.</param>
    /// <param name="examples">n, at least 1.</param>
    /// <exception cref="ArgumentException">The gradients are not n whole vectors.</exception>
    public void Add(ReadOnlySpan<double> gradients, int examples)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(examples, 1);
        if (gradients.IsEmpty || gradients.Length % examples != 0)
            throw new ArgumentException(
                $"Found {gradients.Length} elements; expected whole vectors of {examples} examples.", nameof(gradients));
        _draws.Add(Square(gradients) / examples);
    }

    /// <summary>Draws labels until there are as many draws as asked for.</summary>
    /// <param name="examples">n, at least 1.</param>
    /// <param name="parameters">d, at least 1.</param>
    /// <param name="draws">Draws of all labels, at least 1; the standard error needs 2.</param>
    /// <param name="gradient">The caller's model.</param>
    /// <param name="seed">Names the labels.</param>
    /// <param name="progress">Told the number of draws so far.</param>
    /// <param name="cancellation">Ends the run between two draws: the estimate so far is returned.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
    public static SampleMean Sample(
        int examples, int parameters, int draws, ModelGradient gradient, ulong seed = 0, IProgress<int>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(examples, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(parameters, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(draws, 1);
        ArgumentNullException.ThrowIfNull(gradient);
        BartlettTrace trace = new();
        double[] one = new double[parameters];
        for (int draw = 0; draw < draws && !cancellation.IsCancellationRequested; draw++)
        {
            double sum = 0;
            for (int i = 0; i < examples; i++)
            {
                gradient(i, draw, seed, one);
                sum += Square(one);
            }

            trace._draws.Add(sum / examples);
            progress?.Report(draw + 1);
        }

        return trace.Estimate;
    }

    private static double Square(ReadOnlySpan<double> x)
    {
        double sum = 0;
        foreach (double value in x) sum += value * value;
        return sum;
    }
}
