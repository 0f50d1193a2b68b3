namespace HessianKernels.SecondMoment;

/// <summary>What became of a path.</summary>
public enum PathOutcome
{
    /// <summary>Neither limit was reached in the steps made.</summary>
    Undecided,

    /// <summary>It shrank to the lower limit.</summary>
    Converged,

    /// <summary>It grew to the upper limit.</summary>
    Diverged,
}

/// <summary>One path at one learning rate.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Steps">The step at which it was decided; all steps made where it was not.</param>
/// <param name="LogGrowth"><c>log(||w_t|| / ||w_0||)</c> after those steps.</param>
public readonly record struct SgdPath(PathOutcome Outcome, int Steps, double LogGrowth);

/// <summary>
/// Seeded paths of linearised SGD, <c>w_{t+1} = (I - eta H_B) w_t</c>, on the range of the curvatures: what a stability criterion is held against.
/// </summary>
/// <remarks>
/// A path starts in a random direction, and is decided at the first step at which its length reaches a limit. Path p has the same batches at every learning rate. That a path
/// converges is of the typical path (<see cref="LyapunovExponent"/>): it may do so where the mean square diverges.
/// </remarks>
public sealed class SgdPaths
{
    private readonly SgdPath[] _paths;

    private SgdPaths(double learningRate, SgdPath[] paths, bool cancelled) => (LearningRate, _paths, IsCancelled) = (learningRate, paths, cancelled);

    /// <summary>eta.</summary>
    public double LearningRate { get; }

    /// <summary>The paths.</summary>
    public ReadOnlySpan<SgdPath> Paths => _paths;

    /// <summary>Paths that converged.</summary>
    public int Converged => Count(PathOutcome.Converged);

    /// <summary>Paths that diverged.</summary>
    public int Diverged => Count(PathOutcome.Diverged);

    /// <summary>Paths that did neither.</summary>
    public int Undecided => Count(PathOutcome.Undecided);

    /// <summary>Whether the run was cancelled before all steps were made.</summary>
    public bool IsCancelled { get; }

    /// <summary>Simulates paths at several learning rates.</summary>
    /// <param name="space">The set, not zero.</param>
    /// <param name="sampling">How batches are drawn; not custom.</param>
    /// <param name="learningRates">Each above 0, in any order.</param>
    /// <param name="options">Paths, steps, limits, seed; the defaults where null.</param>
    /// <param name="progress">Told the number of steps made.</param>
    /// <param name="cancellation">Cancelling gives the paths as far as they are.</param>
    /// <returns>The paths of each learning rate, the same bits as it gives alone.</returns>
    /// <exception cref="ArgumentException">The set is zero, there is no learning rate, the sampling is custom or of another number of examples.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static SgdPaths[] Simulate(
        FunctionSpace space, BatchSampling sampling, ReadOnlySpan<double> learningRates, SgdPathOptions? options = null, IProgress<int>? progress = null,
        CancellationToken cancellation = default)
    {
        RandomProducts.Check(space, sampling, learningRates);
        options ??= SgdPathOptions.Default;
        options.Check();
        double low = Math.Log(options.ConvergedAt), high = Math.Log(options.DivergedAt);
        RandomProducts products = new(space, sampling, learningRates, options.Paths, options.Seed, options.Threads, low, high);
        products.AdvanceTo(options.Steps, progress is null ? null : progress.Report, cancellation);
        SgdPaths[] result = new SgdPaths[learningRates.Length];
        for (int l = 0; l < result.Length; l++)
        {
            SgdPath[] paths = new SgdPath[options.Paths];
            bool undecided = false;
            for (int p = 0; p < paths.Length; p++)
            {
                int at = p * result.Length + l, ended = products.EndedAt[at];
                double growth = products.LogNorms[at];
                undecided |= ended < 0;
                // Beyond the range of double it has no number, and has diverged.
                PathOutcome outcome = ended < 0 ? PathOutcome.Undecided : growth <= low ? PathOutcome.Converged : PathOutcome.Diverged;
                paths[p] = new(outcome, ended < 0 ? products.Steps : ended, growth);
            }

            result[l] = new(learningRates[l], paths, undecided && products.Steps < options.Steps);
        }

        return result;
    }

    private int Count(PathOutcome outcome)
    {
        int count = 0;
        foreach (SgdPath path in _paths) count += path.Outcome == outcome ? 1 : 0;
        return count;
    }
}
