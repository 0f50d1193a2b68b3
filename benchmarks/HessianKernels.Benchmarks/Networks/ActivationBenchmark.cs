using System.Numerics;
using BenchmarkDotNet.Attributes;
using HessianKernels.Networks.Tensors;

namespace HessianKernels.Benchmarks.Networks;

/// <summary>An activation and its derivatives in one pass. Bytes: the argument read, each result written.</summary>
[GenericTypeArguments(typeof(float))]
[GenericTypeArguments(typeof(double))]
public class ActivationBenchmark<T> : IMeasured
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private CpuTensorSpace<T> _space = null!;
    private T[] _z = [], _y = [], _derivatives = [];

    [Params(1_003, 640_000)]
    public int N { get; set; }

    [Params(ActivationKind.Relu, ActivationKind.Tanh, ActivationKind.Sigmoid, ActivationKind.Gelu, ActivationKind.Erf, ActivationKind.Silu)]
    public ActivationKind Kind { get; set; }

    [Params(1, 3)]
    public int Order { get; set; }

    [Params(1, 2)]
    public int Threads { get; set; }

    public Work Work => new((Order + 2.0) * N * System.Runtime.CompilerServices.Unsafe.SizeOf<T>(), 0);

    [GlobalSetup]
    public void Setup()
    {
        _space = new(Threads);
        (_z, _y, _derivatives) = (Pinned<T>.Normal(N, 1).Array, new T[N], new T[Order * N]);
        Activate();
        // The derivative against a difference, in double.
        CpuTensorSpace<double> fine = new(1);
        double[] left = new double[N], right = new double[N];
        fine.Activate(new(Kind), 0, Array.ConvertAll(_z, z => double.CreateTruncating(z) - 1e-5), left, []);
        fine.Activate(new(Kind), 0, Array.ConvertAll(_z, z => double.CreateTruncating(z) + 1e-5), right, []);
        for (int i = 0; i < N; i++)
        {
            Check.Near(double.CreateTruncating(_y[i]), (left[i] + right[i]) / 2, 1e-5, $"f[{i}]");
            if (Math.Abs(double.CreateTruncating(_z[i])) > 1e-4) Check.Near(double.CreateTruncating(_derivatives[i]), (right[i] - left[i]) / 2e-5, 1e-5, $"f'[{i}]");
        }
    }

    [Benchmark]
    public void Activate() => _space.Activate(new(Kind), Order, _z, _y, _derivatives);
}
