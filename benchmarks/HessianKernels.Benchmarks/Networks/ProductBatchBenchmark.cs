using System.Numerics;
using System.Runtime.CompilerServices;
using BenchmarkDotNet.Attributes;
using HessianKernels.Networks.Tensors;

namespace HessianKernels.Benchmarks.Networks;

/// <summary>Outer products of each example's signal and activation: the per-example gradients of a linear layer. Bytes: the gradients, written once.</summary>
[GenericTypeArguments(typeof(float))]
[GenericTypeArguments(typeof(double))]
public class ProductBatchBenchmark<T> : IMeasured
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private CpuTensorSpace<T> _space = null!;
    private T[] _signal = [], _activation = [], _gradients = [];

    [Params("10 x 32", "32 x 32", "256 x 784")]
    public string Weights { get; set; } = "10 x 32";

    [Params(1, 2)]
    public int Threads { get; set; }

    private (int Outputs, int Inputs, int Examples) Sizes
    {
        get
        {
            int[] sizes = [.. Weights.Split(" x ").Select(int.Parse)];
            return (sizes[0], sizes[1], Math.Min(2000, 8_000_000 / (sizes[0] * sizes[1])));
        }
    }

    public Work Work => new((double)Sizes.Examples * Sizes.Outputs * Sizes.Inputs * Unsafe.SizeOf<T>(), (double)Sizes.Examples * Sizes.Outputs * Sizes.Inputs);

    [GlobalSetup]
    public void Setup()
    {
        (int outputs, int inputs, int examples) = Sizes;
        _space = new(Threads);
        (_signal, _activation, _gradients) = (Pinned<T>.Normal(examples * outputs, 1).Array, Pinned<T>.Normal(examples * inputs, 2).Array, new T[examples * outputs * inputs]);
        Multiply();
        for (int e = 0; e < examples; e += 17)
            for (int o = 0; o < outputs; o += 3)
                for (int i = 0; i < inputs; i += 5)
                {
                    T found = _gradients[(e * outputs + o) * inputs + i], expected = _signal[e * outputs + o] * _activation[e * inputs + i];
                    Check.That(found == expected, $"gradient [{e}, {o}, {i}] is {found}, expected {expected}");
                }
    }

    [Benchmark]
    public void Multiply()
        => _space.Gemm(true, false, Sizes.Outputs, Sizes.Inputs, 1, 1, _signal, _activation, 0, _gradients, Sizes.Examples, Sizes.Outputs, Sizes.Inputs, (long)Sizes.Outputs * Sizes.Inputs);
}
