using HessianKernels.Dense;
using HessianKernels.Krylov;
using HessianKernels.SecondMoment;

namespace HessianKernels;

public static partial class StochasticEdge
{
    /// <summary>One set's analysis at one point after another; what they share is found once.</summary>
    private sealed class Analysis
    {
        private readonly FunctionSpace _space;
        private readonly StochasticEdgeOptions _options;
        private readonly long _bytes;
        private readonly IProgress<StochasticEdgeProgress>? _progress;
        private readonly CancellationToken _cancellation;
        private readonly LearningRateSweep? _sweep;
        private readonly IndefiniteExample? _indefinite;
        private readonly HashSet<(double Alpha, double Kappa)> _counted = [];
        private Coherence? _coherence;

        // Of the point at hand.
        private int _products;
        private bool _partial, _cut;

        public Analysis(
            FunctionSpace space, StochasticEdgeOptions options, long bytes, IProgress<StochasticEdgeProgress>? progress, bool single,
            CancellationToken cancellation)
        {
            (_space, _options, _bytes, _progress, _cancellation) = (space, options, bytes, progress, cancellation);
            if (options.IsPlain) _sweep = new(space, options.Numerics, single, options.Searches);
            _indefinite = FirstIndefinite(space);
        }

        public StochasticEdgeReport At(double learningRate, BatchSampling sampling)
        {
            (_products, _partial, _cut) = (0, false, false);
            (double mu, double rho) = (_options.Momentum, _options.WeightDecay);
            ReadOnlySpan<double> eigenvalues = _space.Eigenvalues;
            double trace = 0, largest = _space.Rank == 0 ? 0 : eigenvalues[0];
            foreach (double lambda in eigenvalues) trace += lambda;
            // A set of zeros has nothing that could grow but by too strong a weight decay.
            bool meanStable = _space.Rank == 0
                ? learningRate * rho < 2 * (1 + mu)
                : HeavyBall.Contracts(eigenvalues[0], learningRate, mu, rho) && HeavyBall.Contracts(eigenvalues[^1], learningRate, mu, rho);

            EdgeNoiseKernel kernel = _sweep is null
                ? WithMomentum(learningRate, sampling, trace)
                : Plain(_sweep, learningRate, sampling, trace);
            StochasticEdgeReport report = new()
            {
                LearningRate = learningRate, Sampling = sampling, Momentum = mu, WeightDecay = rho,
                Rows = _space.Rows, Rank = _space.Rank, LambdaMax = largest, Trace = trace,
                Indefinite = _indefinite, MeanStable = meanStable, NoiseKernel = kernel, Verdict = VerdictOf(meanStable, kernel.Exact),
                Bounds = [], OperatorApplications = 0, RequiredBytes = _bytes, Status = StochasticEdgeStatus.Complete,
            };
            if (_sweep is not null) report = AtTheEdge(_sweep, report);
            if (_options.Coherence && _indefinite is null && _coherence is null && !IsCut()) _coherence = CoherenceOfSet();
            report = report with { Coherence = _coherence };
            if (_sweep is not null && _space.Rank > 0) report = Diagnosed(report);
            return report with
            {
                Bounds = Criteria.Of(report),
                OperatorApplications = _products,
                Status = _cut ? StochasticEdgeStatus.Cancelled : _partial ? StochasticEdgeStatus.Partial : StochasticEdgeStatus.Complete,
            };
        }

        /// <summary>A Ritz value is never above the largest eigenvalue: a lower end above 1 stands whatever ended the search.</summary>
        private EdgeVerdict VerdictOf(bool meanStable, TopEigenvalue exact)
            => !meanStable ? EdgeVerdict.MeanUnstable
                : exact.Lower > 1 ? EdgeVerdict.NoiseUnstable
                : exact.Upper < 1 && HasConverged(exact) ? EdgeVerdict.Stable
                : EdgeVerdict.Undecided;

        private bool IsCut() => _cut |= _cancellation.IsCancellationRequested;

        /// <summary>
        /// A norm is held against 1: where it is all but 0, as of noise that cancels, rounding leaves a residual that is large against the
        /// norm and nothing against 1.
        /// </summary>
        private bool HasConverged(TopEigenvalue norm)
            => norm.Status == LanczosStatus.Converged
                || (norm.Status == LanczosStatus.Partial && norm.Radius <= _options.Numerics.Tolerance);

        private TopEigenvalue CountedNorm(TopEigenvalue norm)
        {
            bool partial = _partial;
            Counted(norm);
            _partial = partial | (!HasConverged(norm) && norm.Status != LanczosStatus.Cancelled);
            return norm;
        }

        /// <summary>Counts a search's products and takes note of how it ended.</summary>
        private TopEigenvalue Counted(TopEigenvalue found)
        {
            _products += found.OperatorApplications;
            _cut |= found.Status == LanczosStatus.Cancelled;
            _partial |= found.Status is LanczosStatus.Partial or LanczosStatus.NotFinite;
            return found;
        }

        private EdgeNoiseKernel Plain(LearningRateSweep sweep, double learningRate, BatchSampling sampling, double trace)
        {
            TopEigenvalue exact = CountedNorm(
                sweep.Exact(learningRate, sampling, Searching(StochasticEdgeStage.NoiseKernel), _cancellation));
            return new()
            {
                Exact = exact,
                Diagonal = IsCut()
                    ? null
                    : CountedNorm(
                        sweep.Diagonal(learningRate, sampling, Searching(StochasticEdgeStage.DiagonalNoiseKernel), _cancellation)),
                HighDimensional = NoiseKernel.HighDimensional(_space.Eigenvalues, _space.Rows, learningRate, sampling),
                HighDimensionalAsymptotic = NoiseKernel.HighDimensionalAsymptotic(_space.Eigenvalues, _space.Rows, learningRate, sampling),
                Trace = NoiseKernel.Trace(trace, _space.Rows, learningRate, sampling),
            };
        }

        private EdgeNoiseKernel WithMomentum(double learningRate, BatchSampling sampling, double trace) => new()
        {
            Exact = CountedNorm(_options.Searches is { } searches
                ? searches.ExactNoiseWithMomentum(
                    _space, learningRate, sampling, _options.Momentum, _options.WeightDecay, _options.Numerics,
                    Searching(StochasticEdgeStage.NoiseKernel), _cancellation)
                : NoiseKernel.ExactWithMomentum(
                    _space, learningRate, sampling, _options.Momentum, _options.WeightDecay, _options.Numerics,
                    Searching(StochasticEdgeStage.NoiseKernel), _cancellation)),
            HighDimensional = NoiseKernel.HighDimensionalWithMomentum(
                _space.Eigenvalues, _space.Rows, learningRate, sampling, _options.Momentum, _options.WeightDecay),
            Trace = _options.WeightDecay == 0
                ? NoiseKernel.TraceWithMomentum(trace, _space.Rows, learningRate, sampling, _options.Momentum) : null,
        };

        /// <summary>eta* and the contraction, which there are for SGD without momentum and weight decay alone.</summary>
        private StochasticEdgeReport AtTheEdge(LearningRateSweep sweep, StochasticEdgeReport report)
        {
            (double learningRate, BatchSampling sampling) = (report.LearningRate, report.Sampling);
            if (!IsCut())
            {
                CriticalLearningRate critical = sweep.CriticalLearningRate(
                    sampling, Searching(StochasticEdgeStage.CriticalLearningRate), _cancellation);
                bool had = !_counted.Add((sampling.Alpha, sampling.Kappa));
                // What a sweep had already is free.
                bool free = had && critical.Evidence.Status == LanczosStatus.Converged;
                Counted(free ? critical.Evidence with { OperatorApplications = 0 } : critical.Evidence);
                report = report with { CriticalLearningRate = critical };
            }

            if (_space.Rank > 0 && _options.Contraction && !IsCut())
            {
                _progress?.Report(new(StochasticEdgeStage.Contraction, 0));
                report = report with { Contraction = Contraction.Of(_space, learningRate, sampling, _options.Numerics) };
                // One product with the noise map.
                _products++;
            }

            return report;
        }

        /// <summary>lambda_max(T) and the typical path, of the same SGD, where they are asked for.</summary>
        private StochasticEdgeReport Diagnosed(StochasticEdgeReport report)
        {
            (double learningRate, BatchSampling sampling) = (report.LearningRate, report.Sampling);
            if (_options.SecondMomentEigenvalue && !IsCut())
            {
                SecondMomentOperator moment = new(_space, learningRate, sampling, _options.Numerics);
                TopEigenvalue top = Counted(moment.LargestEigenvalue(Searching(StochasticEdgeStage.SecondMomentEigenvalue), _cancellation));
                report = report with { SecondMomentEigenvalue = top };
            }

            if (_options.Lyapunov is not { } lyapunov || IsCut()) return report;
            return report with { Lyapunov = TypicalPath(learningRate, sampling, lyapunov) };
        }

        private LyapunovEstimate? TypicalPath(double learningRate, BatchSampling sampling, LyapunovOptions lyapunov)
        {
            try
            {
                LyapunovEstimate gamma = LyapunovExponent.Estimate(
                    _space, sampling, learningRate, lyapunov, Counting(StochasticEdgeStage.LyapunovExponent), _cancellation);
                _cut |= gamma.Status == LyapunovStatus.Cancelled;
                return gamma;
            }
            catch (OperationCanceledException) when (IsCut())
            {
                return null;
            }
        }

        private Coherence? CoherenceOfSet()
        {
            try
            {
                return Coherence.Of(_space, _options.Numerics.Threads, Counting(StochasticEdgeStage.Coherence), _cancellation);
            }
            catch (OperationCanceledException) when (IsCut())
            {
                return null;
            }
        }

        private Relay<LanczosProgress>? Searching(StochasticEdgeStage stage)
            => _progress is null ? null : new(look => _progress.Report(new(stage, look.OperatorApplications)));

        private Relay<int>? Counting(StochasticEdgeStage stage)
            => _progress is null ? null : new(done => _progress.Report(new(stage, done)));

        /// <summary>From the eigenvalues of <c>Phi_i^T S_i Phi_i</c>, of the first example with a sign.</summary>
        private static IndefiniteExample? FirstIndefinite(FunctionSpace space)
        {
            int r = space.Rows, m = space.Rank, negative = space.Signs.IndexOf(-1);
            if (negative < 0 || m == 0) return null;
            int example = negative / r;
            double[] matrix = new double[checked(m * m)], values = new double[m];
            for (int row = example * r; row < (example + 1) * r; row++)
            {
                ReadOnlySpan<double> phi = space.Factors.Slice(row * m, m);
                for (int a = 0; a < m; a++)
                    for (int b = 0; b <= a; b++) matrix[a * m + b] += space.Signs[row] * phi[a] * phi[b];
            }

            SymmetricEigendecomposition.Eigenvalues(matrix, m, values);
            return new(example, values[^1], Math.Max(values[0], -values[^1]));
        }
    }
}
