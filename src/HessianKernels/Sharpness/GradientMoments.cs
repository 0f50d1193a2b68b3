using HessianKernels.SecondMoment;

namespace HessianKernels.Sharpness;

/// <summary>
/// Six means over the examples, of which the closed forms of sharpness along batches are made, for every batch size and scheme at once. g
/// and H are the means of the g_i and H_i.
/// </summary>
/// <remarks>
/// A quotient 0/0 is 0, as in Batch Sharpness; x/0 is an infinity with x's sign. From <see cref="ExampleDerivatives.Moments"/>.
/// </remarks>
public sealed record GradientMoments
{
    // In units of the square of the gradients' unit, where none leaves double's range for the gradients' sake.
    private readonly double _squared, _meanSquared, _full, _mean, _mixed, _own;

    internal GradientMoments(
        int examples, double scale, double squared, double meanSquared, double full, double mean, double mixed, double own)
    {
        (Examples, Scale) = (examples, scale);
        (_squared, _meanSquared, _full, _mean, _mixed, _own) = (squared, meanSquared, full, mean, mixed, own);
    }

    /// <summary>n, the number of examples.</summary>
    public int Examples { get; }

    /// <summary><c>||g||^2</c>; tr S_n of paper 001.</summary>
    public double SquaredGradient => Scale * _squared;

    /// <summary><c>(1/n) sum_i ||g_i||^2</c>; tr S_1 of paper 001.</summary>
    public double MeanSquaredGradient => Scale * _meanSquared;

    /// <summary><c>g^T H g</c>.</summary>
    public double FullForm => Scale * _full;

    /// <summary><c>(1/n) sum_i g_i^T H g_i</c>; tr(H S_1) of paper 001.</summary>
    public double MeanForm => Scale * _mean;

    /// <summary><c>(1/n) sum_i g_i^T H_i g</c>.</summary>
    public double MixedForm => Scale * _mixed;

    /// <summary><c>(1/n) sum_i g_i^T H_i g_i</c>.</summary>
    public double OwnForm => Scale * _own;

    private double Scale { get; }

    /// <summary>
    /// <c>E||g_B||^2 = kappa (1/n) sum_i ||g_i||^2 + alpha ||g||^2</c>; tr S_b of paper 001. Units of a squared gradient.
    /// </summary>
    /// <param name="sampling">How batches are drawn from these n examples.</param>
    /// <exception cref="ArgumentException">The sampling is of another number of examples.</exception>
    public double SquaredBatchGradient(BatchSampling sampling) => Scale * Squared(sampling);

    /// <summary><c>E[g_B^T H g_B] = kappa (1/n) sum_i g_i^T H g_i + alpha g^T H g</c>; tr(H S_b) of paper 001.</summary>
    /// <param name="sampling">How batches are drawn from these n examples.</param>
    /// <exception cref="ArgumentException">The sampling is of another number of examples.</exception>
    public double FullHessianForm(BatchSampling sampling) => Scale * Full(sampling);

    /// <summary>
    /// <c>E[g_B^T H_B g_B] = w3 g^T H g + w2 [ (1/n) sum_i g_i^T H g_i + (2/n) sum_i g_i^T H_i g ] + w1 (1/n) sum_i g_i^T H_i g_i</c>, the
    /// weights from the third moments of the draws: with replacement (b-1)(b-2)/b^2, (b-1)/b^2 and 1/b^2.
    /// </summary>
    /// <param name="sampling">How batches are drawn from these n examples; not custom.</param>
    /// <exception cref="ArgumentException">The sampling is of another number of examples, or custom.</exception>
    public double BatchHessianForm(BatchSampling sampling) => Scale * Batch(sampling);

    /// <summary>Interaction-aware sharpness, <c>E[g_B^T H g_B] / E||g_B||^2</c> (paper 001, eq. 2). At most lambda_max(H).</summary>
    /// <param name="sampling">How batches are drawn from these n examples.</param>
    /// <exception cref="ArgumentException">The sampling is of another number of examples.</exception>
    public double InteractionAwareSharpness(BatchSampling sampling) => Quotient(Full(sampling), Squared(sampling));

    /// <summary>
    /// Gradient-noise interaction, <c>E[g_B^T H g_B] / ||g||^2</c>: on a quadratic the expected loss rises in a step exactly where it is
    /// above 2/eta (paper 001, theorem 1). Infinite at a minimum that the examples do not share.
    /// </summary>
    /// <param name="sampling">How batches are drawn from these n examples.</param>
    /// <exception cref="ArgumentException">The sampling is of another number of examples.</exception>
    public double GradientNoiseInteraction(BatchSampling sampling) => Quotient(Full(sampling), _squared);

    /// <summary>
    /// rho_b, the concentration of the batch gradient, <c>||g||^2 / E||g_B||^2</c> (paper 001, eq. 15): from 0, all noise, to 1.
    /// </summary>
    /// <param name="sampling">How batches are drawn from these n examples.</param>
    /// <exception cref="ArgumentException">The sampling is of another number of examples.</exception>
    public double Concentration(BatchSampling sampling) => Quotient(_squared, Squared(sampling));

    /// <summary>Modified Batch Sharpness, <c>E[g_B^T H_B g_B] / E||g_B||^2</c> (paper 002, definition 7).</summary>
    /// <param name="sampling">How batches are drawn from these n examples; not custom.</param>
    /// <exception cref="ArgumentException">The sampling is of another number of examples, or custom.</exception>
    public double ModifiedBatchSharpness(BatchSampling sampling) => Quotient(Batch(sampling), Squared(sampling));

    private double Squared(BatchSampling sampling)
    {
        ThrowIfOther(sampling, Examples);
        return sampling.Kappa * _meanSquared + sampling.Alpha * _squared;
    }

    private double Full(BatchSampling sampling)
    {
        ThrowIfOther(sampling, Examples);
        return sampling.Kappa * _mean + sampling.Alpha * _full;
    }

    private double Batch(BatchSampling sampling)
    {
        ThrowIfOther(sampling, Examples);
        ThirdMoment weight = ThirdMoment.Of(sampling);
        return weight.Whole * _full + weight.Pair * (_mean + 2 * _mixed) + weight.Own * _own;
    }

    /// <summary>x / y, with 0/0 = 0.</summary>
    internal static double Quotient(double x, double y) => x == 0 && y == 0 ? 0 : x / y;

    internal static void ThrowIfOther(BatchSampling sampling, int examples)
    {
        ArgumentNullException.ThrowIfNull(sampling);
        if (sampling.Examples == examples) return;
        throw new ArgumentException(
            $"The sampling is from {sampling.Examples} examples; expected from the {examples} of the derivatives.", nameof(sampling));
    }
}
