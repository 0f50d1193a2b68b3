using System.Globalization;
using HessianKernels.Kernels;

namespace HessianKernels.Networks.Data;

public sealed partial class DataSet<T>
{
    /// <summary>Throws where the set contradicts itself or holds a number that is not finite or a label that is not a class.</summary>
    /// <exception cref="ArgumentException">The message says which example, what was found and what was expected.</exception>
    public void Validate()
    {
        if (Fault() is { } fault) throw new ArgumentException($"{fault.Field}: found {fault.Found}; expected {fault.Expected}.");
    }

    /// <summary>The same for a set read from a file.</summary>
    internal DataSet<T> Validated(string file)
        => Fault() is { } fault ? throw new DataFormatException(file, fault.Field, fault.Found, fault.Expected) : this;

    private (string Field, string Found, string Expected)? Fault()
    {
        if (Examples < 1) return ("examples", $"{Examples}", "at least 1");
        if (InputShape is not { Height: > 0, Width: > 0, Channels: > 0 }) return ("input shape", $"{InputShape}", "no axis below 1");
        if (Wrong(Inputs.Length, InputShape.Length) is { } inputs) return ("inputs", inputs.Found, inputs.Expected);
        if (Labels is null && Targets is null) return ("labels, targets", "neither", "one of them or both");
        if (Targets is not null && Wrong(Targets.Length, TargetLength) is { } targets) return ("targets", targets.Found, targets.Expected);
        if (Labels is not null && Labels.Length != Examples) return ("labels", $"{Labels.Length}", $"{Examples}, one an example");
        if (Labels is not null && Classes < 1) return ("classes", $"{Classes}", "at least 1, as there are labels");
        if (Labels is not null && Labels.AsSpan().IndexOfAnyExceptInRange(0, Classes - 1) is >= 0 and var i)
            return ("label", $"{Labels[i]} at example {i}", $"0 to {Classes - 1}, as there are {Classes} classes");
        return NotFinite("input", Inputs, InputShape.Length) ?? NotFinite("target", Targets, TargetLength);
    }

    private (string Found, string Expected)? Wrong(int length, int each)
        => each >= 1 && length == (long)Examples * each ? null : ($"{length} numbers", $"{Examples} examples of {each}, at least 1, each");

    private static unsafe (string, string, string)? NotFinite(string field, T[]? values, int each)
    {
        if (values is null) return null;
        int at;
        fixed (T* first = values) at = Finite.FirstExcept(first, values.Length, Environment.ProcessorCount);
        if (at < 0) return null;
        string found = double.CreateTruncating(values[at]).ToString(CultureInfo.InvariantCulture);
        return (field, $"{found} at example {at / each}, element {at % each}", "finite numbers");
    }
}
