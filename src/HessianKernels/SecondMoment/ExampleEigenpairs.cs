using System.Numerics;
using HessianKernels.Dense;
using HessianKernels.Kernels;
using HessianKernels.Operators;

namespace HessianKernels.SecondMoment;

/// <summary>The eigenpairs of n small symmetric matrices, one an example, and which of them are more than rounding.</summary>
internal sealed unsafe class ExampleEigenpairs
{
    private readonly int _examples, _order;
    private readonly double _tolerance;
    private readonly double[] _values, _vectors;

    private ExampleEigenpairs(int examples, int order, double tolerance)
    {
        (_examples, _order, _tolerance) = (examples, order, tolerance);
        _values = new double[examples * order];
        _vectors = Workspace.Allocate<double>((long)examples * order * order);
    }

    /// <summary>Takes matrices <c>[n, order, order]</c> apart, once they are found to be finite and symmetric.</summary>
    public static ExampleEigenpairs Of<T>(ReadOnlySpan<T> matrices, int examples, int order, (string Argument, string Shape) names, int threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ElementType.ThrowIfUnsupported<T>();
        long expected = (long)examples * order * order;
        if (matrices.Length != expected)
            throw new ArgumentException(
                $"Expected {names.Shape} = {examples} x {order} x {order} = {expected} elements; found {matrices.Length}.", names.Argument);
        DenseSymmetric.Validate(matrices, order, names.Argument, threads: threads);
        ExampleEigenpairs pairs = new(examples, order, 8 * ElementType.Epsilon<T>() * order);
        for (int i = 0; i < matrices.Length; i++) pairs._vectors[i] = double.CreateTruncating(matrices[i]);
        Job job = new() { Pairs = pairs };
        ParallelLoop.Run(ref job, examples, threads);
        return pairs;
    }

    /// <summary>The first example with a negative eigenvalue.</summary>
    public IndefiniteExample? FirstIndefinite()
    {
        for (int i = 0; i < _examples; i++)
        {
            double lowest = _values[(i + 1) * _order - 1];
            if (lowest < 0 && Counts(i, lowest)) return new(i, lowest, Norm(i));
        }

        return null;
    }

    /// <summary>The largest rank among the matrices; 1 where all are zero, since a factor has a row.</summary>
    public int LargestRank()
    {
        int largest = 1;
        for (int i = 0; i < _examples; i++)
        {
            int rank = 0;
            for (int k = 0; k < _order; k++) rank += Counts(i, _values[i * _order + k]) ? 1 : 0;
            largest = Math.Max(largest, rank);
        }

        return largest;
    }

    /// <summary>The factors <c>sqrt(|e|) v^T</c>, <c>[n, rows, order]</c>, zero rows where a rank is lower, and the signs of the e, <c>[n,
    /// rows]</c>.</summary>
    public double[] Factors(int rows, out double[] signs)
    {
        double[] factors = Workspace.Allocate<double>((long)_examples * rows * _order);
        signs = new double[_examples * rows];
        Array.Fill(signs, 1);
        for (int i = 0; i < _examples; i++)
        {
            int row = i * rows;
            for (int k = 0; k < _order; k++)
            {
                double value = _values[i * _order + k];
                if (!Counts(i, value)) continue;
                double root = Math.Sqrt(Math.Abs(value));
                ReadOnlySpan<double> vector = _vectors.AsSpan((i * _order + k) * _order, _order);
                for (int j = 0; j < _order; j++) factors[row * _order + j] = root * vector[j];
                signs[row++] = Math.Sign(value);
            }
        }

        return factors;
    }

    private double Norm(int example) => Math.Max(Math.Abs(_values[example * _order]), Math.Abs(_values[(example + 1) * _order - 1]));

    private bool Counts(int example, double value) => Math.Abs(value) > _tolerance * Norm(example);

    private struct Job : IChunkJob
    {
        public ExampleEigenpairs Pairs;

        public readonly void Run(int chunk, int lane)
        {
            int n = Pairs._order;
            SymmetricEigendecomposition.Decompose(Pairs._vectors.AsSpan(chunk * n * n, n * n), n, Pairs._values.AsSpan(chunk * n, n), 1);
        }
    }
}
