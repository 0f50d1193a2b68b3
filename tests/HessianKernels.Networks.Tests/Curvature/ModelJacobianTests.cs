using HessianKernels.Conformance;
using HessianKernels.Networks.Curvature;
using HessianKernels.SecondMoment;
using Xunit;
using static HessianKernels.Networks.Tests.Curvature.SmallModel;

namespace HessianKernels.Networks.Tests.Curvature;

/// <summary>Jacobian, gradients of the examples and the Gram matrices of both, against the rows themselves.</summary>
public class ModelJacobianTests
{
    public static TheoryData<bool, long> Blocks => new()
    {
        { false, ModelPoint<Span<double>>.DefaultBlockBytes }, { true, ModelPoint<Span<double>>.DefaultBlockBytes },
        { true, 6000 }, { false, 1 },
    };

    private static ModelPoint<Span<double>> Linear(bool opaque)
        => Point(new() { MicroBatch = 3 }, network: opaque ? OpaqueNetwork : Network);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void RowsAreTheJacobians(bool opaque)
    {
        using ModelPoint<Span<double>> point = Linear(opaque);
        double[] expected = Jacobian(point), rows = new double[expected.Length], some = new double[2 * Outputs * Parameters];
        point.JacobianRows(0, Examples, rows);
        Tolerance.Equal<double>(expected, rows, 1e-14);
        point.JacobianRows(4, 2, some);
        Tolerance.SameBits<double>(rows.AsSpan(4 * Outputs * Parameters, some.Length), some);
    }

    [Fact]
    public void TheTransposedProductIsTheJacobians()
    {
        using ModelPoint<Span<double>> point = Linear(false);
        double[] jacobian = Jacobian(point), u = Numbers(Examples * Outputs, 11), product = new double[Parameters],
            expected = new double[Parameters];
        point.TransposedJacobianProduct(u, product);
        for (int i = 0; i < u.Length; i++)
            for (int j = 0; j < Parameters; j++) expected[j] += u[i] * jacobian[i * Parameters + j];
        Tolerance.Equal<double>(expected, product, 1e-14);
    }

    [Fact]
    public void AnExamplesGradientIsThatOfThePointOfItAlone()
    {
        using ModelPoint<Span<double>> point = Linear(false);
        double[] rows = new double[Examples * Parameters];
        point.Weigh(Numbers(Examples, 12));
        point.ExampleGradients(0, Examples, rows);
        for (int i = 0; i < Examples; i++)
            Tolerance.Equal<double>(OfExample(i, p => p.Hessian()).Gradient, rows.AsSpan(i * Parameters, Parameters), 1e-14);
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public void TheGramMatrixIsThatOfTheRows(bool opaque, long blockBytes)
    {
        using ModelPoint<Span<double>> point = Linear(opaque);
        Tolerance.Equal<double>(RowGram(Jacobian(point), Examples * Outputs), point.JacobianGram(blockBytes), 1e-13);
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public void GradientsMeetWithoutBeingFormed(bool opaque, long blockBytes)
    {
        using ModelPoint<Span<double>> point = Linear(opaque);
        double[] rows = new double[Examples * Parameters];
        point.ExampleGradients(0, Examples, rows);
        double[] gram = RowGram(rows, Examples);
        Tolerance.Equal<double>(gram, point.GradientGram(blockBytes), 1e-14);
        Tolerance.Equal<double>([.. Enumerable.Range(0, Examples).Select(i => gram[i * Examples + i])],
            point.SquaredExampleGradients(blockBytes), 1e-14);
    }

    [Fact]
    public void CurvaturesAreTheGaussNewtonMatrixs()
    {
        using ModelPoint<Span<double>> point = Linear(true);
        FunctionSpace space = point.Curvatures().Reduce();
        LanczosResult<double> top = Lanczos.TopK(point.GaussNewton(), 5);
        Tolerance.Equal<double>(top.Eigenvalues, space.Eigenvalues[..5], 1e-10);
        Assert.Equal(Examples * Outputs, space.Rank);
    }

    [Fact]
    public void TellsHowFarAGramMatrixIsAndStops()
    {
        using ModelPoint<Span<double>> point = Linear(false);
        using CancellationTokenSource source = new();
        Steps steps = new();
        point.JacobianGram(blockBytes: 1, steps);
        Assert.Equal(Math.Pow(Examples * Outputs, 2), steps.Last);
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => point.JacobianGram(cancellation: source.Token));
    }

    private sealed class Steps : IProgress<long>
    {
        public long Last { get; private set; }

        public void Report(long value)
        {
            Assert.True(value > Last);
            Last = value;
        }
    }

    [Fact]
    public void RefusesExamplesThatAreNotThere()
    {
        using ModelPoint<Span<double>> point = Linear(false);
        double[] rows = new double[10 * Outputs * Parameters];
        Assert.Contains("Examples 5 to 7", Assert.Throws<ArgumentOutOfRangeException>(() => point.JacobianRows(5, 3, rows)).Message);
    }
}
