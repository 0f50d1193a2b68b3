using System.Text.Json;
using HessianKernels.Conformance;
using HessianKernels.SecondMoment;
using Xunit;

namespace HessianKernels.Tests.SecondMoment;

/// <summary>Every value of the reference files that a second moment decides, to 1e-9.</summary>
public class ReferenceTests
{
    private const double Relative = 1e-9;

    public static TheoryData<string> Jacobians => ["jacobian_flat", "jacobian_spread", "jacobian_rank_deficient"];

    public static TheoryData<string> HessianSets => ["hessians_full_rank", "hessians_low_rank_spread", "hessians_rank_one"];

    [Theory]
    [MemberData(nameof(Jacobians))]
    public void NoiseKernelNormsOfAJacobian(string name)
    {
        EdgeReference file = EdgeReference.Read(name);
        FunctionSpace space = CurvatureSet.FromJacobian<double>(file.Values, file.Shape[0], file.Shape[1]).Reduce();
        LearningRateSweep sweep = new(space);
        foreach (JsonElement row in file.Rows.EnumerateArray())
        {
            BatchSampling sampling = file.Sampling(row);
            double lr = row.GetProperty("lr").GetDouble();
            foreach (NoiseKernelNorms k in (NoiseKernelNorms[])[sweep.Norms(lr, sampling), NoiseKernel.Norms(space, lr, sampling)])
            {
                Equal(row, "k_exact", k.Exact.Value);
                Equal(row, "k_diagonal", k.Diagonal.Value);
                Equal(row, "k_hd", k.HighDimensional);
                Equal(row, "k_hd_asymptotic", k.HighDimensionalAsymptotic);
                Equal(row, "k_trace", k.Trace);
            }

            Equal(row, "critical_lr", sweep.CriticalLearningRate(sampling).Value);
            Equal(row, "lambda_max", space.Eigenvalues[0]);
        }
    }

    [Theory]
    [MemberData(nameof(HessianSets))]
    public void SecondMomentOfHessians(string name)
    {
        EdgeReference file = EdgeReference.Read(name);
        FunctionSpace space = CurvatureSet.FromHessians<double>(file.Values, file.Shape[0], file.Shape[1]).Reduce();
        foreach (JsonElement row in file.Rows.EnumerateArray())
        {
            BatchSampling sampling = file.Sampling(row);
            double lr = row.GetProperty("lr").GetDouble();
            CriticalLearningRate critical = CriticalLearningRate.Of(space, sampling);
            Equal(row, "critical_lr", critical.Value);
            Equal(row, "contraction", Contraction.Of(space, lr, sampling).Norm);
            Equal(row, "lambda_max_T", new SecondMomentOperator(space, lr, sampling).LargestEigenvalue().Value);
        }
    }

    private static void Equal(JsonElement row, string name, double found)
    {
        double expected = row.GetProperty(name).GetDouble();
        Tolerance.Equal(expected, found, Relative * Math.Abs(expected), $"{name} of {row}");
    }
}
