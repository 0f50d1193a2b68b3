namespace HessianKernels.SecondMoment;

public static partial class LyapunovExponent
{
    // As many at once as make the rows of a batch, once they are in the cache, worth their reading.
    private const int RatesAtOnce = 12;

    /// <summary>The critical learning rate of the typical path: the first at which gamma is found to cross zero from below.</summary>
    /// <remarks>
    /// Every learning rate sees the same batches, so that the estimate of gamma is one curve, whose crossing is found to <paramref name="relativeTolerance"/> by cutting a
    /// bracket into 13 at a time. How far that curve lies from gamma is another matter: the interval from <see cref="TypicalLearningRate.Lower"/> to
    /// <see cref="TypicalLearningRate.Upper"/> is made of learning rates tried whose sign is sure to two standard errors. The first cuts double the learning rate from
    /// where no batch of b examples can make a vector grow to <c>4 / lambda_max</c> and above; should gamma cross zero more than once between two of them, one crossing is found.
    /// </remarks>
    /// <param name="space">The set, not zero.</param>
    /// <param name="sampling">How batches are drawn; not custom.</param>
    /// <param name="options">Runs, steps, seed; the defaults where null.</param>
    /// <param name="relativeTolerance">Of the crossing, in (0, 1).</param>
    /// <param name="progress">Told the number of learning rates tried.</param>
    /// <param name="cancellation">Cancelling gives the bracket so far with the status Cancelled.</param>
    /// <exception cref="ArgumentException">The set is zero, the sampling is custom or of another number of examples.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static TypicalLearningRate CriticalLearningRate(
        FunctionSpace space, BatchSampling sampling, LyapunovOptions? options = null, double relativeTolerance = 1e-3, IProgress<int>? progress = null,
        CancellationToken cancellation = default)
    {
        RandomProducts.Check(space, sampling, [1]);
        if (!(relativeTolerance > 0 && relativeTolerance < 1))
            throw new ArgumentOutOfRangeException(nameof(relativeTolerance), relativeTolerance, $"Found {relativeTolerance}; expected 0 < relativeTolerance < 1.");
        options ??= LyapunovOptions.Default;
        options.Check();
        Curve curve = new(rates => Estimate(space, sampling, rates, options, null, cancellation), progress);
        try
        {
            if (!curve.Bracket(2 / SharpestTrace(space), 4 / space.EigenvaluesArray.Max(Math.Abs)))
                return curve.Result(double.NaN, double.NaN, TypicalLearningRateStatus.NotBracketed);
            while (curve.High.LearningRate > curve.Low.LearningRate * (1 + relativeTolerance)) curve.Cut();
            (double value, double slope) = curve.Crossing();
            // Where the sign should be sure: the standard error over the slope, and a little further.
            double half = Math.Max(2 * curve.Low.StandardError / slope, relativeTolerance * value);
            double[] beside = [.. ((double[])[-2, -1.5, -1.2, -1, 1, 1.2, 1.5, 2]).Select(factor => value + factor * half).Where(rate => rate > 0 && double.IsFinite(rate))];
            if (beside.Length > 0) curve.Try(beside);
            return curve.Result(value, slope, TypicalLearningRateStatus.Converged);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return curve.Result(Math.Sqrt(curve.Low.LearningRate * curve.High.LearningRate), double.NaN, TypicalLearningRateStatus.Cancelled);
        }
    }

    /// <summary>max_i tr |H_i|: below 2 over it, I - eta H_B lets no vector grow where every H_i is positive semidefinite and a batch has its size.</summary>
    private static double SharpestTrace(FunctionSpace space)
    {
        int length = space.Rows * space.Rank;
        double sharpest = 0;
        for (int i = 0; i < space.Examples; i++)
        {
            double sum = 0;
            foreach (double x in space.Factors.Slice(i * length, length)) sum += x * x;
            sharpest = Math.Max(sharpest, sum);
        }

        return sharpest;
    }

    private delegate LyapunovEstimate[] Estimates(ReadOnlySpan<double> learningRates);

    /// <summary>gamma where it has been estimated, and two learning rates it crosses zero between.</summary>
    private sealed class Curve(Estimates estimates, IProgress<int>? progress)
    {
        private const int MostDoublings = 60;
        private readonly SortedList<double, LyapunovEstimate> _tried = [];
        private int _count;

        public LyapunovEstimate Low { get; private set; } = new() { LearningRate = double.NaN };

        public LyapunovEstimate High { get; private set; } = new() { LearningRate = double.NaN };

        public void Try(ReadOnlySpan<double> learningRates)
        {
            LyapunovEstimate[] found = estimates(learningRates);
            // A part of the steps is another curve.
            if (found[0].Status == LyapunovStatus.Cancelled) throw new OperationCanceledException();
            foreach (LyapunovEstimate estimate in found) _tried[estimate.LearningRate] = estimate;
            progress?.Report(_count += found.Length);
        }

        /// <summary>Doubles from one learning rate to another, then on in both directions, until a crossing shows.</summary>
        public bool Bracket(double from, double to)
        {
            double low = from / 2, high = from;
            for (int doublings = 0; doublings < MostDoublings;)
            {
                double[] rates = new double[RatesAtOnce];
                for (int i = 0; i < rates.Length; i++, doublings++) (rates[i], high) = (high, 2 * high);
                if (!double.IsFinite(high)) break;
                Try(rates);
                if (FindCrossing() && high > to) return true;
                if (high > to && _tried.Values[^1].Value >= 0) break;
            }

            if (FindCrossing()) return true;
            for (int halvings = 0; halvings < MostDoublings && low > 0; )
            {
                double[] rates = new double[RatesAtOnce];
                for (int i = 0; i < rates.Length; i++, halvings++) (rates[i], low) = (low, low / 2);
                if (rates[^1] == 0) break;
                Try(rates);
                if (FindCrossing()) return true;
            }

            return false;
        }

        /// <summary>Cuts the bracket into pieces of equal ratio and keeps the first that has the crossing.</summary>
        public void Cut()
        {
            double low = Low.LearningRate, ratio = High.LearningRate / low;
            double[] rates = new double[RatesAtOnce];
            for (int i = 0; i < rates.Length; i++) rates[i] = low * Math.Pow(ratio, (i + 1.0) / (rates.Length + 1));
            Try(rates);
            FindCrossing();
        }

        /// <summary>The zero of the line through the bracket's ends, and its slope; the bracket's middle where an end is infinite.</summary>
        public (double Value, double Slope) Crossing()
        {
            double width = High.LearningRate - Low.LearningRate, slope = (High.Value - Low.Value) / width;
            double share = double.IsFinite(slope) && slope > 0 ? -Low.Value / (High.Value - Low.Value) : 0.5;
            return (Low.LearningRate + share * width, slope);
        }

        public TypicalLearningRate Result(double value, double slope, TypicalLearningRateStatus status)
        {
            double lower = 0, upper = double.PositiveInfinity;
            foreach (LyapunovEstimate e in _tried.Values)
            {
                if (e.LearningRate <= value && e.Value + 2 * e.StandardError < 0) lower = e.LearningRate;
                if (e.LearningRate >= value && e.Value - 2 * e.StandardError > 0) upper = Math.Min(upper, e.LearningRate);
            }

            return new(value, lower, upper, slope, _count, status);
        }

        /// <summary>The first neighbours, in ascending order, of which the lower has gamma below zero and the upper does not.</summary>
        private bool FindCrossing()
        {
            for (int i = 1; i < _tried.Count; i++)
            {
                if (!(_tried.Values[i - 1].Value < 0) || _tried.Values[i].Value < 0) continue;
                (Low, High) = (_tried.Values[i - 1], _tried.Values[i]);
                return true;
            }

            return false;
        }
    }
}
