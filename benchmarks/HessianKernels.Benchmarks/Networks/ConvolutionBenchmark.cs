using System.Numerics;
using System.Runtime.CompilerServices;
using BenchmarkDotNet.Attributes;
using HessianKernels.Networks.Tensors;

namespace HessianKernels.Benchmarks.Networks;

/// <summary>Windows of three by three, padded by one: a first layer, two inner ones, and one with a stride. Bytes: the three tensors, each once.</summary>
[GenericTypeArguments(typeof(float))]
[GenericTypeArguments(typeof(double))]
public class ConvolutionBenchmark<T> : IMeasured
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private CpuTensorSpace<T> _space = null!;
    private T[] _x = [], _w = [], _y = [], _result = [];

    [Params("32 x 32 x 3 -> 32", "16 x 16 x 32 -> 64", "8 x 8 x 128 -> 128", "16 x 16 x 64 -> 128 / 2")]
    public string Layer { get; set; } = "16 x 16 x 32 -> 64";

    [Params(64)]
    public int Examples { get; set; }

    [Params(1, 2)]
    public int Threads { get; set; }

    private (WindowShape Shape, int Outputs) Parsed
    {
        get
        {
            string[] words = Layer.Split(' ');
            return (new(new(int.Parse(words[0]), int.Parse(words[2]), int.Parse(words[4])), 3, words.Length > 7 ? int.Parse(words[8]) : 1, 1), int.Parse(words[6]));
        }
    }

    public Work Work
    {
        get
        {
            (WindowShape shape, int outputs) = Parsed;
            double x = (double)Examples * shape.Input.Length, y = (double)Examples * shape.Windows * outputs, w = outputs * shape.WindowLength;
            return new((x + y + w) * Unsafe.SizeOf<T>(), 2 * y * shape.WindowLength);
        }
    }

    [GlobalSetup]
    public void Setup()
    {
        (WindowShape shape, int outputs) = Parsed;
        _space = new(Threads);
        int x = Examples * shape.Input.Length, y = Examples * shape.Windows * outputs, w = outputs * shape.WindowLength;
        (_x, _w, _y) = (Pinned<T>.Normal(x, 1).Array, Pinned<T>.Normal(w, 2).Array, Pinned<T>.Normal(y, 3).Array);
        _result = new T[Math.Max(x, Math.Max(y, w))];
        // Three ways to one number: <dy, conv(x, w)> = <x, its input adjoint> = <w, its weight adjoint>; and the first against its definition at one place.
        Forward();
        double forward = Inner(_y);
        double expected = 0;
        for (int c = 0; c < shape.Input.Channels; c++)
            for (int i = 0; i < 3; i++)
                for (int j = 0; j < 3; j++)
                    expected += double.CreateTruncating(_w[(c * 3 + i) * 3 + j])
                        * double.CreateTruncating(_x[((2 * shape.Stride + i - 1) * shape.Input.Width + 2 * shape.Stride + j - 1) * shape.Input.Channels + c]);
        Check.Near(double.CreateTruncating(_result[(2 * shape.OutputWidth + 2) * outputs]), expected, Check.Rounding<T>(shape.WindowLength) * Math.Sqrt(shape.WindowLength), "y[0, 2, 2, 0]");
        // What the products may be out, and the sums of so many numbers that compare them.
        double size = Math.Sqrt((double)y * shape.WindowLength), sums = Check.Rounding<double>(y);
        double allowed = (Check.Rounding<T>(9 * Math.Max(shape.Input.Channels, outputs)) + sums) * size;
        Input();
        Check.Near(Inner(_x), forward, allowed, "<x, input adjoint>");
        Weight();
        // Its elements are the longer sums.
        allowed = (Check.Rounding<T>((double)Examples * shape.Windows) + sums) * size;
        Check.Near(Inner(_w), forward, allowed, "<w, weight adjoint>");
    }

    private double Inner(T[] other)
    {
        double sum = 0;
        for (int i = 0; i < other.Length; i++) sum += double.CreateTruncating(other[i]) * double.CreateTruncating(_result[i]);
        return sum;
    }

    [Benchmark(Baseline = true)]
    public void Forward() => _space.Convolve(Parsed.Shape, Parsed.Outputs, Examples, _x, _w, false, _result);

    [Benchmark]
    public void Input() => _space.ConvolveInput(Parsed.Shape, Parsed.Outputs, Examples, _y, _w, false, _result);

    [Benchmark]
    public void Weight() => _space.ConvolveWeight(Parsed.Shape, Parsed.Outputs, Examples, _y, _x, false, _result);
}
