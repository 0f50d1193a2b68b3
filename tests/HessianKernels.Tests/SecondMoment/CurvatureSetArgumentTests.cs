using HessianKernels.SecondMoment;
using Xunit;

namespace HessianKernels.Tests.SecondMoment;

public class CurvatureSetArgumentTests
{
    private static void AssertMessage(Action action, string argument, params string[] parts)
    {
        ArgumentException fault = Assert.ThrowsAny<ArgumentException>(action);
        Assert.Equal(argument, fault.ParamName);
        foreach (string part in parts) Assert.Contains(part, fault.Message);
    }

    [Fact]
    public void ShapesAreNamedWithBothNumbers()
    {
        AssertMessage(() => CurvatureSet.FromJacobian<double>(new double[7], 2, 3), "jacobian", "2 x 3 = 6", "found 7");
        AssertMessage(() => CurvatureSet.FromFactors<float>(new float[7], 2, 2, 3), "factors", "2 x 2 x 3 = 12", "found 7");
        AssertMessage(() => CurvatureSet.FromHessians<double>(new double[7], 2, 3), "hessians", "2 x 3 x 3 = 18", "found 7");
        AssertMessage(() => CurvatureSet.FromGram<double>(new double[7], 2, 3), "gram", "2 x 3", "36", "found 7");
        AssertMessage(() => CurvatureSet.FromLogitHessians<double>(new double[12], new double[3], 2, 2, 3), "logitHessians", "2 x 2 x 2 = 8", "found 3");
        AssertMessage(() => CurvatureSet.FromLogitHessians<double>(new double[11], new double[8], 2, 2, 3), "jacobian", "2 x 2 x 3 = 12", "found 11");
        AssertMessage(() => CurvatureSet.FromJacobian<double>(default, 0, 3), "examples");
        AssertMessage(() => CurvatureSet.FromJacobian<double>(default, 3, 0), "parameters");
        AssertMessage(() => CurvatureSet.FromFactors<double>(default, 3, 0, 1), "rows");
        AssertMessage(() => CurvatureSet.FromLogitHessians<double>(default, default, 3, 0, 1), "outputs");
        AssertMessage(() => CurvatureSet.FromJacobian<double>(new double[3], 3, 1, threads: -1), "threads");
        // Their product is more than an int holds.
        AssertMessage(() => CurvatureSet.FromJacobian<double>(new double[3], 100_000, 100_000), "jacobian", "10000000000");
    }

    [Theory]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "Infinity")]
    [InlineData(double.NegativeInfinity, "-Infinity")]
    public void WhatIsNotFiniteIsNamedByItsPlace(double bad, string name)
    {
        double[] j = new double[20_000], f = new double[24], h = new double[27];
        (j[4 * 2_000 + 17], f[(2 * 2 + 1) * 4 + 3], h[2 * 9 + 3 + 2]) = (bad, bad, bad);
        AssertMessage(() => CurvatureSet.FromJacobian<double>(j, 10, 2_000), "jacobian", $"Example 4 has {name} at column 17", "finite");
        AssertMessage(() => CurvatureSet.FromFactors<double>(f, 3, 2, 4), "factors", $"Example 2 has {name} at row 1, column 3");
        AssertMessage(() => CurvatureSet.FromFactors<float>(Array.ConvertAll(f, x => (float)x), 3, 2, 4), "factors", $"Example 2 has {name} at row 1, column 3");
        AssertMessage(() => CurvatureSet.FromHessians<double>(h, 3, 3), "hessians", $"Matrix 2 of 3 has {name} at row 1, column 2");
        AssertMessage(() => CurvatureSet.FromLogitHessians<double>(f, new double[12], 3, 2, 4), "jacobian", $"Example 2 has {name} at row 1, column 3");
        AssertMessage(() => CurvatureSet.FromLogitHessians<double>(new double[9], h, 3, 3, 1), "logitHessians", $"Matrix 2 of 3 has {name}");
        AssertMessage(() => CurvatureSet.FromGram<double>(new double[] { 1, bad, bad, 1 }, 2, 1), "gram", name, "row 0, column 1");
    }

    [Fact]
    public void AnAsymmetricMatrixIsRefusedAndNotSymmetrised()
    {
        double[] h = [1, 0, 0, 1, 1, 0.5, 0.25, 1];
        AssertMessage(() => CurvatureSet.FromHessians<double>(h, 2, 2), "hessians", "Matrix 1 of 2", "a[1, 0] = 0.25", "a[0, 1] = 0.5");
        AssertMessage(() => CurvatureSet.FromLogitHessians<double>(new double[4], h, 2, 2, 1), "logitHessians", "Matrix 1 of 2");
        AssertMessage(() => CurvatureSet.FromGram<double>(new double[] { 1, 2, 3, 4 }, 2, 1), "gram", "a[1, 0] = 3");
    }

    [Fact]
    public void WhatMustBeSemidefiniteSaysWhereItIsNot()
    {
        double[] s = [1, 0, 0, 1, 1, 2, 2, 1];
        AssertMessage(() => CurvatureSet.FromLogitHessians<double>(new double[4], s, 2, 2, 1), "logitHessians", "example 1", "-1");
        AssertMessage(() => CurvatureSet.FromGram<double>(new double[] { 1, 2, 2, 1 }, 2, 1), "gram", "-1");
    }
}
