using System.Numerics;
using HessianKernels.Conformance;
using HessianKernels.Operators;
using HessianKernels.Spaces;

namespace HessianKernels.Tests.Operators;

public sealed class DenseSymmetricOfDouble : DenseSymmetricConformance<double>;

public sealed class DenseSymmetricOfSingle : DenseSymmetricConformance<float>;

public sealed class GramRowsOfDouble() : GramConformance<double>(GramSide.Rows);

public sealed class GramRowsOfSingle() : GramConformance<float>(GramSide.Rows);

public sealed class GramColumnsOfDouble() : GramConformance<double>(GramSide.Columns);

public sealed class GramColumnsOfSingle() : GramConformance<float>(GramSide.Columns);

public sealed class SumOfDouble : SumConformance<double>;

public sealed class SumOfSingle : SumConformance<float>;

public sealed class ScaledOfDouble : ScaledConformance<double>;

public sealed class ScaledOfSingle : ScaledConformance<float>;

public sealed class ShiftedOfDouble : ShiftedConformance<double>;

public sealed class ShiftedOfSingle : ShiftedConformance<float>;

public sealed class DeflatedOfDouble() : DeflatedConformance<double>(shared: true);

public sealed class DeflatedOfSingle() : DeflatedConformance<float>(shared: true);

public sealed class DeflatedByItemOfDouble() : DeflatedConformance<double>(shared: false);

public sealed class CallbackOfDouble : CallbackConformance<double>;

public sealed class CallbackOfSingle : CallbackConformance<float>;

public sealed class FiniteDifferenceOfDouble : FiniteDifferenceConformance<double>;

public sealed class FiniteDifferenceOfSingle : FiniteDifferenceConformance<float>;

public abstract class DenseSymmetricConformance<T> : LinearOperatorConformance<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    protected override (ILinearOperator<Span<T>>, Func<double[]>)? Make(int batch, int length, int threads)
    {
        T[] a = Matrices.Symmetric<T>(batch, length, 1);
        return (new DenseSymmetric<T>(a, length, threads), () => Matrices.ToDoubles(a));
    }
}

public abstract class GramConformance<T>(GramSide side) : LinearOperatorConformance<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    protected override (ILinearOperator<Span<T>>, Func<double[]>)? Make(int batch, int length, int threads)
    {
        // Wide, square and tall by turns.
        int other = (length % 3) switch { 0 => 7, 1 => length, _ => 3 * length + 1 };
        (int rows, int columns) = side == GramSide.Rows ? (length, other) : (other, length);
        T[] j = Matrices.Random<T>(batch * rows * columns, 2);
        return (new GramOperator<T>(j, rows, columns, side, threads: threads), Gram);

        double[] Gram()
        {
            double[] values = Matrices.ToDoubles(j), gram = new double[batch * length * length];
            for (int b = 0; b < batch; b++)
            {
                double[] one = values.AsSpan(b * rows * columns, rows * columns).ToArray();
                // Rows of this are what the Gram matrix has products of.
                double[] vectors = side == GramSide.Rows ? one : Oracle.Transpose(one, rows, columns);
                for (int i = 0; i < length; i++)
                    for (int k = 0; k < length; k++)
                        gram[(b * length + i) * length + k] = Oracle.Dot(vectors.AsSpan(i * other, other), vectors.AsSpan(k * other, other)).Value / rows;
            }
            return gram;
        }
    }

    // Two sums, the one of terms that cancel in the other.
    protected override double Units(int length) => 4 * base.Units(length);
}

public abstract class SumConformance<T> : LinearOperatorConformance<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    protected override (ILinearOperator<Span<T>>, Func<double[]>)? Make(int batch, int length, int threads)
    {
        T[] a = Matrices.Symmetric<T>(batch, length, 3), b = Matrices.Symmetric<T>(batch, length, 4), c = Matrices.Symmetric<T>(batch, length, 5);
        SumOperator<T> sum = SumOperator<T>.Create(
            new DenseSymmetric<T>(a, length, threads), new DenseSymmetric<T>(b, length, threads), new DenseSymmetric<T>(c, length, threads));
        return (sum, () => [.. Enumerable.Range(0, a.Length).Select(i => double.CreateTruncating(a[i]) + double.CreateTruncating(b[i]) + double.CreateTruncating(c[i]))]);
    }
}

public abstract class ScaledConformance<T> : LinearOperatorConformance<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    protected override (ILinearOperator<Span<T>>, Func<double[]>)? Make(int batch, int length, int threads)
    {
        T[] a = Matrices.Symmetric<T>(batch, length, 6);
        return (ScaledOperator<T>.Create(new DenseSymmetric<T>(a, length, threads), -2.5), () => Array.ConvertAll(Matrices.ToDoubles(a), e => -2.5 * e));
    }
}

public abstract class ShiftedConformance<T> : LinearOperatorConformance<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    protected override (ILinearOperator<Span<T>>, Func<double[]>)? Make(int batch, int length, int threads)
    {
        T[] a = Matrices.Symmetric<T>(batch, length, 7);
        double[] shifted = Matrices.ToDoubles(a);
        for (int b = 0; b < batch; b++)
            for (int i = 0; i < length; i++)
                shifted[(b * length + i) * length + i] += 1.25;
        return (ShiftedOperator<T>.Create(new DenseSymmetric<T>(a, length, threads), 1.25), () => shifted);
    }
}

public abstract class DeflatedConformance<T>(bool shared) : LinearOperatorConformance<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    protected override (ILinearOperator<Span<T>>, Func<double[]>)? Make(int batch, int length, int threads)
    {
        // What is left when everything is taken away is rounding, and that is neither linear nor symmetric.
        if (length < 2) return null;
        int count = Math.Min(3, length / 2), sets = shared ? 1 : batch;
        T[] a = Matrices.Symmetric<T>(batch, length, 8), q = Matrices.Orthonormal<T>(sets, count, length);
        return (DeflatedOperator<T>.Create(new DenseSymmetric<T>(a, length, threads), q, count, threads), Deflated);

        double[] Deflated()
        {
            double[] values = Matrices.ToDoubles(a), basis = Matrices.ToDoubles(q), deflated = new double[a.Length];
            for (int b = 0; b < batch; b++)
            {
                double[] p = new double[length * length];
                for (int i = 0; i < length; i++)
                {
                    for (int j = 0; j < length; j++)
                    {
                        p[i * length + j] = i == j ? 1 : 0;
                        for (int k = 0; k < count; k++)
                        {
                            int set = shared ? 0 : b * count * length;
                            p[i * length + j] -= basis[set + (k * length) + i] * basis[set + (k * length) + j];
                        }
                    }
                }

                double[] ap = Matrices.Product(values.AsSpan(b * length * length, length * length).ToArray(), p, length);
                Matrices.Product(p, ap, length).CopyTo(deflated, b * length * length);
            }
            return deflated;
        }
    }

    // The row sums of what is left say less than those of A about the numbers it was left of.
    protected override double Units(int length) => 8 * base.Units(length);
}

public abstract class CallbackConformance<T> : LinearOperatorConformance<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    protected override (ILinearOperator<Span<T>>, Func<double[]>)? Make(int batch, int length, int threads)
    {
        T[] a = Matrices.Symmetric<T>(batch, length, 9);
        void Apply(int item, ReadOnlySpan<T> v, Span<T> av)
        {
            for (int i = 0; i < length; i++)
            {
                av[i] = T.Zero;
                for (int j = 0; j < length; j++) av[i] += a[(item * length + i) * length + j] * v[j];
            }
        }

        CallbackOperator<T> op = batch == 1
            ? new CallbackOperator<T>(length, (v, av) => Apply(0, v, av))
            : new CallbackOperator<T>(batch, length, Apply);
        return (op, () => Matrices.ToDoubles(a));
    }
}

public abstract class FiniteDifferenceConformance<T> : LinearOperatorConformance<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // eps^(2/3), what central differences can give, in units of eps.
    protected override double Units(int length) => 200 * Math.Cbrt(1 / (typeof(T) == typeof(float) ? Math.Pow(2, -23) : Math.Pow(2, -52)));

    protected override double? CheckTolerance => typeof(T) == typeof(float) ? 1e-2 : 1e-7;

    protected override (ILinearOperator<Span<T>>, Func<double[]>)? Make(int batch, int length, int threads)
    {
        if (batch > 1) return null;
        T[] a = Matrices.Symmetric<T>(1, length, 10), theta = Matrices.Random<T>(length, 11);
        // Loss 1/2 theta^T A theta + sum cos(theta_i): Hessian A - diag(cos(theta)).
        void Gradient(ReadOnlySpan<T> at, Span<T> gradient)
        {
            for (int i = 0; i < length; i++)
            {
                double sum = -Math.Sin(double.CreateTruncating(at[i]));
                for (int j = 0; j < length; j++) sum += double.CreateTruncating(a[i * length + j]) * double.CreateTruncating(at[j]);
                gradient[i] = T.CreateTruncating(sum);
            }
        }

        double[] hessian = Matrices.ToDoubles(a);
        for (int i = 0; i < length; i++) hessian[i * length + i] -= Math.Cos(double.CreateTruncating(theta[i]));
        return (new FiniteDifferenceHessian<T>(theta, Gradient), () => hessian);
    }
}
