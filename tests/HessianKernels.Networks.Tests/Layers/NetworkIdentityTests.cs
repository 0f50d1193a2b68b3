using HessianKernels.Conformance;
using HessianKernels.Networks.Curvature;
using Xunit;

namespace HessianKernels.Networks.Tests.Layers;

/// <summary>What holds for every layer, loss and model, wherever it stands: one set of identities, all cases.</summary>
public class NetworkIdentityTests
{
    public static TheoryData<string> Cases => [.. NetworkCase.All.Keys];

    public static TheoryData<string> OwnExamples
        => [.. NetworkCase.All.Values.Where(one => one.Model.Network.ExampleMultiple == 1).Select(one => one.Name)];

    public static TheoryData<string> Small
        => [.. NetworkCase.All.Values.Where(one => one.Model.ParameterCount <= 70).Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void FirstAndSecondDerivativesAreThoseOfDifferences(string name)
    {
        (NetworkCase of, double[] v, _) = Case(name);
        // Nothing that one pass leaves may help the other.
        using NetworkProbe<double> probe = new(of), another = new(of);
        double[] at = of.Parameters, gradient = probe.Gradient(at);
        CentralDifference.Check(s => probe.Loss(Along(at, v, s)), [Dot(gradient, v)], "gradient");
        CentralDifference.Check(s => probe.Gradient(Along(at, v, s)), another.HessianProduct(at, v), "Hessian product");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void TangentsOfEveryOrderAreDifferencesOfTheOneBelow(string name)
    {
        (NetworkCase of, double[] v, _) = Case(name);
        using NetworkProbe<double> probe = new(of);
        double[] at = of.Parameters;
        int rows = of.Examples * of.Model.Outputs;
        for (int order = 1; order <= 3; order++)
        {
            int k = order;
            double[] tangents = probe.OutputTangents(at, v, k);
            CentralDifference.Check(
                s => k == 1 ? probe.Outputs(Along(at, v, s)) : probe.OutputTangents(Along(at, v, s), v, k - 1)[((k - 2) * rows)..],
                tangents[((k - 1) * rows)..], $"outputs' derivative of order {k}");
            if (k > 1)
            {
                Tolerance.Equal<double>(
                    probe.OutputTangents(at, v, k - 1), tangents.AsSpan(0, (k - 1) * rows), 1e-12 * Size(tangents), "lower orders");
            }

            CentralDifference.Check(
                s => k == 1 ? probe.Losses(Along(at, v, s)) : probe.LossDerivatives(Along(at, v, s), v, k - 1),
                probe.LossDerivatives(at, v, k), $"losses' derivative of order {k}");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void TheHessianIsSymmetricAndLinear(string name)
    {
        (NetworkCase of, double[] v, double[] u) = Case(name);
        using NetworkProbe<double> probe = new(of);
        double[] hv = probe.HessianProduct(of.Parameters, v), hu = probe.AnotherHessianProduct(of.Parameters, u);
        double[] sum = probe.AnotherHessianProduct(of.Parameters, [.. u.Select((x, i) => 2 * x - 3 * v[i])]);
        double size = Size(hv) + Size(hu);
        Tolerance.Equal(Dot(u, hv), Dot(v, hu), 1e-13 * size * v.Length, "<u, Hv>");
        Tolerance.Equal<double>([.. hu.Select((x, i) => 2 * x - 3 * hv[i])], sum, 1e-13 * size, "H(2u - 3v)");
        Tolerance.SameBits<double>(hv, probe.AnotherHessianProduct(of.Parameters, v), "Hv once more");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void TheHessiansFormIsItsProductsAndTheLossesSecondDerivative(string name)
    {
        (NetworkCase of, double[] v, double[] u) = Case(name);
        using NetworkProbe<double> probe = new(of), another = new(of, order: 2), wider = new(of, threads: 3);
        using NetworkProbe<float> narrow = new(of);
        double[] hv = probe.HessianProduct(of.Parameters, v), hu = probe.AnotherHessianProduct(of.Parameters, u);
        double bound = 1e-13 * v.Length * (Size(hv) + Size(hu)), form = another.HessianForm(of.Parameters, v);
        Tolerance.Equal(Dot(v, hv), form, bound, "v^T (Hv)");
        Tolerance.Equal(Dot(u, hu), another.AnotherHessianForm(of.Parameters, u), bound, "u^T (Hu)");
        Tolerance.Equal(probe.LossDerivatives(of.Parameters, v, 2).Sum() / of.Examples, form, bound, "d^2 L / ds^2");
        Tolerance.SameBits<double>(hv, another.AnotherHessianProduct(of.Parameters, v), "Hv after forms");
        Tolerance.SameBits<double>([form], [another.AnotherHessianForm(of.Parameters, v)], "the form once more");
        Tolerance.SameBits<double>([form], [wider.HessianForm(of.Parameters, v)], "the form by 3 threads");
        Tolerance.Equal(form, narrow.HessianForm(of.Parameters, v), 1e-5 * v.Length * Size(hv), "the form in float");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void ThePullBackIsTheJacobiansAdjointAndLeavesTheSignals(string name)
    {
        (NetworkCase of, double[] v, _) = Case(name);
        using NetworkProbe<double> probe = new(of);
        double[] seed = NetworkCase.Numbers(of.Examples * of.Model.Outputs, of.Seed + 13), jv = probe.OutputTangents(of.Parameters, v, 1);
        double[] pulled = probe.PullBack(of.Parameters, seed);
        Tolerance.Equal(Dot(seed, jv), Dot(pulled, v), 1e-13 * v.Length * (Size(pulled) + Size(jv)), "<u, Jv> = <J^T u, v>");

        double[] before = probe.HessianProduct(of.Parameters, v);
        ModelPass<Span<double>> pass = probe.At(of.Parameters);
        pass.Backward(of.Parameters, false, default);
        pass.PullBack(of.Parameters, [.. seed], new double[v.Length]);
        Tolerance.SameBits<double>(before, probe.AnotherHessianProduct(of.Parameters, v), "Hv after a pull-back");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void GaussNewtonIsTheLogitHessianSeenThroughTheJacobian(string name)
    {
        (NetworkCase of, double[] v, double[] u) = Case(name);
        using NetworkProbe<double> probe = new(of);
        double[] gv = probe.GaussNewtonProduct(of.Parameters, v), gu = probe.GaussNewtonProduct(of.Parameters, u);
        double[] ju = probe.OutputTangents(of.Parameters, u, 1);
        double[] jv = probe.OutputTangents(of.Parameters, v, 1), sjv = [.. jv];
        of.Loss.MultiplyByHessian(probe.At(of.Parameters).LossViews(), sjv, sjv);
        double bound = 1e-13 * v.Length * (Size(gv) + Size(gu));
        Tolerance.Equal(Dot(ju, sjv) / of.Examples, Dot(u, gv), bound, "<Ju, SJv> / n = <u, Gv>");
        Tolerance.Equal(Dot(v, gu), Dot(u, gv), bound, "<u, Gv> = <v, Gu>");
        Assert.True(Dot(v, gv) >= 0 && Dot(u, gu) >= 0, "The Gauss-Newton matrix is positive semidefinite.");
    }

    [Theory]
    [MemberData(nameof(OwnExamples))]
    public void AnExamplesGradientIsThatOfTheExampleAlone(string name)
    {
        (NetworkCase of, _, _) = Case(name);
        int d = of.Model.ParameterCount;
        using NetworkProbe<double> probe = new(of);
        double[] rows = probe.ExampleGradients(of.Parameters);
        for (int e = 0; e < of.Examples; e++)
        {
            using NetworkProbe<double> one = new(of, first: e, count: 1);
            double[] alone = [.. one.Gradient(of.Parameters)];
            Tolerance.Equal<double>(alone, rows.AsSpan(e * (d + 2), d), 1e-13 * Size(alone), $"example {e}");
            Assert.True(double.IsNaN(rows[(e + 1) * (d + 2) - 1]), "Nothing is written between the rows.");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void MicroBatchesAddUp(string name)
    {
        (NetworkCase of, double[] v, _) = Case(name);
        int count = Math.Max(of.Model.Network.ExampleMultiple, 2);
        using NetworkProbe<double> probe = new(of);
        double[] gradient = new double[v.Length], product = new double[v.Length];
        for (int first = 0; first < of.Examples; first += count)
        {
            using NetworkProbe<double> part = new(of, first: first, count: count, order: 2);
            gradient = [.. part.Gradient(of.Parameters).Select((x, i) => x + gradient[i])];
            product = [.. part.HessianProduct(of.Parameters, v).Select((x, i) => x + product[i])];
        }

        Tolerance.Equal<double>(probe.Gradient(of.Parameters), gradient, 1e-13 * Size(gradient), "gradient");
        Tolerance.Equal<double>(probe.HessianProduct(of.Parameters, v), product, 1e-12 * Size(product), "Hessian product");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void SingleIsTheSameToItsPrecisionAndThreadsChangeNoBit(string name)
    {
        (NetworkCase of, double[] v, _) = Case(name);
        using NetworkProbe<double> wide = new(of), wider = new(of, threads: 3);
        using NetworkProbe<float> narrow = new(of);
        double[] product = wide.HessianProduct(of.Parameters, v);
        Tolerance.SameBits<double>(product, wider.HessianProduct(of.Parameters, v), "Hessian product by 3 threads");
        Tolerance.Equal<double>(product, narrow.HessianProduct(of.Parameters, v), 2e-4 * Size(product), "Hessian product in float");
    }

    [Theory]
    [MemberData(nameof(Small))]
    public void TheWholeHessianIsSymmetric(string name)
    {
        (NetworkCase of, _, _) = Case(name);
        int d = of.Model.ParameterCount;
        using NetworkProbe<double> probe = new(of);
        double[] dense = new double[d * d], mirrored = new double[d * d], unit = new double[d];
        for (int i = 0; i < d; i++)
        {
            unit[i] = 1;
            (i == 0 ? probe.HessianProduct(of.Parameters, unit) : probe.AnotherHessianProduct(of.Parameters, unit)).CopyTo(dense, i * d);
            unit[i] = 0;
        }

        for (int i = 0; i < d * d; i++) mirrored[i] = dense[i % d * d + i / d];
        Tolerance.Equal<double>(mirrored, dense, 1e-13 * Size(dense), "H");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void TheInputIsNobodysToOverwrite(string name)
    {
        (NetworkCase of, double[] v, _) = Case(name);
        using NetworkProbe<double> probe = new(of);
        probe.HessianProduct(of.Parameters, v);
        Tolerance.SameBits<double>(of.Inputs, probe.Input, "input");
        Tolerance.SameBits<double>(of.Targets, probe.Target, "target");
    }

    private static (NetworkCase Of, double[] V, double[] U) Case(string name)
    {
        NetworkCase of = NetworkCase.All[name];
        return (of, NetworkCase.Numbers(of.Model.ParameterCount, of.Seed + 11), NetworkCase.Numbers(of.Model.ParameterCount, of.Seed + 12));
    }

    private static double[] Along(double[] at, double[] v, double s) => CentralDifference.Along(at, v, s);

    private static double Dot(double[] x, double[] y) => x.Zip(y, (a, b) => a * b).Sum();

    private static double Size(double[] x) => x.Max(Math.Abs);
}
