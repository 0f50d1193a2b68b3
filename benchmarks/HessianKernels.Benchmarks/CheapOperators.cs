using System.Runtime.Intrinsics;
using HessianKernels.Kernels;
using HessianKernels.Spaces;

namespace HessianKernels.Benchmarks;

/// <summary>An operator whose product costs a few passes over a vector, all of them known.</summary>
internal abstract class CheapOperator(Pinned<double> diagonal, int threads) : ILinearOperator<Span<double>>
{
    public static CheapOperator Create(string kind, int n, int threads = 2) => kind switch
    {
        "tridiagonal" => new TridiagonalOperator(Inputs.Diagonal(n), threads),
        "rank-one" => new RankOneOperator(Inputs.Diagonal(n), threads),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "expected tridiagonal or rank-one"),
    };

    public int Batch => 1;

    public int Length => Diagonal.Array.Length;

    /// <summary>Vectors a product reads; it writes one.</summary>
    public abstract int VectorsRead { get; }

    public Pinned<double> Diagonal { get; } = diagonal;

    protected int Threads { get; } = threads;

    public abstract void Apply(Span<double> input, Span<double> output);

    /// <summary>||A y - theta y|| by plain loops.</summary>
    public double Residual(ReadOnlySpan<double> y, double theta)
    {
        double[] product = new double[Length];
        Apply(y.ToArray(), product);
        double sum = 0;
        for (int i = 0; i < y.Length; i++) sum += (product[i] - theta * y[i]) * (product[i] - theta * y[i]);
        return Math.Sqrt(sum);
    }
}

/// <summary><c>y[i] = d[i] x[i] - (x[i - 1] + x[i + 1]) / 4</c>, as a one-dimensional Laplacian is.</summary>
internal sealed unsafe class TridiagonalOperator(Pinned<double> diagonal, int threads) : CheapOperator(diagonal, threads)
{
    public const double Coupling = 0.25;

    public override int VectorsRead => 2;

    public override void Apply(Span<double> input, Span<double> output)
    {
        fixed (double* x = input[..Length], y = output[..Length])
        {
            Job job = new() { Diagonal = Diagonal.Pointer, X = x, Y = y, Chunks = new(Length) };
            ParallelLoop.Run(ref job, job.Chunks.Count, Threads);
        }
    }

    private struct Job : IChunkJob
    {
        public double* Diagonal, X, Y;
        public Chunks Chunks;

        public readonly void Run(int chunk, int lane)
        {
            int i = Chunks.Start(chunk), end = i + Chunks.LengthOf(chunk), last = Chunks.Length - 1;
            if (i == 0) One(i++);
            Vector512<double> coupling = Vector512.Create(-Coupling);
            for (; i + 8 <= Math.Min(end, last); i += 8)
            {
                Vector512<double> sides = Vector512.Load(X + i - 1) + Vector512.Load(X + i + 1);
                (Vector512.Load(Diagonal + i) * Vector512.Load(X + i) + coupling * sides).Store(Y + i);
            }

            for (; i < end; i++) One(i);
        }

        private readonly void One(int i)
            => Y[i] = Diagonal[i] * X[i] - Coupling * ((i > 0 ? X[i - 1] : 0) + (i < Chunks.Length - 1 ? X[i + 1] : 0));
    }
}

/// <summary><c>y = d x + 2 u &lt;u, x&gt;</c>, u a unit vector.</summary>
internal sealed unsafe class RankOneOperator : CheapOperator
{
    public const double Strength = 2;

    public RankOneOperator(Pinned<double> diagonal, int threads)
        : base(diagonal, threads)
    {
        Vector = Pinned<double>.Normal(Length, 9);
        Norm.Divide(Vector.Pointer, Norm.Of(Vector.Pointer, Length), Length);
    }

    public Pinned<double> Vector { get; }

    // u and x for the inner product, then d, x and u.
    public override int VectorsRead => 5;

    public override void Apply(Span<double> input, Span<double> output)
    {
        fixed (double* x = input[..Length], y = output[..Length])
        {
            double inner = Dot.Of(Vector.Pointer, x, Length, Threads);
            Job job = new() { Diagonal = Diagonal.Pointer, U = Vector.Pointer, Scale = Strength * inner, X = x, Y = y, Chunks = new(Length) };
            ParallelLoop.Run(ref job, job.Chunks.Count, Threads);
        }
    }

    private struct Job : IChunkJob
    {
        public double* Diagonal, U, X, Y;
        public double Scale;
        public Chunks Chunks;

        public readonly void Run(int chunk, int lane)
        {
            int i = Chunks.Start(chunk), end = i + Chunks.LengthOf(chunk);
            Vector512<double> scale = Vector512.Create(Scale);
            for (; i + 8 <= end; i += 8)
                (Vector512.Load(Diagonal + i) * Vector512.Load(X + i) + scale * Vector512.Load(U + i)).Store(Y + i);
            for (; i < end; i++) Y[i] = Diagonal[i] * X[i] + Scale * U[i];
        }
    }
}
