using System.Numerics;
using HessianKernels.Kernels;
using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Data;

/// <summary>
/// Images, or vectors, in classes of which each is a mixture of Gaussians around pictures of its own: examples that need no file, and as
/// many
/// as are wanted.
/// <code>
///  x = mu_{class, component} + z,   z ~ N(0, I),   mu constant on patches of pixels of a channel, normal, with E norm(mu)^2 = separation^2
/// </code>
/// Two means are about <c>sqrt(2) separation</c> apart, where the noise along the line between them has deviation 1, whatever the shape.
/// </summary>
/// <remarks>
/// Example i has class i mod Classes, so that every part of the set has its share of each, and depends on the seed and on i alone: a set of
/// the
/// examples from n on is a set to test on for the first n. The same bits for any number of threads; float examples are the double ones,
/// rounded. Patches give a convolution something to see; a vector's numbers have no neighbours, and a patch each.
/// </remarks>
public sealed class GaussianMixture
{
    private readonly double[] _means;

    /// <param name="shape">Of an input.</param>
    /// <param name="classes">At least 2.</param>
    /// <param name="separation">At least 0.</param>
    /// <param name="components">Gaussians of a class, at least 1: with more than one, no plane parts two classes.</param>
    /// <param name="labelNoise">The share of examples whose label is drawn anew from all classes, 0 to 1.</param>
    /// <param name="patch">Pixels along a side of a patch, at least 1.</param>
    /// <param name="seed">Same seed, same means and same examples.</param>
    /// <exception cref="ArgumentException">The shape has an axis below 1.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public GaussianMixture(
        TensorShape shape, int classes = 10, double separation = 4, int components = 1, double labelNoise = 0, int patch = 4,
        ulong seed = 0)
    {
        if (shape is not { Height: > 0, Width: > 0, Channels: > 0 })
            throw new ArgumentException($"Found an input shape of {shape}; expected no axis below 1.", nameof(shape));
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(components, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(patch, 1);
        if (!(separation >= 0 && double.IsFinite(separation)))
            throw new ArgumentOutOfRangeException(
                nameof(separation), separation, $"Found a separation of {separation}; expected a finite number of at least 0.");
        if (labelNoise is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(labelNoise), labelNoise, $"Found a label noise of {labelNoise}; expected 0 to 1.");
        (Shape, Classes, Separation, Components, LabelNoise, Seed) = (shape, classes, separation, components, labelNoise, seed);
        _means = MeansOf(shape, checked(classes * components), patch, separation, seed);
    }

    /// <summary>Shape of an input.</summary>
    public TensorShape Shape { get; }

    /// <summary>Number of classes.</summary>
    public int Classes { get; }

    /// <summary>Root of the mean of a mean's squared norm.</summary>
    public double Separation { get; }

    /// <summary>Gaussians of a class.</summary>
    public int Components { get; }

    /// <summary>The share of examples whose label is drawn anew.</summary>
    public double LabelNoise { get; }

    /// <summary>Names the random numbers.</summary>
    public ulong Seed { get; }

    /// <summary>Examples with their labels.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="examples">n, at least 1.</param>
    /// <param name="first">The number of the first one, at least 0.</param>
    /// <param name="threads">Most threads; 0 for one a processor. Changes no bit.</param>
    /// <param name="cancellation">Looked at every 64 examples.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public DataSet<T> Draw<T>(int examples, long first = 0, int threads = 0, CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int length = Shape.Length;
        T[] inputs = new T[SyntheticStream.Room(examples, length, first, threads)];
        int[] labels = new int[examples];
        SyntheticStream.ForEach(examples, threads, cancellation, length, (i, z) =>
        {
            ulong example = (ulong)(first + i);
            (uint component, uint noisy, uint anew, _) = Philox.Block(Seed, SyntheticStream.Labels, example);
            int label = (int)(example % (ulong)Classes);
            SyntheticStream.Normal(Seed, SyntheticStream.Examples + example, z);
            ReadOnlySpan<double> mean = _means.AsSpan((label * Components + Below(Components, component)) * length, length);
            for (int j = 0; j < length; j++) inputs[i * length + j] = T.CreateTruncating(mean[j] + z[j]);
            labels[i] = noisy < LabelNoise * (1.0 + uint.MaxValue) ? Below(Classes, anew) : label;
        });
        return new() { Examples = examples, InputShape = Shape, Inputs = inputs, Labels = labels, Classes = Classes };
    }

    /// <summary>32 random bits as a whole number below a bound.</summary>
    private static int Below(int bound, uint bits) => (int)((ulong)bits * (uint)bound >> 32);

    private static double[] MeansOf(TensorShape shape, int count, int patch, double separation, ulong seed)
    {
        int down = (shape.Height + patch - 1) / patch, across = (shape.Width + patch - 1) / patch, length = shape.Length;
        double[] patches = SyntheticStream.Normal(
            seed, SyntheticStream.Means, checked(count * shape.Channels * down * across), separation / Math.Sqrt(length));
        double[] means = new double[checked(count * length)];
        int at = 0;
        for (int picture = 0; picture < count * shape.Channels; picture++)
            for (int y = 0; y < shape.Height; y++)
                for (int x = 0; x < shape.Width; x++) means[at++] = patches[(picture * down + y / patch) * across + x / patch];
        return means;
    }
}
