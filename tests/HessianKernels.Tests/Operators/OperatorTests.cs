using HessianKernels.Conformance;
using HessianKernels.Operators;
using HessianKernels.Spaces;
using Xunit;

namespace HessianKernels.Tests.Operators;

/// <summary>What the conformance suite does not ask: arguments, messages, and who is separable.</summary>
public sealed class OperatorTests
{
    [Fact]
    public void CompositesAreSeparableWhereTheirPartsAre()
    {
        DenseSymmetric<double> separable = new(Matrices.Symmetric<double>(2, 4, 1), 4);
        CallbackOperator<double> not = new(2, 4, (int _, ReadOnlySpan<double> v, Span<double> av) => v.CopyTo(av));
        double[] q = Matrices.Orthonormal<double>(1, 2, 4);
        Assert.IsAssignableFrom<ISeparableOperator<Span<double>>>(SumOperator<double>.Create(separable, separable));
        Assert.IsAssignableFrom<ISeparableOperator<Span<double>>>(ScaledOperator<double>.Create(separable, 2));
        Assert.IsAssignableFrom<ISeparableOperator<Span<double>>>(ShiftedOperator<double>.Create(separable, 2));
        Assert.IsAssignableFrom<ISeparableOperator<Span<double>>>(DeflatedOperator<double>.Create(separable, q, 2));
        foreach (object composite in (object[])
            [
                SumOperator<double>.Create(separable, not), ScaledOperator<double>.Create(not, 2), ShiftedOperator<double>.Create(not, 2),
                DeflatedOperator<double>.Create(not, q, 2),
            ])
        {
            Assert.False(composite is ISeparableOperator<Span<double>>);
            double[] x = Matrices.Random<double>(8, 2), y = new double[8], once = new double[4];
            ILinearOperator<Span<double>> op = (ILinearOperator<Span<double>>)composite;
            op.Apply(x, y);
            Assert.True(OperatorCheck.Run(op).Healthy);
        }
    }

    [Fact]
    public void MisuseNamesBothNumbers()
    {
        DenseSymmetric<double> three = new(new double[9], 3), four = new(new double[16], 4), twoOfFour = new(new double[32], 4);
        Says(() => SumOperator<double>.Create(three, four), "3", "4");
        Says(() => SumOperator<double>.Create(four, twoOfFour), "batch 1", "2");
        Says(() => SumOperator<double>.Create(), "0");
        Says(() => new GramOperator<double>(new double[7], 2, 3, GramSide.Rows), "6", "7");
        Says(() => new GramOperator<double>(new double[6], 2, 3, GramSide.Rows, double.NaN), "NaN");
        Says(() => new DenseSymmetric<double>(new double[7], 3), "9", "7");
        Says(() => ShiftedOperator<double>.Create(three, double.PositiveInfinity), "shift");
        Says(() => ScaledOperator<double>.Create(three, double.NaN), "NaN");
        Says(() => DeflatedOperator<double>.Create(three, new double[5], 2), "6", "5");
        Says(() => DeflatedOperator<double>.Create(three, new double[12], 4), "4", "3");
        Says(() => new FiniteDifferenceHessian<double>([1, double.NaN], (_, _) => { }), "Element 1", "NaN");
        Says(() => new FiniteDifferenceHessian<double>([], (_, _) => { }), "0 elements");
        Says(() => new FiniteDifferenceHessian<double>([1], (_, _) => { }, -1), "-1");
        Says(() => new CallbackOperator<double>(0, (_, _) => { }), "0");
        Assert.Throws<ArgumentNullException>(() => new CallbackOperator<double>(3, null!));
        Assert.Throws<ArgumentNullException>(() => new CallbackOperator<double>(1, 3, null!));
        Assert.Throws<ArgumentNullException>(() => new FiniteDifferenceHessian<double>([1], null!));
        Assert.Throws<ArgumentNullException>(() => ScaledOperator<double>.Create(null!, 1));
        Assert.Throws<ArgumentNullException>(() => ShiftedOperator<double>.Create(null!, 1));
        Assert.Throws<ArgumentNullException>(() => SumOperator<double>.Create(three, null!));
        Assert.Throws<ArgumentNullException>(() => DeflatedOperator<double>.Create(null!, new double[3], 1));
        Assert.ThrowsAny<ArgumentException>(() => three.Apply(new double[2], new double[3]));
    }

    [Fact]
    public void DeflationSaysHowFarFromOrthonormal()
    {
        DenseSymmetric<double> op = new(new double[9], 3);
        Says(() => DeflatedOperator<double>.Create(op, (double[])[1, 0, 0, 1e-6, 1, 0], 2), "<q_1, q_0>", "1E-06");
        Says(() => DeflatedOperator<double>.Create(op, (double[])[0, 2, 0], 1), "<q_0, q_0> = 4", "3 from 1");
        Says(() => DeflatedOperator<double>.Create(op, (double[])[0, double.NaN, 0, 1, 0, 0], 2), "<q_0, q_0> = NaN");
    }

    [Fact]
    public void DeflationTakesEigenvaluesToZero()
    {
        // diag(1, 2, 3, 4) without e_3.
        double[] a = new double[16], y = new double[4];
        for (int i = 0; i < 4; i++) a[i * 5] = i + 1;
        DeflatedOperator<double> op = DeflatedOperator<double>.Create(new DenseSymmetric<double>(a, 4), (double[])[0, 0, 0, 1], 1);
        op.Apply([1, 1, 1, 1], y);
        Assert.Equal([1, 2, 3, 0], y);
        Assert.Equal(1, op.Count);
    }

    [Fact]
    public void ShiftMovesEigenvaluesUp()
    {
        double[] y = new double[2];
        ShiftedOperator<double>.Create(new DenseSymmetric<double>((double[])[1, 0, 0, 2], 2), 10).Apply([1, 1], y);
        Assert.Equal([11, 12], y);
    }

    [Fact]
    public void GramScaleIsOneOverRowsUnlessSaid()
    {
        double[] j = [1, 2, 3, 4, 5, 6], y = new double[2];
        GramOperator<double> mean = new(j, 3, 2, GramSide.Columns), sum = new(j, 3, 2, GramSide.Columns, 1);
        Assert.Equal(1.0 / 3, mean.Scale);
        sum.Apply([1, 0], y);
        Assert.Equal([35, 44], y);
        mean.Apply([1, 0], y);
        Tolerance.Equal<double>([35 / 3.0, 44 / 3.0], y, 1e-14);
        y = new double[3];
        new GramOperator<double>(j, 3, 2, GramSide.Rows, 1).Apply([1, 0, 0], y);
        Assert.Equal([5, 11, 17], y);
    }

    [Theory]
    [InlineData(40, 6000)]
    [InlineData(6000, 40)]
    [InlineData(9, 40000)]
    public void GramOfLargeShapesIsSymmetricAndThreadsChangeNoBit(int rows, int columns)
    {
        double[] j = Matrices.Random<double>(rows * columns, 5);
        foreach (GramSide side in Enum.GetValues<GramSide>())
        {
            double[]? first = null;
            foreach (int threads in (int[])[1, 2, 5])
            {
                GramOperator<double> op = new(j, rows, columns, side, threads: threads);
                double[] x = Matrices.Random<double>(op.Length, 6), y = new double[op.Length];
                op.Apply(x, y);
                Tolerance.SameBits<double>(first ?? y, y);
                first ??= y;
                if (threads == 2) Assert.True(OperatorCheck.Run(op).Healthy);
            }
        }
    }

    private static void Says(Action action, params string[] parts)
    {
        string message = Assert.ThrowsAny<ArgumentException>(action).Message;
        foreach (string part in parts) Assert.Contains(part, message, StringComparison.Ordinal);
    }
}
