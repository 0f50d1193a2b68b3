namespace HessianKernels.Networks.Training;

/// <summary>A rise and fall of the loss.</summary>
/// <param name="Start">The step at which the smoothed loss came above the factor times its level.</param>
/// <param name="Peak">The step at which the smoothed loss was highest.</param>
/// <param name="Level">The lowest smoothed loss before it.</param>
/// <param name="PeakLoss">The highest smoothed loss.</param>
/// <param name="End">The first step at which the smoothed loss was back below the square root of the factor times the level; null while it
/// is not.</param>
public sealed record Catapult(long Start, long Peak, double Level, double PeakLoss, long? End);

/// <summary>
/// Tells catapults (paper 002: a loss spike of sufficient size, after which training settles again) from the loss of each step.
/// </summary>
/// <remarks>
/// The loss is smoothed, <c>s += (l - s) b / n</c>, so that the luck of a batch is no catapult: with the full batch it is the loss itself.
/// The level is the lowest s since
/// the last catapult ended. One starts where s is above factor times the level, and ends where s is below sqrt(factor) times it.
/// </remarks>
public sealed class CatapultDetector
{
    private readonly double factor;
    // Replaced, never changed, so that a snapshot is a reference.
    private Catapult[] catapults = [];

    /// <summary>A detector that has seen nothing.</summary>
    /// <param name="factor">How many times its level the smoothed loss must reach, above 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The factor is not above 1.</exception>
    public CatapultDetector(double factor = 2)
    {
        if (!(factor > 1)) throw new ArgumentOutOfRangeException(nameof(factor), factor, $"Found {factor}; expected a number above 1.");
        this.factor = factor;
    }

    /// <summary>The catapults so far; the last may be under way.</summary>
    public IReadOnlyList<Catapult> Catapults => catapults;

    /// <summary>s; NaN before the first loss.</summary>
    public double Smoothed { get; private set; } = double.NaN;

    /// <summary>The lowest s that the next catapult is measured against.</summary>
    public double Level { get; private set; } = double.PositiveInfinity;

    /// <summary>Takes the loss of a step.</summary>
    /// <param name="step">Which.</param>
    /// <param name="loss">Its loss, finite.</param>
    /// <param name="fraction">b / n, in (0, 1].</param>
    public void Observe(long step, double loss, double fraction)
    {
        Smoothed = double.IsNaN(Smoothed) ? loss : Smoothed + fraction * (loss - Smoothed);
        if (catapults is [.., { End: null } current])
        {
            if (Smoothed > current.PeakLoss) catapults = [.. catapults[..^1], current with { Peak = step, PeakLoss = Smoothed }];
            else if (Smoothed < Math.Sqrt(factor) * current.Level)
            {
                catapults = [.. catapults[..^1], current with { End = step }];
                Level = Smoothed;
            }
        }
        else if (Smoothed > factor * Level) catapults = [.. catapults, new(step, step, Level, Smoothed, null)];
        else Level = Math.Min(Level, Smoothed);
    }

    internal void Restore(double smoothed, double level, IReadOnlyList<Catapult> earlier)
        => (Smoothed, Level, catapults) = (smoothed, level, earlier as Catapult[] ?? [.. earlier]);
}
