namespace HessianKernels.Networks.Tensors;

public sealed unsafe partial class CpuTensorSpace<T>
{
    /// <inheritdoc/>
    public void Fill(double value, Span<T> x) => x.Fill(T.CreateTruncating(value));

    /// <inheritdoc/>
    public void Scale(double scale, Span<T> x)
    {
        T s = T.CreateTruncating(scale);
        for (int i = 0; i < x.Length; i++) x[i] *= s;
    }

    /// <inheritdoc/>
    public void AddScaled(double scale, Span<T> x, Span<T> y)
    {
        T s = T.CreateTruncating(scale);
        for (int i = 0; i < x.Length; i++) y[i] += s * x[i];
    }

    /// <inheritdoc/>
    public void Multiply(double scale, Span<T> x, Span<T> y, bool accumulate, Span<T> result)
    {
        T s = T.CreateTruncating(scale);
        for (int i = 0; i < x.Length; i++) result[i] = (accumulate ? result[i] : T.Zero) + s * x[i] * y[i];
    }

    /// <inheritdoc/>
    public void SumOfProducts(Span<T> a, Span<T> b, Span<T> c, Span<T> d, Span<T> result)
    {
        for (int i = 0; i < a.Length; i++) result[i] = a[i] * b[i] + c[i] * d[i];
    }

    /// <inheritdoc/>
    public void Power(double shift, double power, Span<T> x, Span<T> result)
    {
        for (int i = 0; i < x.Length; i++) result[i] = T.CreateTruncating(Math.Pow(double.CreateTruncating(x[i]) + shift, power));
    }
}
