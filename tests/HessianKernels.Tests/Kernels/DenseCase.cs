using System.Numerics;
using HessianKernels.Conformance;
using HessianKernels.Kernels;

namespace HessianKernels.Tests.Kernels;

/// <summary>Row-major matrices with rows longer than they need, between guards; and what a product of them must be.</summary>
internal sealed unsafe class DenseCase<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly int _rows, _columns, _stride;

    /// <summary>A matrix of random numbers; what lies between its rows is NaN.</summary>
    public DenseCase(int rows, int columns, Random random)
    {
        (_rows, _columns, _stride) = (rows, columns, columns + random.Next(0, 6));
        Memory = Guarded<T>.Random(rows * _stride, random, random.Next(0, 4));
        for (int i = 0; i < rows; i++) Memory.Span.Slice((i * _stride) + columns, _stride - columns).Fill(T.NaN);
        Memory.Freeze();
    }

    public Guarded<T> Memory { get; }

    public T* Pointer => Memory.Pointer;

    public nint Stride => _stride;

    public int Columns => _columns;

    /// <summary>The elements, in double, without what lies between the rows.</summary>
    public double[] ToDoubles()
    {
        double[] all = Memory.ToDoubles(), result = new double[_rows * _columns];
        for (int i = 0; i < _rows; i++) all.AsSpan(i * _stride, _columns).CopyTo(result.AsSpan(i * _columns));
        return result;
    }

    /// <summary>A copy of the same layout, for a kernel to work on.</summary>
    public Guarded<T> Copy()
    {
        Guarded<T> copy = new(Memory.Length, 1);
        Memory.Span.CopyTo(copy.Span);
        return copy;
    }

    /// <summary>
    /// Fails unless <paramref name="found"/>, of this layout, holds <c>alpha a b + beta</c> times this matrix, where <paramref
    /// name="written"/> says so, and this matrix's
    /// own bits elsewhere. <paramref name="a"/> is <c>[rows, inner]</c>, <paramref name="b"/> <c>[columns, inner]</c>.
    /// </summary>
    /// <remarks>
    /// A chain of d fused multiply-adds is out by at most d eps / 2 times the sum of |terms| (Higham, Accuracy and Stability, 3.1); a
    /// chain a block, the blocks and c after it:
    /// (k + blocks + 2) eps / 2, here with k in full, since the order of the sum is the kernel's own.
    /// </remarks>
    public void AssertProduct(
        Guarded<T> found, double alpha, double[] a, double[] b, int inner, double beta, Func<int, int, bool> written, string what)
    {
        double unit = 0.5 * ElementType.Epsilon<T>() * (inner + (inner / 100.0) + 4);
        double[] before = Memory.ToDoubles(), expected = new double[before.Length], bounds = new double[before.Length];
        before.CopyTo(expected, 0);
        for (int i = 0; i < _rows; i++)
        {
            for (int j = 0; j < _columns; j++)
            {
                if (!written(i, j)) continue;
                Oracle.Sum sum = Oracle.Dot(a.AsSpan(i * inner, inner), b.AsSpan(j * inner, inner));
                int at = (i * _stride) + j;
                double old = beta == 0 ? 0 : beta * before[at];
                expected[at] = (alpha * sum.Value) + old;
                bounds[at] = unit * ((Math.Abs(alpha) * sum.Magnitude) + Math.Abs(old));
            }
        }

        found.AssertGuards(what);
        Tolerance.Equal<T>(expected, found.Span, bounds, what);
    }
}
