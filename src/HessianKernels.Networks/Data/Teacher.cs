using System.Numerics;
using HessianKernels.Kernels;
using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Data;

/// <summary>
/// A random network of one hidden layer whose answers a student can learn: examples that need no file, and as many as are wanted.
/// <code>
///  x ~ N(0, I_d),   y_c = (1/sqrt(h)) sum_k a_ck tanh(w_k^T x / sqrt(d) * gain) + noise e_c,   w_kj, a_ck, e_c ~ N(0, 1)
/// </code>
/// </summary>
/// <remarks>
/// Example i depends on the teacher's seed and on i alone: a set of the examples from n on is a set to test on for the first n, from the
/// same
/// teacher. The same bits for any number of threads; float examples are the double ones, rounded.
/// </remarks>
public sealed class Teacher
{
    private readonly double[] _first, _second;

    /// <param name="inputs">d, numbers an input, at least 1.</param>
    /// <param name="outputs">Numbers an answer, at least 1.</param>
    /// <param name="hidden">h, hidden units, at least 1: the more, the harder to learn.</param>
    /// <param name="noise">Standard deviation of what is added to an answer, at least 0.</param>
    /// <param name="gain">Standard deviation of what a hidden unit is given, above 0: the larger, the less linear.</param>
    /// <param name="seed">Same seed, same teacher and same examples.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public Teacher(int inputs, int outputs = 1, int hidden = 16, double noise = 0, double gain = 2, ulong seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(hidden, 1);
        if (!(noise >= 0 && double.IsFinite(noise)))
            throw new ArgumentOutOfRangeException(
                nameof(noise), noise, $"Found a noise of {noise}; expected a finite number of at least 0.");
        if (!(gain > 0 && double.IsFinite(gain)))
            throw new ArgumentOutOfRangeException(nameof(gain), gain, $"Found a gain of {gain}; expected a finite number above 0.");
        (Inputs, Outputs, Hidden, Noise, Seed) = (inputs, outputs, hidden, noise, seed);
        _first = SyntheticStream.Normal(seed, SyntheticStream.TeacherFirst, checked(hidden * inputs), gain / Math.Sqrt(inputs));
        _second = SyntheticStream.Normal(seed, SyntheticStream.TeacherSecond, checked(outputs * hidden), 1 / Math.Sqrt(hidden));
    }

    /// <summary>d, numbers an input.</summary>
    public int Inputs { get; }

    /// <summary>Numbers an answer.</summary>
    public int Outputs { get; }

    /// <summary>h, hidden units.</summary>
    public int Hidden { get; }

    /// <summary>Standard deviation of what is added to an answer.</summary>
    public double Noise { get; }

    /// <summary>Names the random numbers.</summary>
    public ulong Seed { get; }

    /// <summary>Examples with the teacher's answers as targets, <c>[n, Outputs]</c>.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="examples">n, at least 1.</param>
    /// <param name="first">The number of the first one, at least 0.</param>
    /// <param name="threads">Most threads; 0 for one a processor. Changes no bit.</param>
    /// <param name="cancellation">Looked at every 64 examples.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public unsafe DataSet<T> Draw<T>(int examples, long first = 0, int threads = 0, CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T[] inputs = new T[SyntheticStream.Room(examples, Inputs, first, threads)], targets = new T[checked(examples * Outputs)];
        SyntheticStream.ForEach(examples, threads, cancellation, Inputs + Hidden, (i, room) =>
        {
            Span<double> x = room.AsSpan(0, Inputs), hidden = room.AsSpan(Inputs);
            ulong example = (ulong)(first + i);
            SyntheticStream.Normal(Seed, SyntheticStream.Examples + example, x);
            fixed (double* w = _first, a = _second, at = x, h = hidden)
            {
                for (int k = 0; k < Hidden; k++) h[k] = Math.Tanh(Dot.Of(w + (nint)k * Inputs, at, Inputs));
                for (int c = 0; c < Outputs; c++)
                {
                    double answer = Dot.Of(a + (nint)c * Hidden, h, Hidden);
                    if (Noise > 0) answer += Noise * Philox.NormalPair(Seed, SyntheticStream.Noise + example, (ulong)c).Item1;
                    targets[i * Outputs + c] = T.CreateTruncating(answer);
                }
            }

            for (int j = 0; j < Inputs; j++) inputs[i * Inputs + j] = T.CreateTruncating(x[j]);
        });
        return new()
        {
            Examples = examples, InputShape = TensorShape.Vector(Inputs), Inputs = inputs, Targets = targets, TargetLength = Outputs,
        };
    }

    /// <summary>
    /// The same examples with classes: the output with the largest answer; for a teacher of one output two classes, 1 where the answer is
    /// above 0 and else 0.
    /// </summary>
    /// <inheritdoc cref="Draw"/>
    public DataSet<T> DrawClasses<T>(int examples, long first = 0, int threads = 0, CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        DataSet<T> drawn = Draw<T>(examples, first, threads, cancellation);
        int[] labels = new int[examples];
        for (int i = 0; i < examples; i++)
        {
            ReadOnlySpan<T> answers = drawn.Targets.AsSpan(i * Outputs, Outputs);
            if (Outputs == 1) labels[i] = answers[0] > T.Zero ? 1 : 0;
            for (int c = 1; c < Outputs; c++)
                if (answers[c] > answers[labels[i]]) labels[i] = c;
        }

        return new()
        {
            Examples = examples, InputShape = drawn.InputShape, Inputs = drawn.Inputs, Labels = labels, Classes = Math.Max(2, Outputs),
        };
    }
}
