using HessianKernels.Networks.Tensors;
using Xunit;

namespace HessianKernels.Conformance;

public abstract partial class TensorSpaceConformance<TView>
{
    private static readonly (WindowShape Shape, int Outputs, int Examples)[] Convolutions =
    [
        (new(new(5, 4, 3), 3, 1, 1), 4, 0), (new(new(1, 1, 1), 1, 1, 0), 1, 1), (new(new(5, 4, 3), 3, 1, 1), 4, 2), (new(new(6, 6, 3), 3, 1, 0), 8, 3),
        (new(new(7, 5, 2), 3, 2, 1), 5, 2), (new(new(4, 4, 5), 1, 1, 0), 6, 3), (new(new(5, 5, 4), 1, 2, 0), 3, 2), (new(new(2, 3, 2), 5, 1, 4), 3, 1),
        (new(new(8, 8, 17), 5, 3, 2), 9, 2), (new(new(1, 9, 16), 1, 1, 0), 17, 2), (new(new(3, 3, 33), 3, 1, 1), 16, 2), (new(new(4, 3, 1), 2, 1, 1), 1, 30),
        (new(new(20, 20, 3), 3, 1, 1), 8, 7), (new(new(9, 9, 8), 4, 4, 0), 5, 3), (new(new(13, 2, 3), 2, 1, 0), 2, 2),
        .. KernelSizes.All.Where(n => n > 0).SelectMany(n => ((WindowShape, int, int)[])
            [(new(new(1, n, 1), 3, 1, 1), 2, 1), (new(new(1, 2, n), 1, 1, 0), 1, 1), (new(new(2, 1, 1), 1, 1, 0), n, 1), (new(new(1, 1, 2), 1, 1, 0), 1, n)]),
    ];

    /// <summary>What ties an input, a weight and an output of a convolution together.</summary>
    private readonly record struct Tap(int X, int W, int Y);

    private static IEnumerable<Tap> Taps(WindowShape s, int outputs, int examples, int strideW)
    {
        for (int e = 0; e < examples; e++)
            for (int p = 0; p < s.OutputHeight; p++)
                for (int q = 0; q < s.OutputWidth; q++)
                    for (int i = 0; i < s.Size; i++)
                        for (int j = 0; j < s.Size; j++)
                        {
                            int h = p * s.Stride + i - s.Padding, w = q * s.Stride + j - s.Padding;
                            if (h < 0 || w < 0 || h >= s.Input.Height || w >= s.Input.Width) continue;
                            for (int o = 0; o < outputs; o++)
                                for (int c = 0; c < s.Input.Channels; c++)
                                {
                                    yield return new(
                                        ((e * s.Input.Height + h) * s.Input.Width + w) * s.Input.Channels + c,
                                        e * strideW + ((o * s.Input.Channels + c) * s.Size + i) * s.Size + j,
                                        ((e * s.OutputHeight + p) * s.OutputWidth + q) * outputs + o);
                                }
                        }
    }

    /// <summary>What a member of the convolution computes: <c>result[to(tap)] (+)= sum left[..] right[..]</c> over its taps.</summary>
    private Reference OverTaps(WindowShape shape, int outputs, int examples, int strideW, bool accumulate, Func<Tap, (int To, int Left, int Right)> sides)
        => (x, before) =>
        {
            double[] expected = new double[before.Length], magnitude = new double[before.Length];
            int[] terms = new int[before.Length];
            foreach (Tap tap in Taps(shape, outputs, examples, strideW))
            {
                (int to, int left, int right) = sides(tap);
                double term = x[0][left] * x[1][right];
                expected[to] += term;
                magnitude[to] += Math.Abs(term);
                terms[to]++;
            }

            for (int i = 0; i < before.Length; i++)
            {
                if (accumulate) (expected[i], magnitude[i]) = (expected[i] + before[i], magnitude[i] + Math.Abs(before[i]));
                magnitude[i] *= Eps * (6 + 2 * Math.Sqrt(terms[i]));
            }

            return (expected, magnitude);
        };

    [Fact]
    public void Convolves()
    {
        foreach ((WindowShape shape, int outputs, int examples) in Convolutions)
        {
            int x = examples * shape.Input.Length, w = outputs * shape.WindowLength, y = examples * shape.Windows * outputs;
            foreach (bool accumulate in (bool[])[false, true])
            {
                Check($"convolution of {examples} {shape} to {outputs}", [Uniform(x, 1), Uniform(w, 2)], Before(accumulate, y),
                    (s, t, r) => s.Convolve(shape, outputs, examples, t[0].View, t[1].View, accumulate, r.View),
                    OverTaps(shape, outputs, examples, 0, accumulate, tap => (tap.Y, tap.X, tap.W)));
                Check($"its input adjoint of {examples} {shape} to {outputs}", [Uniform(y, 1), Uniform(w, 2)], Before(accumulate, x),
                    (s, t, r) => s.ConvolveInput(shape, outputs, examples, t[0].View, t[1].View, accumulate, r.View),
                    OverTaps(shape, outputs, examples, 0, accumulate, tap => (tap.X, tap.Y, tap.W)));
                Check($"its weight adjoint of {examples} {shape} to {outputs}", [Uniform(y, 1), Uniform(x, 2)], Before(accumulate, w),
                    (s, t, r) => s.ConvolveWeight(shape, outputs, examples, t[0].View, t[1].View, accumulate, r.View),
                    OverTaps(shape, outputs, examples, 0, accumulate, tap => (tap.W, tap.Y, tap.X)));
                Check($"its weight adjoints one by one of {examples} {shape} to {outputs}", [Uniform(y, 1), Uniform(x, 2)], Before(accumulate, examples * w),
                    (s, t, r) => s.ConvolveWeight(shape, outputs, examples, t[0].View, t[1].View, accumulate, r.View, w),
                    OverTaps(shape, outputs, examples, w, accumulate, tap => (tap.W, tap.Y, tap.X)));
            }
        }
    }

    [Fact]
    public void ATangentOfAConvolutionIsTwoOfThem()
    {
        foreach ((WindowShape shape, int outputs, int examples) in Convolutions)
        {
            int x = examples * shape.Input.Length, w = outputs * shape.WindowLength, y = examples * shape.Windows * outputs;
            double[][] inputs = [Uniform(x, 1), Uniform(w, 2), Uniform(x, 3), Uniform(w, 4), Uniform(y, 5)];
            Reference taps = OverTaps(shape, outputs, examples, 0, false, tap => (tap.Y, tap.X, tap.W));
            Check($"tangent of a convolution of {examples} {shape} to {outputs}", inputs, Before(false, y),
                (s, t, r) => s.ConvolveTangent(shape, outputs, examples, t[0].View, t[1].View, t[2].View, t[3].View, t[4].View, r.View, s.Allocate(1).View),
                (t, before) =>
                {
                    (double[] left, double[] leftBound) = taps([t[0], t[3]], before);
                    (double[] right, double[] rightBound) = taps([t[2], t[1]], before);
                    return ([.. left.Zip(right, (a, b) => a + b)], [.. leftBound.Zip(rightBound, (a, b) => 2 * (a + b))]);
                });
            Check($"curve of a convolution of {examples} {shape} to {outputs}", inputs, [0.75],
                (s, t, r) =>
                {
                    using ITensorMemory<TView> tangent = s.Allocate(y);
                    s.ConvolveTangent(shape, outputs, examples, t[0].View, t[1].View, t[2].View, t[3].View, t[4].View, tangent.View, r.View);
                },
                (t, before) =>
                {
                    (double[] bent, double[] bound) = taps([t[2], t[3]], new double[y]);
                    double sum = 0.75, error = Eps;
                    for (int i = 0; i < y; i++) (sum, error) = (sum + 2 * t[4][i] * bent[i], error + 2 * bound[i] * Math.Abs(t[4][i]));
                    return ([sum], [error + 2 * Eps * Math.Abs(sum)]);
                });
        }
    }

    [Fact]
    public void WeightAdjointsApartLeaveTheRoomBetweenThem()
    {
        WindowShape shape = new(new(5, 4, 3), 3, 1, 1);
        int x = 3 * shape.Input.Length, w = 4 * shape.WindowLength, y = 3 * shape.Windows * 4, stride = w + 5;
        Check("weight adjoints a stride apart", [Uniform(y, 1), Uniform(x, 2)], Uniform(3 * stride, 3),
            (s, t, r) => s.ConvolveWeight(shape, 4, 3, t[0].View, t[1].View, true, r.View, stride),
            OverTaps(shape, 4, 3, stride, true, tap => (tap.W, tap.Y, tap.X)));
    }

    [Fact]
    public void AnExampleConvolvesAsItDoesAmongOthers()
    {
        // Splitting into micro-batches may change where a sum is cut, not what belongs to whom.
        WindowShape shape = new(new(6, 5, 3), 3, 1, 1);
        ITensorSpace<TView> space = Space(2);
        int x = shape.Input.Length, y = shape.Windows * 7;
        GuardedTensor<TView> images = new(space, Uniform(4 * x, 1)), w = new(space, Uniform(7 * shape.WindowLength, 2)), all = new(space, new double[4 * y]), one = new(space, new double[y]);
        space.Convolve(shape, 7, 4, images.View, w.View, false, all.View);
        for (int e = 0; e < 4; e++)
        {
            space.Convolve(shape, 7, 1, images.Slice(e * x, x), w.View, false, one.View);
            Tolerance.Equal<double>(one.Read(), all.Read().AsSpan(e * y, y), 32 * Eps, $"example {e}");
        }
    }

    private static readonly (WindowShape Shape, int Examples)[] Pools =
    [
        (new(new(4, 4, 3), 2, 2, 0), 0), (new(new(4, 4, 3), 2, 2, 0), 2), (new(new(5, 7, 17), 3, 2, 1), 3), (new(new(3, 3, 16), 3, 3, 0), 2), (new(new(4, 5, 33), 2, 1, 0), 2),
        (new(new(8, 8, 8), 8, 8, 0), 3), (new(new(1, 1, 5), 1, 1, 0), 4), (new(new(5, 5, 40), 3, 1, 2), 2), (new(new(12, 12, 32), 2, 2, 0), 30),
    ];

    private static int PixelsWithin(WindowShape s, int window, List<int> places)
    {
        places.Clear();
        for (int i = 0; i < s.Size; i++)
            for (int j = 0; j < s.Size; j++)
            {
                int h = window / s.OutputWidth * s.Stride + i - s.Padding, w = window % s.OutputWidth * s.Stride + j - s.Padding;
                if (h >= 0 && w >= 0 && h < s.Input.Height && w < s.Input.Width) places.Add(h * s.Input.Width + w);
            }

        return places.Count;
    }

    /// <summary>For each output: its index, its window, its channel and example's first pixel.</summary>
    private static IEnumerable<(int Y, int Window, int Channel, int Image)> Outputs(WindowShape s, int examples)
    {
        int channels = s.Input.Channels;
        for (int y = 0; y < examples * s.Windows * channels; y++) yield return (y, y / channels % s.Windows, y % channels, y / channels / s.Windows * s.Input.Length);
    }

    [Fact]
    public void PoolsTheMaximum()
    {
        foreach ((WindowShape shape, int examples) in Pools)
        {
            int x = examples * shape.Input.Length, y = examples * shape.Windows * shape.Input.Channels, channels = shape.Input.Channels;
            // Few values, so that equals happen.
            double[] pixels = Array.ConvertAll(Uniform(x, 1), v => Math.Round(4 * v));
            double[] chosen = new double[y];
            List<int> places = [];
            Check($"maximum of {examples} {shape}", [pixels], Before(false, 2 * y), (s, t, r) => s.MaxPool(shape, examples, t[0].View, r.Slice(0, y), r.Slice(y, y)), (x, before) =>
            {
                double[] expected = new double[2 * y];
                foreach ((int at, int window, int channel, int image) in Outputs(shape, examples))
                {
                    PixelsWithin(shape, window, places);
                    int best = places.MaxBy(place => x[0][image + place * channels + channel]);
                    (expected[at], expected[y + at], chosen[at]) = (x[0][image + best * channels + channel], best, best);
                }

                return (expected, new double[2 * y]);
            });
            Check($"its tangent of {examples} {shape}", [Uniform(x, 2), chosen], Before(false, y), (s, t, r) => s.GatherChosen(shape, examples, t[0].View, t[1].View, r.View),
                (x, before) =>
                {
                    double[] expected = new double[y];
                    foreach ((int at, int window, int channel, int image) in Outputs(shape, examples)) expected[at] = x[0][image + (int)x[1][at] * channels + channel];
                    return (expected, new double[y]);
                });
            Check($"its adjoint of {examples} {shape}", [Uniform(y, 3), chosen], Before(false, x), (s, t, r) => s.ScatterChosen(shape, examples, t[0].View, t[1].View, r.View),
                (v, before) =>
                {
                    double[] expected = new double[x], bound = new double[x];
                    foreach ((int at, int window, int channel, int image) in Outputs(shape, examples))
                    {
                        int to = image + (int)v[1][at] * channels + channel;
                        expected[to] += v[0][at];
                        bound[to] += 4 * Eps * Math.Abs(v[0][at]);
                    }

                    return (expected, bound);
                });
        }
    }

    [Fact]
    public void AMaximumOfNaNOrOfMinusInfinityHasAPlace()
    {
        double inf = double.PositiveInfinity, nan = double.NaN;
        foreach (int channels in (int[])[1, 16, 19])
        {
            // Two windows of two by two, the same in every channel.
            double[] image = [-inf, -inf, 1, nan, -inf, -inf, nan, 5];
            double[] x = new double[8 * channels];
            for (int i = 0; i < x.Length; i++) x[i] = image[i / channels];
            WindowShape shape = new(new(2, 4, channels), 2, 2, 0);
            Check($"maximum of NaN in {channels} channels", [x], Before(false, 4 * channels), (s, t, r) => s.MaxPool(shape, 1, t[0].View, r.Slice(0, 2 * channels), r.Slice(2 * channels, 2 * channels)),
                (x, before) =>
                {
                    double[] expected = new double[4 * channels];
                    for (int c = 0; c < channels; c++) (expected[c], expected[channels + c], expected[2 * channels + c], expected[3 * channels + c]) = (-inf, nan, 0, 3);
                    return (expected, new double[4 * channels]);
                });
        }
    }

    [Fact]
    public void PoolsTheAverage()
    {
        foreach ((WindowShape shape, int examples) in Pools)
        {
            int x = examples * shape.Input.Length, y = examples * shape.Windows * shape.Input.Channels, channels = shape.Input.Channels, area = shape.Size * shape.Size;
            List<int> places = [];
            Reference reference(bool adjoint, int length) => (v, _) =>
            {
                double[] expected = new double[length], bound = new double[length];
                foreach ((int at, int window, int channel, int image) in Outputs(shape, examples))
                {
                    PixelsWithin(shape, window, places);
                    foreach (int place in places)
                    {
                        int pixel = image + place * channels + channel, to = adjoint ? pixel : at;
                        double term = v[0][adjoint ? at : pixel] / area;
                        expected[to] += term;
                        bound[to] += Eps * (4 + area) * Math.Abs(term);
                    }
                }

                return (expected, bound);
            };
            Check($"average of {examples} {shape}", [Uniform(x, 2)], Before(false, y), (s, t, r) => s.AveragePool(shape, examples, t[0].View, r.View), reference(false, y));
            Check($"its adjoint of {examples} {shape}", [Uniform(y, 3)], Before(false, x), (s, t, r) => s.AveragePoolInput(shape, examples, t[0].View, r.View), reference(true, x));
        }
    }
}
