using System.Numerics;
using System.Runtime.CompilerServices;
using HessianKernels.Networks.Data;
using HessianKernels.Networks.Losses;
using HessianKernels.Networks.Models;
using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Curvature;

/// <summary>Examples as a model and its loss take them: inputs and targets on a tensor space, once, for all the points that look at
/// them.</summary>
/// <typeparam name="TView">How tensors are held.</typeparam>
public sealed class ModelExamples<TView> : IDisposable where TView : allows ref struct
{
    /// <summary>Takes the memory for <paramref name="count"/> examples; who calls writes <see cref="Inputs"/> and
    /// <see cref="Targets"/>.</summary>
    /// <param name="space">The arithmetic.</param>
    /// <param name="model">The network: its input's and output's lengths.</param>
    /// <param name="count">Number of examples n, at least 1.</param>
    public ModelExamples(ITensorSpace<TView> space, Model model, int count)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        (Space, Count, InputLength, TargetLength) = (space, count, model.Input.Length, model.Outputs);
        InputMemory = space.Allocate((long)count * InputLength);
        TargetMemory = space.Allocate((long)count * TargetLength);
    }

    /// <summary>The arithmetic.</summary>
    public ITensorSpace<TView> Space { get; }

    /// <summary>Number of examples n.</summary>
    public int Count { get; }

    /// <summary>Numbers of an input.</summary>
    public int InputLength { get; }

    /// <summary>Numbers of a target, C.</summary>
    public int TargetLength { get; }

    /// <summary>The inputs, <c>[n, InputLength]</c>.</summary>
    public TView Inputs => InputMemory.View;

    /// <summary>The targets, <c>[n, C]</c>.</summary>
    public TView Targets => TargetMemory.View;

    internal ITensorMemory<TView> InputMemory { get; }

    internal ITensorMemory<TView> TargetMemory { get; }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        InputMemory.Dispose();
        TargetMemory.Dispose();
    }
}

/// <summary>Examples of data sets.</summary>
public static class ModelExamples
{
    // Numbers that are converted at a time.
    private const int Piece = 1 << 13;

    /// <summary>
    /// The examples of a data set: its inputs as they lie there. A squared error takes its targets, or, where it has labels alone, the
    /// classes as
    /// <see cref="DataSet{T}.ForRegression"/> puts them; any other loss the class of each as a distribution (one-hot), or, where there are
    /// no labels, its targets.
    /// </summary>
    /// <param name="space">Where they are to lie; its precision may be another than the data's.</param>
    /// <param name="model">The network.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="data">The examples.</param>
    /// <exception cref="ArgumentException">The inputs or the targets are of another length than the model's, a number is not finite, or a
    /// label is not one of its outputs: which.</exception>
    public static ModelExamples<TView> Create<T, TView>(ITensorSpace<TView> space, Model model, Loss loss, DataSet<T> data)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TView : allows ref struct
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(model);
        if (data.InputShape.Length != model.Input.Length || data.Inputs.LongLength != (long)data.Examples * model.Input.Length)
        {
            throw new ArgumentException(
                $"Found {data.Examples} inputs of shape {data.InputShape}, {data.Inputs.Length} numbers; "
                + $"expected inputs of shape {model.Input} for this model.",
                nameof(data));
        }

        data.Validate();
        bool labelled = data.Labels is not null && loss is not MeanSquaredError;
        if (!labelled) data = data.ForRegression(model.Outputs);
        else ThrowIfNoOutput(data.Labels!, model.Outputs);
        ModelExamples<TView> examples = new(space, model, data.Examples);
        Write<T, TView>(space, data.Inputs, examples.Inputs);
        if (!labelled)
        {
            Write<T, TView>(space, data.Targets!, examples.Targets);
            return examples;
        }

        int together = Math.Clamp(Piece / model.Outputs, 1, data.Examples);
        double[] rows = new double[together * model.Outputs];
        for (int first = 0; first < data.Examples; first += together)
        {
            int count = Math.Min(together, data.Examples - first);
            Array.Clear(rows);
            for (int i = 0; i < count; i++) rows[i * model.Outputs + data.Labels![first + i]] = 1;
            long length = (long)count * model.Outputs;
            space.Write(rows.AsSpan(0, (int)length), space.Slice(examples.Targets, (long)first * model.Outputs, length));
        }

        return examples;
    }

    /// <summary>Numbers of the host's, whatever their precision.</summary>
    internal static void Write<T, TView>(ITensorSpace<TView> space, ReadOnlySpan<T> source, TView destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TView : allows ref struct
    {
        if (typeof(TView) == typeof(Span<T>))
        {
            source.CopyTo(Unsafe.As<TView, Span<T>>(ref destination));
            return;
        }

        double[] numbers = new double[Math.Min(source.Length, Piece)];
        for (int first = 0; first < source.Length; first += Piece)
        {
            int count = Math.Min(Piece, source.Length - first);
            for (int i = 0; i < count; i++) numbers[i] = double.CreateTruncating(source[first + i]);
            space.Write(numbers.AsSpan(0, count), space.Slice(destination, first, count));
        }
    }

    /// <summary>Numbers to the host, whatever their precision there.</summary>
    internal static void Read<T, TView>(ITensorSpace<TView> space, TView source, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TView : allows ref struct
    {
        double[] numbers = new double[Math.Min(destination.Length, Piece)];
        for (int first = 0; first < destination.Length; first += Piece)
        {
            int count = Math.Min(Piece, destination.Length - first);
            space.Read(space.Slice(source, first, count), numbers.AsSpan(0, count));
            for (int i = 0; i < count; i++) destination[first + i] = T.CreateTruncating(numbers[i]);
        }
    }

    private static void ThrowIfNoOutput(int[] labels, int outputs)
    {
        for (int i = 0; i < labels.Length; i++)
        {
            if (labels[i] < 0 || labels[i] >= outputs)
                throw new ArgumentException($"Example {i} has label {labels[i]}; expected 0 to {outputs - 1}, the outputs of this model.",
                    "data");
        }
    }
}
