using HessianKernels.Operators;
using HessianKernels.Spaces;
using Xunit;

namespace HessianKernels.Tests.Operators;

public sealed class OperatorCheckTests
{
    private const int N = 100;
    private static readonly double[] A = Matrices.Symmetric<double>(1, N, 1);

    [Fact]
    public void FindsASlightAsymmetry()
    {
        double[] slightly = (double[])A.Clone();
        Random random = new(2);
        for (int i = 0; i < slightly.Length; i++) slightly[i] *= 1 + (1e-6 * (random.NextDouble() - 0.5));
        OperatorReport report = Check((v, av) => Multiply(slightly, v, av));
        OperatorFinding finding = Assert.Single(report.Findings);
        Assert.Equal(OperatorFault.NotSymmetric, finding.Fault);
        Assert.InRange(finding.Defect, 1e-9, 1e-6);
        Assert.Contains("<x, A y> = ", finding.Message, StringComparison.Ordinal);
        Assert.Equal(finding.Defect, report.WorstSymmetryDefect);
        Assert.False(report.Healthy);
        Assert.Contains("not symmetric", report.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void FindsAnAffineMapAndAModulus()
    {
        Assert.Contains(Check((v, av) =>
        {
            Multiply(A, v, av);
            av[3] += 1e-6;
        }).Findings, finding => finding.Fault == OperatorFault.NotLinear && finding.Message.Contains("not linear", StringComparison.Ordinal));
        Assert.Contains(Check((v, av) =>
        {
            for (int i = 0; i < v.Length; i++) av[i] = Math.Abs(v[i]);
        }).Findings, finding => finding.Fault == OperatorFault.NotLinear);
    }

    [Fact]
    public void FindsWhatDoesNotRepeat()
    {
        int calls = 0;
        OperatorFinding finding = Assert.Single(Check((v, av) =>
        {
            Multiply(A, v, av);
            av[7] *= 1 + (++calls * 2.3e-16);
        }).Findings);
        Assert.Equal(OperatorFault.NotDeterministic, finding.Fault);
        Assert.Contains("1 of 100", finding.Message, StringComparison.Ordinal);
        Assert.InRange(finding.Defect, 1e-18, 1e-14);
    }

    [Fact]
    public void FindsNaN()
    {
        OperatorFinding finding = Assert.Single(Check((v, av) =>
        {
            Multiply(A, v, av);
            av[5] = double.NaN;
            av[50] = double.PositiveInfinity;
        }).Findings);
        Assert.Equal((OperatorFault.NotFinite, 2.0), (finding.Fault, finding.Defect));
        Assert.Contains("at 5, is NaN", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FindsAChangedInput()
    {
        OperatorReport report = OperatorCheck.Run(new Rude());
        Assert.Contains(report.Findings, finding => finding.Fault == OperatorFault.ChangesInput && finding.Message.Contains("the first at 2", StringComparison.Ordinal));
    }

    [Fact]
    public void FindsAnUnwrittenOutput()
    {
        OperatorFinding finding = Assert.Single(Check((v, av) => v[..^1].CopyTo(av)).Findings);
        Assert.Equal((OperatorFault.LeavesOutputUnwritten, 1.0), (finding.Fault, finding.Defect));
        Assert.Contains("first at 99", finding.Message, StringComparison.Ordinal);
        finding = Assert.Single(Check((v, av) =>
        {
            for (int i = 0; i < v.Length; i++) av[i] += v[i];
        }).Findings);
        Assert.Equal(OperatorFault.LeavesOutputUnwritten, finding.Fault);
    }

    [Fact]
    public void NamesTheItem()
    {
        CallbackOperator<double> op = new(3, N, (item, v, av) =>
        {
            Multiply(A, v, av);
            if (item == 1) av[0] += v[1];
        });
        OperatorFinding finding = Assert.Single(OperatorCheck.Run(op, seed: 4).Findings);
        Assert.Equal((OperatorFault.NotSymmetric, 1), (finding.Fault, finding.Item));
        Assert.StartsWith("Item 1", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RaisesNoFalseAlarmForNaiveFloatSumsAndLargeOrRankOneMaps()
    {
        foreach (int n in (int[])[1, 2, 3, 10, 1000, 100_000])
        {
            for (ulong seed = 0; seed < (n < 100 ? 200ul : 3ul); seed++)
            {
                // The worst of rounding: all ones, added up one after another in float; and a zero map.
                Healthy(new CallbackOperator<float>(n, (v, av) =>
                {
                    float sum = 0;
                    foreach (float e in v) sum += e;
                    av.Fill(sum);
                }), seed);
                Healthy(new CallbackOperator<float>(n, (v, av) => av.Clear()), seed);
                Healthy(new CallbackOperator<double>(n, (v, av) =>
                {
                    for (int i = 0; i < v.Length; i++) av[i] = (2 * v[i]) - (i > 0 ? v[i - 1] : 0) - (i + 1 < v.Length ? v[i + 1] : 0);
                }), seed);
                Healthy(new CallbackOperator<double>(n, (v, av) =>
                {
                    for (int i = 0; i < v.Length; i++) av[i] = v[i] * Math.Pow(10, 100 - i % 30);
                }), seed);
            }
        }
    }

    [Fact]
    public void CountsItsProducts()
    {
        OperatorReport report = OperatorCheck.Run(new DenseSymmetric<double>(A, N), probes: 5);
        Assert.Equal((20, 5, true), (report.Products, report.Probes, report.Healthy));
        Assert.Equal("No fault found by 5 probes.", report.ToString());
        Assert.InRange(report.WorstSymmetryDefect, 0, report.Tolerance);
        Assert.InRange(report.WorstLinearityDefect, 1e-17, report.Tolerance);
        Assert.Throws<ArgumentNullException>(() => OperatorCheck.Run<double>(null!));
        Assert.Throws<ArgumentOutOfRangeException>(() => OperatorCheck.Run(new Rude(), probes: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => OperatorCheck.Run(new Rude(), tolerance: -1));
    }

    private static void Healthy<T>(ILinearOperator<Span<T>> op, ulong seed)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        OperatorReport report = OperatorCheck.Run(op, seed: seed);
        Assert.True(report.Healthy, $"{op.Length}, seed {seed}: {report}");
    }

    private static OperatorReport Check(OperatorCallback<double> apply) => OperatorCheck.Run(new CallbackOperator<double>(N, apply));

    private static void Multiply(double[] a, ReadOnlySpan<double> v, Span<double> av)
    {
        for (int i = 0; i < v.Length; i++)
        {
            double sum = 0;
            for (int j = 0; j < v.Length; j++) sum += a[(i * v.Length) + j] * v[j];
            av[i] = sum;
        }
    }

    /// <summary>Works, and leaves its input changed.</summary>
    private sealed class Rude : ILinearOperator<Span<double>>
    {
        public int Batch => 1;

        public int Length => 4;

        public void Apply(Span<double> input, Span<double> output)
        {
            input.CopyTo(output);
            input[2] = 17;
        }
    }
}
