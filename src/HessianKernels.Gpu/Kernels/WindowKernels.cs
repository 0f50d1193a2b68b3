using System.Numerics;
using ILGPU;

namespace HessianKernels.Gpu.Kernels;

/// <summary>
/// What lies under the windows of images <c>[examples, Height, Width, Channels]</c>: a thread an element of the result, so that sums have
/// one order and nothing is added to by two. Grid <c>(chunks)</c>.
/// </summary>
internal static class WindowKernels<T, TOps>
    where T : unmanaged, INumber<T>
    where TOps : struct, IWide<T, T>
{
    /// <summary>
    /// <c>panel[(e, p, q), (c, i, j)] = x[e, p s + i - padding, q s + j - padding, c]</c>, 0 outside: a convolution's left factor.
    /// </summary>
    public static void Spread(ArrayView<T> x, ArrayView<T> panel, WindowSizes s, long length)
    {
        for (long at = Stride.First(); at < length; at += Stride.Step())
        {
            int row = Stride.Quotient(at, s.Line), place = (int)(at - (long)row * s.Line);
            int c = place / s.Area, ij = place - c * s.Area, i = ij / s.Size, j = ij - i * s.Size;
            int e = row / s.Windows, pq = row - e * s.Windows, p = pq / s.Columns, q = pq - p * s.Columns;
            int h = p * s.Stride + i - s.Padding, w = q * s.Stride + j - s.Padding;
            bool inside = h >= 0 & w >= 0 & h < s.Height & w < s.Width;
            panel[at] = inside ? x[(((long)e * s.Height + h) * s.Width + w) * s.Channels + c] : T.Zero;
        }
    }

    /// <summary>The adjoint: <c>x[e, h, w, c] (+)= </c> the panel's elements that were taken from there, window after window.</summary>
    public static void Collect(ArrayView<T> panel, ArrayView<T> x, WindowSizes s, long length, int accumulate)
    {
        for (long at = Stride.First(); at < length; at += Stride.Step())
        {
            Pixel o = Pixel.Of(at, s);
            T sum = T.Zero;
            for (int p = s.FirstWindow(o.Row); p < s.Rows & p * s.Stride <= o.Row + s.Padding; p++)
                for (int q = s.FirstWindow(o.Column); q < s.Columns & q * s.Stride <= o.Column + s.Padding; q++)
                {
                    int i = o.Row + s.Padding - p * s.Stride, j = o.Column + s.Padding - q * s.Stride;
                    sum += panel[((long)o.Example * s.Windows + p * s.Columns + q) * s.Line + o.Channel * s.Area + i * s.Size + j];
                }

            x[at] = accumulate != 0 ? x[at] + sum : sum;
        }
    }

    /// <summary>
    /// The largest under each window and channel, and its place in the image, the first of equals; the first NaN where there is one.
    /// </summary>
    public static void Maximum(ArrayView<T> x, ArrayView<T> y, ArrayView<T> chosen, WindowSizes s, long length)
    {
        for (long at = Stride.First(); at < length; at += Stride.Step())
        {
            Window o = Window.Of(at, s);
            int best = o.FirstRow * s.Width + o.FirstColumn;
            T most = x[o.Pixel(best, s)];
            for (int h = o.FirstRow; h < o.EndRow; h++)
                for (int w = o.FirstColumn; w < o.EndColumn; w++)
                {
                    T value = x[o.Pixel(h * s.Width + w, s)];
                    // A NaN is better than any number, and nothing is than it.
                    bool better = !double.IsNaN(TOps.Double(most)) & (value > most | double.IsNaN(TOps.Double(value)));
                    most = better ? value : most;
                    best = better ? h * s.Width + w : best;
                }

            y[at] = most;
            chosen[at] = TOps.Rounded(best);
        }
    }

    /// <summary><c>y = x</c> at the chosen places; 0 where one is not under its window.</summary>
    public static void Gather(ArrayView<T> x, ArrayView<T> chosen, ArrayView<T> y, WindowSizes s, long length)
    {
        for (long at = Stride.First(); at < length; at += Stride.Step())
        {
            Window o = Window.Of(at, s);
            int place = (int)TOps.Double(chosen[at]), h = place / s.Width, w = place - h * s.Width;
            bool under = h >= o.FirstRow & h < o.EndRow & w >= o.FirstColumn & w < o.EndColumn;
            y[at] = under ? x[o.Pixel(place, s)] : T.Zero;
        }
    }

    /// <summary>The adjoint: <c>dx</c> = the sum of dy over the windows that chose this pixel.</summary>
    public static void Scatter(ArrayView<T> dy, ArrayView<T> chosen, ArrayView<T> dx, WindowSizes s, long length)
    {
        for (long at = Stride.First(); at < length; at += Stride.Step())
        {
            Pixel o = Pixel.Of(at, s);
            T sum = T.Zero, place = TOps.Rounded(o.Row * s.Width + o.Column);
            for (int p = s.FirstWindow(o.Row); p < s.Rows & p * s.Stride <= o.Row + s.Padding; p++)
                for (int q = s.FirstWindow(o.Column); q < s.Columns & q * s.Stride <= o.Column + s.Padding; q++)
                {
                    long from = ((long)o.Example * s.Windows + p * s.Columns + q) * s.Channels + o.Channel;
                    if (chosen[from] == place) sum += dy[from];
                }

            dx[at] = sum;
        }
    }

    /// <summary><c>y = share sum</c> under each window and channel.</summary>
    public static void Average(ArrayView<T> x, ArrayView<T> y, WindowSizes s, long length, T share)
    {
        for (long at = Stride.First(); at < length; at += Stride.Step())
        {
            Window o = Window.Of(at, s);
            T sum = T.Zero;
            for (int h = o.FirstRow; h < o.EndRow; h++)
                for (int w = o.FirstColumn; w < o.EndColumn; w++) sum += x[o.Pixel(h * s.Width + w, s)];
            y[at] = share * sum;
        }
    }

    /// <summary>The adjoint: <c>dx = share</c> times the sum of dy over the windows that hold this pixel.</summary>
    public static void Distribute(ArrayView<T> dy, ArrayView<T> dx, WindowSizes s, long length, T share)
    {
        for (long at = Stride.First(); at < length; at += Stride.Step())
        {
            Pixel o = Pixel.Of(at, s);
            T sum = T.Zero;
            for (int p = s.FirstWindow(o.Row); p < s.Rows & p * s.Stride <= o.Row + s.Padding; p++)
                for (int q = s.FirstWindow(o.Column); q < s.Columns & q * s.Stride <= o.Column + s.Padding; q++)
                    sum += dy[((long)o.Example * s.Windows + p * s.Columns + q) * s.Channels + o.Channel];
            dx[at] = share * sum;
        }
    }
}
