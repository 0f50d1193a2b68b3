using HessianKernels.Kernels;

namespace HessianKernels.Networks.Data;

public sealed partial class DataSet<T>
{
    // Far from the streams of a computation with the same seed.
    private const ulong ChoiceStream = 1UL << 52;

    /// <summary>The examples of the given numbers, in the given order; one may come twice.</summary>
    /// <param name="examples">At least one, each from 0 to n - 1.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside that range.</exception>
    public DataSet<T> Take(ReadOnlySpan<int> examples)
    {
        if (examples.IsEmpty) throw new ArgumentException("Found no examples; expected at least one.", nameof(examples));
        if (examples.IndexOfAnyExceptInRange(0, Examples - 1) is >= 0 and var i)
            throw new ArgumentOutOfRangeException(
                nameof(examples), examples[i], $"Found example {examples[i]}; expected 0 to {Examples - 1}.");
        return new()
        {
            Examples = examples.Length, InputShape = InputShape, Inputs = Rows(Inputs, InputShape.Length, examples),
            Labels = Labels is null ? null : Rows(Labels, 1, examples), Classes = Classes,
            Targets = Targets is null ? null : Rows(Targets, TargetLength, examples), TargetLength = TargetLength,
        };
    }

    /// <summary>The first so many examples.</summary>
    /// <param name="count">1 to n.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is outside that range.</exception>
    public DataSet<T> First(int count)
    {
        RequireCount(count);
        if (count == Examples) return this;
        return new()
        {
            Examples = count, InputShape = InputShape, Inputs = Inputs[..(count * InputShape.Length)],
            Labels = Labels?[..count], Classes = Classes, Targets = Targets?[..(count * TargetLength)], TargetLength = TargetLength,
        };
    }

    /// <summary>So many examples drawn without replacement, in random order.</summary>
    /// <param name="count">1 to n.</param>
    /// <param name="seed">Same seed, same examples.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is outside that range.</exception>
    public DataSet<T> Draw(int count, ulong seed)
    {
        RequireCount(count);
        int[] order = [.. Enumerable.Range(0, Examples)];
        for (int i = 0; i < count; i++)
        {
            (uint low, uint high, _, _) = Philox.Block(seed, ChoiceStream, (ulong)i);
            // 64 bits over at most 2^31 places: the places differ in probability by a share of 2^-33 at most.
            int j = i + (int)(ulong)((UInt128)(((ulong)high << 32) | low) * (ulong)(Examples - i) >> 64);
            (order[i], order[j]) = (order[j], order[i]);
        }

        return Take(order.AsSpan(0, count));
    }

    /// <summary>The examples of some classes, which are numbered anew from 0 in the order in which they are given.</summary>
    /// <param name="classes">At least one, each from 0 to Classes - 1, none twice.</param>
    /// <exception cref="ArgumentException">There is none, or one twice, or no example of one of them.</exception>
    /// <exception cref="InvalidOperationException">The set has no labels.</exception>
    public DataSet<T> OfClasses(params ReadOnlySpan<int> classes)
    {
        int[] labels = RequireLabels(), counts = new int[Math.Max(classes.Length, 1)], names = new int[Classes];
        if (classes.IsEmpty) throw new ArgumentException("Found no classes; expected at least one.", nameof(classes));
        names.AsSpan().Fill(-1);
        for (int i = 0; i < classes.Length; i++)
        {
            RequireClass(classes[i], nameof(classes));
            if (names[classes[i]] >= 0)
                throw new ArgumentException($"Found class {classes[i]} twice; expected each once.", nameof(classes));
            names[classes[i]] = i;
        }

        int[] chosen = [.. Enumerable.Range(0, Examples).Where(i => names[labels[i]] >= 0)];
        foreach (int i in chosen) counts[names[labels[i]]]++;
        if (counts.AsSpan().IndexOf(0) is >= 0 and var missing)
            throw new ArgumentException($"Found no example of class {classes[missing]}; expected at least one.", nameof(classes));
        return Take(chosen).Relabelled(label => names[label], classes.Length);
    }

    /// <summary>The first so many examples of each class, in the order of the set.</summary>
    /// <param name="count">At least 1, at most the examples of the smallest class.</param>
    /// <exception cref="ArgumentOutOfRangeException">A class has fewer.</exception>
    /// <exception cref="InvalidOperationException">The set has no labels.</exception>
    public DataSet<T> FirstOfEachClass(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        int[] labels = RequireLabels(), seen = new int[Classes];
        int[] chosen = [.. Enumerable.Range(0, Examples).Where(i => seen[labels[i]]++ < count)];
        if (seen.AsSpan().IndexOfAnyInRange(0, count - 1) is >= 0 and var c)
            throw new ArgumentOutOfRangeException(
                nameof(count), count, $"Found {seen[c]} examples of class {c}; expected at least {count}.");
        return Take(chosen);
    }

    /// <summary>Two classes in place of many: 0 for an even label, 1 for an odd one. Targets made from the old labels are left behind.
    /// </summary>
    /// <remarks>Paper 000 trains on the first 2500 digits with the targets 1 (odd) and -1 (even): <see cref="WithSignTargets"/>
    /// next.</remarks>
    /// <exception cref="InvalidOperationException">The set has no labels.</exception>
    public DataSet<T> OddOrEven() => Relabelled(label => label & 1, 2);

    private DataSet<T> Relabelled(Func<int, int> name, int classes) => new()
    {
        Examples = Examples, InputShape = InputShape, Inputs = Inputs, Labels = Array.ConvertAll(RequireLabels(), label => name(label)),
        Classes = classes,
    };

    private static TRow[] Rows<TRow>(TRow[] source, int length, ReadOnlySpan<int> examples)
    {
        TRow[] rows = new TRow[checked(examples.Length * length)];
        for (int i = 0; i < examples.Length; i++) Array.Copy(source, examples[i] * length, rows, i * length, length);
        return rows;
    }

    private void RequireCount(int count)
    {
        if (count < 1 || count > Examples)
            throw new ArgumentOutOfRangeException(nameof(count), count, $"Found {count} examples; expected 1 to {Examples}.");
    }

    private void RequireClass(int number, string argument)
    {
        if (number < 0 || number >= Classes)
            throw new ArgumentOutOfRangeException(argument, number, $"Found class {number}; expected 0 to {Classes - 1}.");
    }

    private int[] RequireLabels()
        => Labels ?? throw new InvalidOperationException("The set has targets only; expected labels.");
}
