using System.Runtime.InteropServices;

namespace HessianKernels.Krylov;

/// <summary>What the host knows of one batch item's trace, and how it makes an estimate of it.</summary>
/// <param name="capacity">Most test vectors of XTrace; 0 for the other methods.</param>
/// <param name="epsilon">That of the numbers that vectors are made of.</param>
internal sealed partial class TraceSamples(int capacity, double epsilon)
{
    /// <summary>Samples of the trace, or of the trace outside the range.</summary>
    public List<double> Samples { get; } = [];

    /// <summary>The exact trace on the range, where a method splits it off.</summary>
    public double RangeTrace { get; set; }

    /// <summary>Dimension of the range.</summary>
    public int Rank { get; set; }

    /// <summary>The trace on the range plus the mean of the samples outside it.</summary>
    /// <param name="nothingOutside">True where the range holds all of A.</param>
    public TraceEstimate Split(bool nothingOutside)
    {
        SampleMean mean = nothingOutside ? default : SampleMean.Of(CollectionsMarshal.AsSpan(Samples));
        return new() { Value = RangeTrace + mean.Value, StandardError = mean.StandardError, Samples = mean.Samples, RangeDimension = Rank };
    }
}
