using System.Numerics;
using System.Runtime.CompilerServices;
using BenchmarkDotNet.Attributes;
using HessianKernels.Networks.Tensors;

namespace HessianKernels.Benchmarks.Networks;

/// <summary>Maxima of two by two, as between the layers of a convolutional network, and back. Bytes: the pixels, the values and their places, each once.</summary>
[GenericTypeArguments(typeof(float))]
[GenericTypeArguments(typeof(double))]
public class PoolingBenchmark<T> : IMeasured
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int Examples = 64;

    private CpuTensorSpace<T> _space = null!;
    private T[] _x = [], _y = [], _chosen = [], _dx = [];

    [Params(3, 32, 100)]
    public int Channels { get; set; }

    [Params(1, 2)]
    public int Threads { get; set; }

    private WindowShape Shape => new(new(16, 16, Channels), 2, 2, 0);

    public Work Work => new(1.5 * Examples * Shape.Input.Length * Unsafe.SizeOf<T>(), 0);

    [GlobalSetup]
    public void Setup()
    {
        _space = new(Threads);
        int outputs = Examples * Shape.Windows * Channels;
        (_x, _y, _chosen, _dx) = (Pinned<T>.Normal(Examples * Shape.Input.Length, 1).Array, new T[outputs], new T[outputs], new T[Examples * Shape.Input.Length]);
        Maximum();
        T expected = T.Max(T.Max(_x[0], _x[Channels]), T.Max(_x[16 * Channels], _x[17 * Channels]));
        Check.That(_y[0] == expected, $"the first maximum is {_y[0]}, expected {expected}");
        Scatter();
        for (int i = 0; i < _dx.Length; i++) Check.That(_dx[i] == T.Zero || _dx[i] == _x[i], $"pixel {i} got {_dx[i]}");
        Check.That(_dx.Count(value => value != T.Zero) == outputs, "not every maximum went back to one pixel");
    }

    [Benchmark]
    public void Maximum() => _space.MaxPool(Shape, Examples, _x, _y, _chosen);

    [Benchmark]
    public void Scatter() => _space.ScatterChosen(Shape, Examples, _y, _chosen, _dx);
}
