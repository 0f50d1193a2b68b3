using HessianKernels.SecondMoment;

namespace HessianKernels;

public static partial class StochasticEdge
{
    /// <summary>What each criterion says of a report's point.</summary>
    private static class Criteria
    {
        public static EdgeBound[] Of(StochasticEdgeReport report)
        {
            EdgeNoiseKernel k = report.NoiseKernel;
            bool plain = report is { Momentum: 0, WeightDecay: 0 };
            bool ordered = plain && report.Rows == 1 && report.Indefinite is null;
            EdgeBound[] bounds =
            [
                Norm(EdgeCriterion.Trace, k.Trace, provesAbove: double.PositiveInfinity),
                Norm(EdgeCriterion.HighDimensionalAsymptotic, k.HighDimensionalAsymptotic, provesAbove: double.PositiveInfinity),
                Norm(EdgeCriterion.HighDimensional, k.HighDimensional, provesAbove: ordered ? 1 : double.PositiveInfinity),
                // Proved by the interval's lower end.
                Norm(EdgeCriterion.Diagonal, k.Diagonal?.Value, provesAbove: 1 + (k.Diagonal is { Radius: > 0 } d ? d.Radius : 0)),
                Sufficient(EdgeCriterion.Contraction, report.Contraction?.Norm, 1),
                Sufficient(EdgeCriterion.ShiftedContraction, report.Contraction?.Shifted, 0),
                plain ? Theorem1(report) : None(EdgeCriterion.Theorem1),
                plain ? Theorem2(report) : None(EdgeCriterion.Theorem2),
            ];
            for (int i = 0; i < bounds.Length; i++)
            {
                bool? says = bounds[i].Verdict switch { EdgeBoundVerdict.Stable => true, EdgeBoundVerdict.Unstable => false, _ => null };
                bounds[i] = bounds[i] with { Agrees = says is null || report.Stable is null ? null : says == report.Stable };
            }

            return bounds;
        }

        /// <summary>A noise kernel norm: stable below 1; from 1 on it is not, which is proved where it is above a number.</summary>
        private static EdgeBound Norm(EdgeCriterion criterion, double? value, double provesAbove)
            => value is not { } x || double.IsNaN(x) ? None(criterion)
                : new(criterion, x, 1, x < 1 ? EdgeBoundVerdict.Stable : EdgeBoundVerdict.Unstable, x > provesAbove, null);

        private static EdgeBound Sufficient(EdgeCriterion criterion, double? value, double threshold)
            => value is not { } x ? None(criterion)
                : new(criterion, x, threshold, x < threshold ? EdgeBoundVerdict.Stable : EdgeBoundVerdict.Silent, x < threshold, null);

        private static EdgeBound Theorem1(StochasticEdgeReport report)
        {
            CoherenceInstability? found = report.Coherence?.Theorem1(report.Sampling, report.LearningRate);
            if (found is not { Verdict: not TheoremVerdict.NotApplicable } theorem) return None(EdgeCriterion.Theorem1);
            bool holds = theorem.Verdict == TheoremVerdict.Holds;
            return new(
                EdgeCriterion.Theorem1, report.LambdaMax, Math.Min(theorem.MeanThreshold, theorem.NoiseThreshold),
                holds ? EdgeBoundVerdict.Unstable : EdgeBoundVerdict.Silent, holds, null);
        }

        private static EdgeBound Theorem2(StochasticEdgeReport report)
        {
            CoherenceStability? found = report.Coherence?.Theorem2(report.Sampling, report.LearningRate);
            if (found is not { Verdict: not TheoremVerdict.NotApplicable } theorem) return None(EdgeCriterion.Theorem2);
            bool holds = theorem.Verdict == TheoremVerdict.Holds;
            return new(EdgeCriterion.Theorem2, report.LambdaMax, theorem.Threshold,
                holds ? EdgeBoundVerdict.Possible : EdgeBoundVerdict.Silent, holds, null);
        }

        private static EdgeBound None(EdgeCriterion criterion)
            => new(criterion, double.NaN, double.NaN, EdgeBoundVerdict.NotApplicable, false, null);
    }
}
