using System.Numerics;

namespace HessianKernels.Networks.Data;

public sealed partial class DataSet<T>
{
    /// <summary>The classes as targets: <c>target[i, c] = high where c is the class of example i, else low</c>; <c>[n,
    /// Classes]</c>.</summary>
    /// <param name="low">Of the other classes.</param>
    /// <param name="high">Of the example's own.</param>
    /// <exception cref="InvalidOperationException">The set has no labels.</exception>
    public DataSet<T> WithOneHotTargets(double low = 0, double high = 1)
    {
        int[] labels = RequireLabels();
        T[] targets = new T[checked(Examples * Classes)];
        targets.AsSpan().Fill(T.CreateTruncating(low));
        for (int i = 0; i < Examples; i++) targets[i * Classes + labels[i]] = T.CreateTruncating(high);
        return WithTargets(targets, Classes);
    }

    /// <summary>Two classes as one number: <c>target[i] = -1</c> for class 0, <c>+1</c> for class 1; <c>[n, 1]</c>.</summary>
    /// <exception cref="InvalidOperationException">The set has no labels, or not two classes.</exception>
    public DataSet<T> WithSignTargets()
    {
        int[] labels = RequireLabels();
        if (Classes != 2) throw new InvalidOperationException($"Found {Classes} classes; expected 2, which signs can tell apart.");
        return WithTargets(Array.ConvertAll(labels, label => label == 0 ? -T.One : T.One), 1);
    }

    /// <summary>
    /// The set with targets of a model's width, for a squared loss: its own targets where it has them, else its classes, one-hot where
    /// there are as many as outputs, as signs where there are two and one output.
    /// </summary>
    /// <param name="outputs">Numbers the model gives an example.</param>
    /// <exception cref="ArgumentException">Neither fits.</exception>
    public DataSet<T> ForRegression(int outputs)
    {
        if (Targets is not null)
        {
            return TargetLength == outputs ? this : throw new ArgumentException(
                $"Found targets of {TargetLength} numbers an example; expected {outputs}, as many as the model has outputs.",
                nameof(outputs));
        }

        int[] labels = RequireLabels();
        if (outputs == Classes) return WithOneHotTargets();
        if (outputs == 1 && Classes == 2) return WithSignTargets();
        string signs = Classes == 2 ? ", or 1 for their signs" : "";
        throw new ArgumentException(
            $"Found labels of {Classes} classes for a model of {outputs} outputs; expected {Classes} outputs, one a class{signs}.",
            nameof(outputs));
    }

    /// <summary>The set itself where its labels are classes of a model's, for a cross-entropy loss.</summary>
    /// <param name="outputs">Numbers the model gives an example: at least as many as there are classes.</param>
    /// <exception cref="ArgumentException">The set has no labels, or more classes than the model has outputs.</exception>
    public DataSet<T> ForClassification(int outputs)
    {
        if (Labels is null)
            throw new ArgumentException(
                $"Found targets of {TargetLength} numbers an example; expected labels: integers, one an example.", nameof(outputs));
        return Classes <= outputs ? this : throw new ArgumentException(
            $"Found labels of {Classes} classes for a model of {outputs} outputs; expected at least {Classes} outputs.", nameof(outputs));
    }

    /// <summary>The same numbers in another type: float to double exactly, double to float to nearest.</summary>
    public DataSet<TOther> As<TOther>()
        where TOther : unmanaged, IBinaryFloatingPointIeee754<TOther>
        => this as DataSet<TOther> ?? new()
        {
            Examples = Examples, InputShape = InputShape, Inputs = Array.ConvertAll(Inputs, TOther.CreateTruncating), Labels = Labels,
            Classes = Classes, Targets = Targets is null ? null : Array.ConvertAll(Targets, TOther.CreateTruncating),
            TargetLength = TargetLength,
        };

    /// <summary>The set with other inputs of the same shape.</summary>
    internal DataSet<T> WithInputs(T[] inputs) => new()
    {
        Examples = Examples, InputShape = InputShape, Inputs = inputs, Labels = Labels, Classes = Classes, Targets = Targets,
        TargetLength = TargetLength,
    };

    private DataSet<T> WithTargets(T[] targets, int length) => new()
    {
        Examples = Examples, InputShape = InputShape, Inputs = Inputs, Labels = Labels, Classes = Classes, Targets = targets,
        TargetLength = length,
    };
}
