using HessianKernels.Networks.Data;
using HessianKernels.Networks.Tensors;
using Xunit;
using static HessianKernels.Networks.Tests.Data.DataFolder;

namespace HessianKernels.Networks.Tests.Data;

public class DataSetTests
{
    private static readonly TensorShape s_shape = new(2, 1, 2);

    private static DataSet<double> Set => Labelled(s_shape, 4, 3, 1, 0, 1, 3, 2);

    private static double[] RowsOf(params int[] examples)
        => [.. examples.SelectMany(i => Enumerable.Range(4 * i, 4)).Select(i => (double)i)];

    [Fact]
    public void Take()
    {
        DataSet<double> taken = Set.WithOneHotTargets().Take([4, 0, 4]);
        Assert.Equal(RowsOf(4, 0, 4), taken.Inputs);
        Assert.Equal([3, 3, 3], taken.Labels!);
        Assert.Equal([0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1], taken.Targets!);
        taken.Validate();
        Assert.Throws<ArgumentException>(() => Set.Take([]));
        Assert.Contains("example 6", Assert.Throws<ArgumentOutOfRangeException>(() => Set.Take([0, 6])).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => Set.Take([-1]));
    }

    [Fact]
    public void First()
    {
        DataSet<double> first = Set.WithOneHotTargets().First(2);
        Assert.Equal(RowsOf(0, 1), first.Inputs);
        Assert.Equal([0, 0, 0, 1, 0, 1, 0, 0], first.Targets!);
        Assert.Equal([3, 1], first.Labels!);
        Assert.Equal(6, Set.First(6).Examples);
        foreach (int count in (int[])[0, 7])
            Assert.Contains("1 to 6", Assert.Throws<ArgumentOutOfRangeException>(() => Set.First(count)).Message);
    }

    [Fact]
    public void DrawIsWithoutReplacementAndNamedByTheSeed()
    {
        DataSet<double> set = Labelled(TensorShape.Vector(1), 1, new int[50]);
        DataSet<double> all = set.Draw(50, seed: 5), some = set.Draw(20, seed: 5);
        Assert.Equal(set.Inputs, all.Inputs.Order());
        Assert.NotEqual(set.Inputs, all.Inputs);
        Assert.Equal(all.Inputs[..20], some.Inputs);
        Assert.NotEqual(some.Inputs, set.Draw(20, seed: 6).Inputs);
    }

    [Fact]
    public void EveryExampleIsDrawnFirstAboutAsOften()
    {
        DataSet<double> set = Labelled(TensorShape.Vector(1), 1, new int[7]);
        int[] counts = new int[7];
        for (ulong seed = 0; seed < 7000; seed++) counts[(int)set.Draw(1, seed).Inputs[0]]++;
        // 1000 expected with a deviation of 29.
        foreach (int count in counts) Assert.InRange(count, 850, 1150);
    }

    [Fact]
    public void OfClasses()
    {
        DataSet<double> two = Set.OfClasses(3, 1);
        Assert.Equal(RowsOf(0, 1, 3, 4), two.Inputs);
        Assert.Equal([0, 1, 1, 0], two.Labels!);
        Assert.Equal(2, two.Classes);
        two.Validate();
        Assert.Contains("class 4", Assert.Throws<ArgumentOutOfRangeException>(() => Set.OfClasses(0, 4)).Message);
        Assert.Contains("class 1 twice", Assert.Throws<ArgumentException>(() => Set.OfClasses(1, 1)).Message);
        Assert.Contains("no example of class 2", Assert.Throws<ArgumentException>(() => Set.First(5).OfClasses(1, 2)).Message);
        Assert.Throws<ArgumentException>(() => Set.OfClasses());
    }

    [Fact]
    public void FirstOfEachClass()
    {
        DataSet<double> each = Set.OfClasses(1, 3).FirstOfEachClass(1);
        Assert.Equal([1, 0], each.Labels!);
        Assert.Equal(RowsOf(0, 1), each.Inputs);
        Assert.Contains("1 examples of class 0", Assert.Throws<ArgumentOutOfRangeException>(() => Set.FirstOfEachClass(2)).Message);
    }

    [Fact]
    public void OddOrEvenAsSigns()
    {
        DataSet<double> parity = Set.WithOneHotTargets().OddOrEven();
        Assert.Equal([1, 1, 0, 1, 1, 0], parity.Labels!);
        Assert.Equal(2, parity.Classes);
        Assert.Null(parity.Targets);
        Assert.Equal([1.0, 1, -1, 1, 1, -1], parity.WithSignTargets().Targets!);
        Assert.Contains("4 classes", Assert.Throws<InvalidOperationException>(() => Set.WithSignTargets()).Message);
    }

    [Fact]
    public void OneHot()
    {
        Assert.Equal([-0.5, 0.5, -0.5, 0.5, -0.5, -0.5], Labelled(TensorShape.Vector(1), 3, 1, 0).WithOneHotTargets(-0.5, 0.5).Targets!);
        Assert.Equal(3, Labelled(TensorShape.Vector(1), 3, 1, 0).WithOneHotTargets().TargetLength);
        Assert.Throws<InvalidOperationException>(() => Numbers(2).WithOneHotTargets());
        Assert.Throws<InvalidOperationException>(() => Numbers(2).OfClasses(0));
    }

    [Fact]
    public void ForRegression()
    {
        Assert.Equal(4, Set.ForRegression(4).TargetLength);
        Assert.Equal(1, Set.OddOrEven().ForRegression(1).TargetLength);
        Assert.Equal(2, Set.OddOrEven().ForRegression(2).TargetLength);
        DataSet<double> numbers = Numbers(3);
        Assert.Same(numbers, numbers.ForRegression(3));
        Assert.Contains("targets of 3 numbers an example; expected 1",
            Assert.Throws<ArgumentException>(() => numbers.ForRegression(1)).Message);
        Assert.Contains("4 classes for a model of 1 outputs", Assert.Throws<ArgumentException>(() => Set.ForRegression(1)).Message);
        Assert.Contains("signs", Assert.Throws<ArgumentException>(() => Set.OddOrEven().ForRegression(3)).Message);
    }

    [Fact]
    public void ForClassification()
    {
        DataSet<double> set = Set;
        Assert.Same(set, set.ForClassification(4));
        Assert.Same(set, set.ForClassification(5));
        Assert.Contains("4 classes for a model of 3 outputs", Assert.Throws<ArgumentException>(() => set.ForClassification(3)).Message);
        Assert.Contains("integers", Assert.Throws<ArgumentException>(() => Numbers(2).ForClassification(2)).Message);
    }

    [Fact]
    public void AnotherType()
    {
        DataSet<double> set = Set.WithOneHotTargets();
        DataSet<float> single = set.As<float>();
        Assert.Equal(set.Inputs.Select(x => (float)x), single.Inputs);
        Assert.Equal(set.Targets!.Select(x => (float)x), single.Targets!);
        Assert.Equal((set.Labels!, 4, 4), (single.Labels!, single.Classes, single.TargetLength));
        Assert.Same(set, set.As<double>());
    }

    [Fact]
    public void Validate()
    {
        Set.WithOneHotTargets().Validate();
        Fault("examples: found 0", new() { Examples = 0, InputShape = s_shape, Inputs = [], Targets = [], TargetLength = 1 });
        Fault("input shape", new() { Examples = 1, InputShape = new(0, 1, 1), Inputs = [], Targets = [1], TargetLength = 1 });
        Fault("inputs: found 3 numbers; expected 1 examples of 4", new() { Examples = 1, InputShape = s_shape, Inputs = [1, 2, 3],
            Targets = [1], TargetLength = 1 });
        Fault("neither", new() { Examples = 1, InputShape = TensorShape.Vector(1), Inputs = [1] });
        Fault("targets: found 1 numbers; expected 1 examples of 2", new() { Examples = 1, InputShape = TensorShape.Vector(1), Inputs = [1],
            Targets = [1], TargetLength = 2 });
        Fault("targets", new() { Examples = 1, InputShape = TensorShape.Vector(1), Inputs = [1], Targets = [], TargetLength = 0 });
        Fault("labels: found 2; expected 1", new() { Examples = 1, InputShape = TensorShape.Vector(1), Inputs = [1], Labels = [0, 0],
            Classes = 1 });
        Fault("label: found 3 at example 0; expected 0 to 2", new() { Examples = 1, InputShape = TensorShape.Vector(1), Inputs = [1],
            Labels = [3], Classes = 3 });
        Fault("classes: found 0", new() { Examples = 1, InputShape = TensorShape.Vector(1), Inputs = [1], Labels = [0] });
        Fault("input: found NaN at example 0, element 0", new() { Examples = 1, InputShape = TensorShape.Vector(1), Inputs = [double.NaN],
            Labels = [0], Classes = 1 });

        static void Fault(string message, DataSet<double> set)
            => Assert.Contains(message, Assert.Throws<ArgumentException>(set.Validate).Message);
    }

    private static DataSet<double> Numbers(int length)
        => new() { Examples = 1, InputShape = TensorShape.Vector(1), Inputs = [1], Targets = new double[length], TargetLength = length };
}
