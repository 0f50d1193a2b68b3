using System.Numerics;
using System.Runtime.CompilerServices;
using BenchmarkDotNet.Attributes;
using HessianKernels.Networks.Tensors;

namespace HessianKernels.Benchmarks.Networks;

/// <summary>Sums over groups and broadcasts to them: a bias's gradient and its addition, row norms, the channels of ghost batches. Bytes: the tensor, read or read and written.</summary>
[GenericTypeArguments(typeof(float))]
[GenericTypeArguments(typeof(double))]
public class GroupBenchmark<T> : IMeasured
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private CpuTensorSpace<T> _space = null!;
    private T[] _x = [], _y = [], _coefficient = [];

    /// <summary>Outer, count, inner.</summary>
    [Params("1, 8192, 512", "1, 100003, 10", "8192, 512, 1", "64, 1024, 32")]
    public string Groups { get; set; } = "1, 8192, 512";

    [Params(1, 2)]
    public int Threads { get; set; }

    private GroupShape Shape
    {
        get
        {
            int[] sizes = [.. Groups.Split(", ").Select(int.Parse)];
            return new(sizes[0], sizes[1], sizes[2]);
        }
    }

    public Work Work => new(2.0 * Shape.Length * Unsafe.SizeOf<T>(), 2.0 * Shape.Length);

    [GlobalSetup]
    public void Setup()
    {
        GroupShape shape = Shape;
        _space = new(Threads);
        (_x, _y, _coefficient) = (Pinned<T>.Normal((int)shape.Length, 1).Array, Pinned<T>.Normal((int)shape.Length, 2).Array, new T[shape.Groups]);
        Dot();
        double sum = 0;
        for (int c = 0; c < shape.Count; c++) sum += double.CreateTruncating(_x[c * shape.Inner]) * double.CreateTruncating(_y[c * shape.Inner]);
        Check.Near(double.CreateTruncating(_coefficient[0]), sum, Check.Rounding<T>(shape.Count) * Math.Sqrt(shape.Count), "a group's inner product");
        double before = double.CreateTruncating(_y[0]);
        Add();
        Check.Near(double.CreateTruncating(_y[0]), before + 1e-9 * double.CreateTruncating(_coefficient[0]), Check.Rounding<T>(1) * (1 + Math.Abs(before)), "y[0]");
    }

    [Benchmark]
    public void Dot() => _space.DotGroups(Shape, 1, _x, _y, false, _coefficient);

    [Benchmark]
    public void Add() => _space.AddToGroups(Shape, 1e-9, _coefficient, _y);
}
