using System.Numerics;
using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Data;

/// <summary>Examples to train on or to measure at: inputs, and the class or the target of each.</summary>
/// <remarks>
/// A set is not changed once it is made: subsets, targets and scalings are new sets, which share with the old one the arrays that stay the
/// same. The sets of the papers, from <see cref="Mnist"/> and <see cref="Cifar"/>:
/// <code>
/// 000   Mnist, First(2500).OddOrEven().WithSignTargets(), ZcaWhitening
/// 001   Cifar 10 and 100, First(8192) and First(4096)
/// 002   Cifar 10, First(8192) and First(32768), WithOneHotTargets(); two classes: OfClasses(0, 1)
/// 004   Fashion-MNIST, First(1000) and 200 of the test set; Cifar 10, First(5000) and 1000; Standardization
/// </code>
/// Which examples the subsets of 001, 002 and 004 hold, and which two classes, the papers do not say: the first ones are as good as others.
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
public sealed partial class DataSet<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Number of examples n, at least 1.</summary>
    public required int Examples { get; init; }

    /// <summary>Shape of one input.</summary>
    public required TensorShape InputShape { get; init; }

    /// <summary>The inputs, <c>[n, InputShape.Length]</c>, images in the order of files: <c>[n, channels, height, width]</c>.</summary>
    public required T[] Inputs { get; init; }

    /// <summary>The class of each example, <c>[n]</c>, from 0 to Classes - 1; null where the targets are numbers only.</summary>
    public int[]? Labels { get; init; }

    /// <summary>Number of classes; 0 where there are no labels.</summary>
    public int Classes { get; init; }

    /// <summary>The target of each example, <c>[n, TargetLength]</c>; null where there are labels only.</summary>
    public T[]? Targets { get; init; }

    /// <summary>Numbers a target; 0 where there are none.</summary>
    public int TargetLength { get; init; }
}
