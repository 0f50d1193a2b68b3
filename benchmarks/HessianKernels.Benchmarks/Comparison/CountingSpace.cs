using HessianKernels.Spaces;

namespace HessianKernels.Benchmarks.Comparison;

/// <summary>Bytes that the passes of a run read and write, each operand of each pass once, and its products.</summary>
internal sealed class Traffic
{
    public long Read { get; private set; }
    public long Written { get; private set; }
    public int Products { get; set; }

    public void Add(long vectorsRead, long vectorsWritten, long length)
        => (Read, Written) = (Read + 8 * vectorsRead * length, Written + 8 * vectorsWritten * length);
}

/// <summary>
/// The CPU space, counting. Vectors of n numbers read and written:
/// <code>
///  Dot               2      -        Project(m)                m + 1       -
///  SubtractScaled    2      1        Orthogonalize(m), p passes  1 + 2 p (m + 1)   p
///   of two vectors   3      1
///  Normalize         2      1        Combine(m, r)             m           r
///  Copy              1      1        Random                    -           1
/// </code>
/// </summary>
internal readonly struct CountingSpace(CpuSpace<double> space, Traffic traffic) : IVectorSpace<Span<double>>
{
    public int Batch => space.Batch;
    public int Length => space.Length;
    public int Stride => space.Stride;
    public double Epsilon => space.Epsilon;
    public int ReadInterval => space.ReadInterval;

    public Span<double> Slice(Span<double> view, long start, long count) => space.Slice(view, start, count);

    public void Read(Span<double> source, Span<double> destination) => space.Read(source, destination);

    public void Write(ReadOnlySpan<double> source, Span<double> destination) => space.Write(source, destination);

    public void Copy(Span<double> source, Span<double> destination)
    {
        traffic.Add(1, 1, source.Length);
        space.Copy(source, destination);
    }

    public void Random(RandomDistribution distribution, ulong seed, ulong stream, Span<double> result)
    {
        traffic.Add(0, 1, Length);
        space.Random(distribution, seed, stream, result);
    }

    public void Dot(Span<double> x, Span<double> y, Span<double> result)
    {
        traffic.Add(2, 0, Length);
        space.Dot(x, y, result);
    }

    public void SubtractScaled(Span<double> scale, Span<double> x, Span<double> y)
    {
        traffic.Add(2, 1, Length);
        space.SubtractScaled(scale, x, y);
    }

    public void SubtractScaled(Span<double> scale1, Span<double> x1, Span<double> scale2, Span<double> x2, Span<double> y)
    {
        traffic.Add(3, 1, Length);
        space.SubtractScaled(scale1, x1, scale2, x2, y);
    }

    public void Normalize(Span<double> x, Span<double> norm)
    {
        traffic.Add(2, 1, Length);
        space.Normalize(x, norm);
    }

    public void Divide(Span<double> scale, Span<double> x)
    {
        traffic.Add(1, 1, Length);
        space.Divide(scale, x);
    }

    public void DivideWhere(
        Span<double> measure, Span<double> bound, Span<double> x, Span<double> y, Span<double> otherwise, Span<double> result)
        => space.DivideWhere(measure, bound, x, y, otherwise, result);

    public void Project(Span<double> basis, int count, Span<double> y, Span<double> coefficients)
    {
        traffic.Add(count + 1, 0, Length);
        space.Project(basis, count, y, coefficients);
    }

    public void Orthogonalize(
        Span<double> basis, int count, Span<double> reference, Span<double> y, Span<double> coefficients, Span<double> norm, Span<double> secondPasses)
    {
        double before = secondPasses[0];
        space.Orthogonalize(basis, count, reference, y, coefficients, norm, secondPasses);
        int passes = 1 + (int)(secondPasses[0] - before);
        traffic.Add(1 + 2L * passes * (count + 1), passes, Length);
    }

    public void Combine(Span<double> basis, int count, Span<double> coefficients, int resultCount, Span<double> result)
    {
        traffic.Add(count, resultCount, Length);
        space.Combine(basis, count, coefficients, resultCount, result);
    }
}

/// <summary>An operator whose products are counted, in number, bytes and seconds.</summary>
internal sealed class CountedOperator(CheapOperator matrix, Traffic traffic) : ILinearOperator<Span<double>>
{
    public int Batch => 1;

    public int Length => matrix.Length;

    public double Seconds { get; set; }

    public void Apply(Span<double> input, Span<double> output)
    {
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        matrix.Apply(input, output);
        Seconds += System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds;
        traffic.Add(matrix.VectorsRead, 1, Length);
        traffic.Products++;
    }
}
