using HessianKernels.Kernels;
using HessianKernels.Spaces;

namespace HessianKernels.Conformance;

/// <summary>A vector space of the required members and nothing else: plain loops in double over opaque views, an item at a time.</summary>
/// <param name="batch">Number of independent problems.</param>
/// <param name="length">Number of elements of a vector.</param>
/// <param name="readInterval">What the space says of reading: above 1 it plays a device.</param>
/// <param name="stride">Elements from one vector to the next; the length where null.</param>
public sealed class OpaqueSpace(int batch, int length, int readInterval = 1, int? stride = null) : IVectorSpace<OpaqueVector>
{
    public int Batch => batch;

    public int Length => length;

    public int Stride => stride ?? length;

    public double Epsilon => double.BitIncrement(1) - 1;

    public int ReadInterval => readInterval;

    /// <summary>Times that an algorithm has waited for the host.</summary>
    public int Reads { get; private set; }

    public OpaqueVector Slice(OpaqueVector view, long start, long count) => view.Part(start, count);

    public void Copy(OpaqueVector source, OpaqueVector destination) => source.Numbers.CopyTo(destination.Numbers);

    public void Read(OpaqueVector source, Span<double> destination)
    {
        Reads++;
        source.Numbers.CopyTo(destination);
    }

    public void Write(ReadOnlySpan<double> source, OpaqueVector destination) => source.CopyTo(destination.Numbers);

    public void Random(RandomDistribution distribution, ulong seed, ulong stream, OpaqueVector result)
    {
        for (int b = 0; b < batch; b++)
            for (int i = 0; i < length; i++)
                Item(result, 0, b)[i] = Draw(distribution, seed, stream, i);
    }

    public void Dot(OpaqueVector x, OpaqueVector y, OpaqueVector result)
    {
        for (int b = 0; b < batch; b++) result.Numbers[b] = Product(Item(x, 0, b), Item(y, 0, b));
    }

    public void SubtractScaled(OpaqueVector scale, OpaqueVector x, OpaqueVector y)
    {
        for (int b = 0; b < batch; b++) Subtract(scale.Numbers[b], Item(x, 0, b), Item(y, 0, b));
    }

    public void SubtractScaled(OpaqueVector scale1, OpaqueVector x1, OpaqueVector scale2, OpaqueVector x2, OpaqueVector y)
    {
        SubtractScaled(scale1, x1, y);
        SubtractScaled(scale2, x2, y);
    }

    public void Normalize(OpaqueVector x, OpaqueVector norm)
    {
        for (int b = 0; b < batch; b++)
        {
            Span<double> xb = Item(x, 0, b);
            double size = norm.Numbers[b] = NormOf(xb);
            for (int i = 0; i < length && size != 0; i++) xb[i] /= size;
        }
    }

    public void Divide(OpaqueVector scale, OpaqueVector x)
    {
        for (int b = 0; b < batch; b++)
        {
            double by = scale.Numbers[b];
            if (by == 0) continue;
            foreach (ref double number in Item(x, 0, b)) number /= by;
        }
    }

    public void DivideWhere(
        OpaqueVector measure, OpaqueVector bound, OpaqueVector x, OpaqueVector y, OpaqueVector otherwise, OpaqueVector result)
    {
        for (int b = 0; b < batch; b++)
            result.Numbers[b] = measure.Numbers[b] > bound.Numbers[b] ? x.Numbers[b] / y.Numbers[b] : otherwise.Numbers[b];
    }

    public void Project(OpaqueVector basis, int count, OpaqueVector y, OpaqueVector coefficients)
    {
        for (int b = 0; b < batch; b++)
            for (int j = 0; j < count; j++)
                coefficients.Numbers[j * batch + b] = Product(Item(basis, j, b), Item(y, 0, b));
    }

    public void Orthogonalize(
        OpaqueVector basis, int count, OpaqueVector reference, OpaqueVector y, OpaqueVector coefficients, OpaqueVector norm, OpaqueVector secondPasses)
    {
        for (int b = 0; b < batch; b++)
        {
            for (int j = 0; j < count; j++) coefficients.Numbers[j * batch + b] = 0;
            Span<double> yb = Item(y, 0, b);
            double before = NormOf(yb), noise = 10 * Epsilon * Math.Max(before, reference.Numbers[b]);
            double after = Pass(basis, count, b, yb, coefficients);
            bool accepted = after >= 0.83 * before;
            if (after > noise && !accepted)
            {
                secondPasses.Numbers[b]++;
                double once = after;
                after = Pass(basis, count, b, yb, coefficients);
                accepted = after >= 0.83 * once;
            }

            if (!accepted || after <= noise)
            {
                yb.Clear();
                after = 0;
            }

            norm.Numbers[b] = after;
        }
    }

    public void Combine(OpaqueVector basis, int count, OpaqueVector coefficients, int resultCount, OpaqueVector result)
    {
        double[] made = new double[resultCount * batch * length];
        for (int r = 0; r < resultCount; r++)
            for (int b = 0; b < batch; b++)
                for (int j = 0; j < count; j++)
                    Subtract(
                        -coefficients.Numbers[(j * resultCount + r) * batch + b], Item(basis, j, b), made.AsSpan((r * batch + b) * length, length));
        for (int row = 0; row < resultCount * batch; row++) made.AsSpan(row * length, length).CopyTo(Item(result, 0, row));
    }

    private double Pass(OpaqueVector basis, int count, int b, Span<double> y, OpaqueVector coefficients)
    {
        double[] projections = new double[count];
        for (int j = 0; j < count; j++) projections[j] = Product(Item(basis, j, b), y);
        for (int j = 0; j < count; j++)
        {
            Subtract(projections[j], Item(basis, j, b), y);
            coefficients.Numbers[j * batch + b] += projections[j];
        }

        return NormOf(y);
    }

    private Span<double> Item(OpaqueVector view, int vector, int b) => view.Numbers.Slice((vector * batch + b) * Stride, length);

    private static double Draw(RandomDistribution distribution, ulong seed, ulong stream, int i)
    {
        if (distribution == RandomDistribution.Normal)
        {
            (double even, double odd) = Philox.NormalPair(seed, stream, (ulong)i / 2);
            return i % 2 == 0 ? even : odd;
        }

        return ((Philox.Block(seed, stream, (ulong)i / 32).Item1 >> (i % 32)) & 1) == 0 ? 1 : -1;
    }

    private static double Product(Span<double> x, Span<double> y)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i++) sum += x[i] * y[i];
        return sum;
    }

    private static void Subtract(double scale, Span<double> x, Span<double> y)
    {
        for (int i = 0; i < x.Length; i++) y[i] -= scale * x[i];
    }

    private static double NormOf(Span<double> x)
    {
        double largest = 0, sum = 0;
        foreach (double element in x) largest = Math.Max(largest, Math.Abs(element));
        if (largest == 0 || !double.IsFinite(largest)) return largest;
        foreach (double element in x) sum += element / largest * (element / largest);
        return largest * Math.Sqrt(sum);
    }
}
