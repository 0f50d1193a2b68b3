using System.Numerics;
using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Data;

/// <summary>Examples to train on or to measure at: inputs, and the class or the target of each.</summary>
/// <typeparam name="T">float or double.</typeparam>
public sealed class DataSet<T>
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
