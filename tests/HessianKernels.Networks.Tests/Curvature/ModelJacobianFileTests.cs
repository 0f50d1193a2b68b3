using HessianKernels.Conformance;
using HessianKernels.Networks.Curvature;
using HessianKernels.SecondMoment;
using HessianKernels.Storage;
using Xunit;
using static HessianKernels.Networks.Tests.Curvature.SmallModel;

namespace HessianKernels.Networks.Tests.Curvature;

/// <summary>What is written is what the curvature set reads.</summary>
public sealed class ModelJacobianFileTests : IDisposable
{
    private readonly string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".npy");

    public void Dispose() => File.Delete(path);

    [Theory]
    [InlineData(1)]
    [InlineData(2000)]
    [InlineData(1 << 20)]
    public void FactorsReadBackAreTheCurvatures(long blockBytes)
    {
        using ModelPoint<Span<double>> point = Point();
        ModelJacobianFile.WriteFactors(path, point, blockBytes: blockBytes);
        FunctionSpace expected = point.Curvatures().Reduce(), found = JacobianFile.Read(path).Reduce();
        Tolerance.Equal<double>(expected.Eigenvalues, found.Eigenvalues.ToArray(), 1e-13);
    }

    [Fact]
    public void RowsAreTheJacobiansInOrder()
    {
        using ModelPoint<Span<double>> point = Point();
        ModelJacobianFile.WriteRows(path, point, blockBytes: 3 * Outputs * Parameters * sizeof(double));
        NpyArray<double> read = Npy.Read<double>(path);
        Assert.Equal([Examples, Outputs, Parameters], read.Shape.Select(length => (int)length));
        Tolerance.Equal<double>(Jacobian(point), read.Values, 1e-14);
    }
}
