namespace HessianKernels.Networks.Tensors;

public sealed unsafe partial class CpuTensorSpace<T>
{
    /// <inheritdoc/>
    public void SumGroups(GroupShape shape, double scale, Span<T> x, bool accumulate, Span<T> result)
    {
        for (int o = 0; o < shape.Outer; o++)
            for (int i = 0; i < shape.Inner; i++)
            {
                double sum = 0;
                for (int c = 0; c < shape.Count; c++) sum += double.CreateTruncating(x[(o * shape.Count + c) * shape.Inner + i]);
                ref T at = ref result[o * shape.Inner + i];
                at = T.CreateTruncating((accumulate ? double.CreateTruncating(at) : 0) + scale * sum);
            }
    }

    /// <inheritdoc/>
    public void DotGroups(GroupShape shape, double scale, Span<T> x, Span<T> y, bool accumulate, Span<T> result)
    {
        for (int o = 0; o < shape.Outer; o++)
            for (int i = 0; i < shape.Inner; i++)
            {
                double sum = 0;
                for (int c = 0; c < shape.Count; c++)
                {
                    int at = (o * shape.Count + c) * shape.Inner + i;
                    sum += double.CreateTruncating(x[at]) * double.CreateTruncating(y[at]);
                }

                ref T to = ref result[o * shape.Inner + i];
                to = T.CreateTruncating((accumulate ? double.CreateTruncating(to) : 0) + scale * sum);
            }
    }

    /// <inheritdoc/>
    public void AddToGroups(GroupShape shape, double scale, Span<T> shift, Span<T> y)
    {
        T s = T.CreateTruncating(scale);
        for (int o = 0; o < shape.Outer; o++)
            for (int c = 0; c < shape.Count; c++)
                for (int i = 0; i < shape.Inner; i++) y[(o * shape.Count + c) * shape.Inner + i] += s * shift[o * shape.Inner + i];
    }

    /// <inheritdoc/>
    public void ScaleGroups(GroupShape shape, Span<T> factor, Span<T> x, bool accumulate, Span<T> result)
    {
        for (int o = 0; o < shape.Outer; o++)
            for (int c = 0; c < shape.Count; c++)
                for (int i = 0; i < shape.Inner; i++)
                {
                    int at = (o * shape.Count + c) * shape.Inner + i;
                    result[at] = (accumulate ? result[at] : T.Zero) + factor[o * shape.Inner + i] * x[at];
                }
    }

    /// <inheritdoc/>
    public void Softmax(int rows, int columns, Span<T> z, Span<T> p, Span<T> logSumExp)
    {
        for (int r = 0; r < rows; r++)
        {
            Span<T> from = z.Slice(r * columns, columns), to = p.Slice(r * columns, columns);
            double largest = double.NegativeInfinity, sum = 0;
            foreach (T value in from) largest = Math.Max(largest, double.CreateTruncating(value));
            foreach (T value in from) sum += Math.Exp(double.CreateTruncating(value) - largest);
            double lse = largest + Math.Log(sum);
            for (int c = 0; c < columns; c++) to[c] = T.CreateTruncating(Math.Exp(double.CreateTruncating(from[c]) - lse));
            logSumExp[r] = T.CreateTruncating(lse);
        }
    }
}
