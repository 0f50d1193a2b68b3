using HessianKernels.Conformance;
using HessianKernels.Networks.Data;
using HessianKernels.Networks.Tensors;
using MathNet.Numerics.LinearAlgebra;
using Xunit;

namespace HessianKernels.Networks.Tests.Data;

public class SyntheticTests
{
    private static readonly TensorShape s_image = new(6, 5, 2);

    [Fact]
    public void ExamplesOfATeacherDependOnTheirNumberAlone()
    {
        Teacher teacher = new(9, outputs: 3, hidden: 7, noise: 0.1, seed: 4);
        DataSet<double> all = teacher.Draw<double>(200, threads: 1);
        Same(all, teacher.Draw<double>(200, threads: 4), 0);
        Same(all, teacher.Draw<double>(77, first: 123, threads: 3), 123);
        Same(all, new Teacher(9, outputs: 3, hidden: 7, noise: 0.1, seed: 4).Draw<double>(10), 0);
        Assert.NotEqual(all.Inputs, new Teacher(9, outputs: 3, hidden: 7, noise: 0.1, seed: 5).Draw<double>(200).Inputs);
        DataSet<float> single = teacher.Draw<float>(200);
        Assert.Equal(all.Inputs.Select(x => (float)x), single.Inputs);
        Assert.Equal(all.Targets!.Select(x => (float)x), single.Targets!);
        all.Validate();
    }

    [Fact]
    public void ExamplesOfAMixtureDependOnTheirNumberAlone()
    {
        GaussianMixture mixture = new(s_image, classes: 3, components: 2, labelNoise: 0.2, seed: 4);
        DataSet<double> all = mixture.Draw<double>(200, threads: 1);
        Same(all, mixture.Draw<double>(200, threads: 4), 0);
        Same(all, mixture.Draw<double>(77, first: 123, threads: 3), 123);
        GaussianMixture other = new(s_image, classes: 3, components: 2, labelNoise: 0.2, seed: 5);
        Assert.NotEqual(all.Inputs, other.Draw<double>(200).Inputs);
        Assert.Equal(all.Inputs.Select(x => (float)x), mixture.Draw<float>(200).Inputs);
        all.Validate();
    }

    private static void Same(DataSet<double> all, DataSet<double> part, int first)
    {
        Assert.Equal(all.InputShape, part.InputShape);
        Tolerance.SameBits<double>(all.Inputs.AsSpan(first * all.InputShape.Length, part.Inputs.Length), part.Inputs, "inputs");
        if (all.Targets is not null)
            Tolerance.SameBits<double>(all.Targets.AsSpan(first * all.TargetLength, part.Targets!.Length), part.Targets, "targets");
        if (all.Labels is not null) Assert.Equal(all.Labels[first..(first + part.Examples)], part.Labels!);
    }

    [Fact]
    public void InputsOfATeacherAreStandardNormal()
    {
        DataSet<double> set = new Teacher(4, seed: 1).Draw<double>(20000);
        double[] x = set.Inputs;
        // 80000 numbers: five standard errors of the mean, of the variance and of the fourth moment, and no correlation of neighbours.
        Assert.InRange(x.Average(), -5 / Math.Sqrt(80000), 5 / Math.Sqrt(80000));
        Assert.InRange(x.Average(v => v * v), 1 - 5 * Math.Sqrt(2.0 / 80000), 1 + 5 * Math.Sqrt(2.0 / 80000));
        Assert.InRange(x.Average(v => v * v * v * v), 3 - 5 * Math.Sqrt(96.0 / 80000), 3 + 5 * Math.Sqrt(96.0 / 80000));
        Assert.InRange(x.Zip(x.Skip(1), (a, b) => a * b).Average(), -5 / Math.Sqrt(80000), 5 / Math.Sqrt(80000));
        Assert.InRange(x.Zip(x.Skip(4), (a, b) => a * b).Average(), -5 / Math.Sqrt(80000), 5 / Math.Sqrt(80000));
    }

    [Fact]
    public void TheAnswerIsTheTeachersFunctionOfTheInput()
    {
        // One hidden unit, y = a tanh(gain w^T x / sqrt(d)): at a small gain linear in x, at a large one a times a sign, of the same w, a.
        DataSet<double> small = new Teacher(3, hidden: 1, gain: 1e-3, seed: 2).Draw<double>(400);
        DataSet<double> large = new Teacher(3, hidden: 1, gain: 1e4, seed: 2).Draw<double>(400);
        Matrix<double> x = Matrix<double>.Build.DenseOfRowMajor(400, 3, small.Inputs);
        Vector<double> y = Vector<double>.Build.DenseOfArray(small.Targets!), fitted = x * x.QR().Solve(y);
        Assert.InRange((y - fitted).L2Norm() / y.L2Norm(), 0, 1e-5);
        Assert.Equal(small.Inputs, large.Inputs);
        double a = Math.Abs(large.Targets![0]);
        Assert.True(a > 0.01);
        Assert.True(Enumerable.Range(0, 400).Count(i => Math.Abs(large.Targets![i] / fitted[i] * Math.Abs(fitted[i]) - a) < 1e-9) > 390);
    }

    [Fact]
    public void NoiseIsAddedToTheAnswer()
    {
        double[] clean = new Teacher(5, outputs: 2, seed: 3).Draw<double>(5000).Targets!;
        double[] noisy = new Teacher(5, outputs: 2, noise: 0.25, seed: 3).Draw<double>(5000).Targets!;
        double[] added = [.. noisy.Zip(clean, (a, b) => (a - b) / 0.25)];
        Assert.InRange(added.Average(), -0.05, 0.05);
        Assert.InRange(added.Average(v => v * v), 0.93, 1.07);
        Assert.InRange(added.Zip(clean, (a, b) => a * b).Average(), -0.05, 0.05);
        // The answers have the size that the formula says: E y^2 = E tanh^2, between 0 and 1.
        Assert.InRange(clean.Average(v => v * v), 0.1, 1);
    }

    [Fact]
    public void ClassesOfATeacher()
    {
        Teacher three = new(6, outputs: 3, seed: 1), one = new(6, seed: 1);
        DataSet<double> answers = three.Draw<double>(300), classes = three.DrawClasses<double>(300);
        for (int i = 0; i < 300; i++)
        {
            double[] y = answers.Targets![(3 * i)..(3 * i + 3)];
            Assert.Equal(y.Max(), y[classes.Labels![i]]);
        }

        Assert.Equal((3, 2), (classes.Classes, one.DrawClasses<double>(1).Classes));
        Assert.Equal(one.Draw<double>(300).Targets!.Select(y => y > 0 ? 1 : 0), one.DrawClasses<double>(300).Labels!);
        Assert.Equal([-1.0, 1], one.DrawClasses<double>(300).WithSignTargets().Targets!.Distinct().Order());
        classes.Validate();
    }

    [Fact]
    public void AMixtureHasItsMeansWhereItsPatchesAre()
    {
        const int n = 6000, classes = 3;
        DataSet<double> set = new GaussianMixture(s_image, classes, separation: 5, patch: 3, seed: 7).Draw<double>(n);
        int length = s_image.Length;
        double[][] means = new double[classes][];
        for (int c = 0; c < classes; c++)
        {
            Assert.Equal(n / classes, set.Labels!.Count(label => label == c));
            int[] members = [.. Enumerable.Range(0, n / classes).Select(i => i * classes + c)];
            means[c] = [.. Enumerable.Range(0, length).Select(j => members.Average(i => set.Inputs[i * length + j]))];
            // The rest is noise of variance 1.
            double variance = members.Average(i => Enumerable.Range(0, length)
                .Average(j => Math.Pow(set.Inputs[i * length + j] - means[c][j], 2)));
            Assert.InRange(variance, 0.97, 1.03);
            // Rows 0 to 2 and columns 0 to 2 of a channel are one patch, up to what noise leaves of a mean over 2000.
            double[] patch = [means[c][0], means[c][1], means[c][2], means[c][5], means[c][12]];
            Assert.InRange(patch.Max() - patch.Min(), 0, 8 / Math.Sqrt(2000));
        }

        Assert.True(Math.Abs(means[0][0] - means[0][3]) > 0.2);
        double norm = means.Average(mean => mean.Sum(v => v * v));
        // 8 patches a class: the square of a mean has a large spread.
        Assert.InRange(norm, 8, 60);
    }

    [Fact]
    public void SeparationIsTheNormOfAMeanWhateverTheShape()
    {
        foreach (TensorShape shape in (TensorShape[])[TensorShape.Vector(50), new(16, 16, 1), new(7, 9, 3)])
        {
            // Where the means are far out, the noise does not count: mean norms over 200 classes.
            DataSet<double> set = new GaussianMixture(shape, classes: 200, separation: 1e4, patch: 2, seed: 1).Draw<double>(200);
            Assert.InRange(set.Inputs.Sum(x => x * x) / 200 / 1e8, 0.9, 1.1);
        }
    }

    [Fact]
    public void LabelNoiseAndComponents()
    {
        GaussianMixture mixture = new(TensorShape.Vector(2), classes: 4, separation: 100, components: 3, labelNoise: 0.4, seed: 2);
        DataSet<double> set = mixture.Draw<double>(4000);
        // 0.4 of the labels are drawn anew, three quarters of these to another class.
        Assert.InRange(Enumerable.Range(0, 4000).Count(i => set.Labels![i] != i % 4), 1050, 1350);
        // The examples of a class lie around three points, far apart.
        var near = Enumerable.Range(0, 1000).Select(i => (Math.Round(set.Inputs[8 * i] / 10), Math.Round(set.Inputs[8 * i + 1] / 10)));
        Assert.True(near.GroupBy(cell => cell).Count(group => group.Count() > 50) >= 3);
        int[] clean = new GaussianMixture(TensorShape.Vector(2), classes: 4).Draw<double>(100).Labels!;
        Assert.Equal(Enumerable.Range(0, 100).Select(i => i % 4), clean);
    }

    [Fact]
    public void BadInput()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Teacher(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Teacher(1, outputs: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Teacher(1, hidden: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Teacher(1, noise: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Teacher(1, gain: 0));
        Assert.Throws<ArgumentException>(() => new GaussianMixture(new(0, 1, 1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GaussianMixture(s_image, classes: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GaussianMixture(s_image, separation: double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GaussianMixture(s_image, labelNoise: 1.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GaussianMixture(s_image, components: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GaussianMixture(s_image, patch: 0));
        Teacher teacher = new(1000);
        Assert.Throws<ArgumentOutOfRangeException>(() => teacher.Draw<float>(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => teacher.Draw<float>(1, first: -1));
        Assert.Contains("at most 2147483", Assert.Throws<ArgumentOutOfRangeException>(() => teacher.Draw<float>(int.MaxValue)).Message);
        using CancellationTokenSource cancelled = new();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => teacher.Draw<float>(10, cancellation: cancelled.Token));
    }
}
