using HessianKernels.Networks.Models;
using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Training;

/// <summary>Examples as a network takes them, in the memory of a tensor space.</summary>
/// <typeparam name="TView">How tensors are held.</typeparam>
public sealed class TrainingExamples<TView> : IDisposable where TView : allows ref struct
{
    private readonly ITensorMemory<TView> inputs, targets;

    /// <summary>Copies examples into a space's memory.</summary>
    /// <param name="space">The arithmetic.</param>
    /// <param name="model">The network that they are for.</param>
    /// <param name="inputs"><c>[n, Input.Length]</c>; images <c>[n, height, width, channels]</c>.</param>
    /// <param name="targets"><c>[n, C]</c>: numbers, or a distribution over the classes.</param>
    /// <exception cref="ArgumentException">A length does not fit the model or the other, or a number is not finite.</exception>
    public TrainingExamples(ITensorSpace<TView> space, Model model, ReadOnlySpan<double> inputs, ReadOnlySpan<double> targets)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(model);
        int width = model.Input.Length;
        if (inputs.IsEmpty || inputs.Length % width != 0)
            throw new ArgumentException($"Found {inputs.Length} input numbers; expected [n, {width}], n at least 1.", nameof(inputs));
        Examples = inputs.Length / width;
        if (targets.Length != (long)Examples * model.Outputs)
            throw new ArgumentException($"Found {targets.Length} target numbers; expected [{Examples}, {model.Outputs}], one row an example.", nameof(targets));
        ThrowIfNotFinite(inputs, width, nameof(inputs));
        ThrowIfNotFinite(targets, model.Outputs, nameof(targets));
        this.inputs = space.Allocate(inputs.Length);
        this.targets = space.Allocate(targets.Length);
        space.Write(inputs, this.inputs.View);
        space.Write(targets, this.targets.View);
    }

    /// <summary>n.</summary>
    public int Examples { get; }

    /// <summary>The inputs.</summary>
    public TView Inputs => inputs.View;

    /// <summary>The targets.</summary>
    public TView Targets => targets.View;

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        inputs.Dispose();
        targets.Dispose();
    }

    private static void ThrowIfNotFinite(ReadOnlySpan<double> numbers, int width, string argument)
    {
        for (int i = 0; i < numbers.Length; i++)
            if (!double.IsFinite(numbers[i])) throw new ArgumentException($"Example {i / width}: element {i % width} is {numbers[i]}; expected a finite number.", argument);
    }
}
