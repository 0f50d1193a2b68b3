using HessianKernels.Networks.Tensors;
using HessianKernels.SecondMoment;

namespace HessianKernels.Networks.Curvature;

public sealed partial class ModelPoint<TView>
{
    /// <summary>Bytes that the rows and signals of two blocks of examples may take, where nothing else is said: 256 MiB.</summary>
    public const long DefaultBlockBytes = 256L << 20;

    /// <summary>
    /// <c>J J^T</c> of all outputs, <c>[n C, n C]</c>, row <c>i C + c</c> output c of example i: the empirical NTK Theta times n. No row of
    /// J is formed for a linear layer.
    /// </summary>
    /// <remarks>
    /// C pull-backs a block of examples give the back-signals; a linear layer adds the product of two Gram matrices, element for element,
    /// any other the Gram matrix of its
    /// rows. Where all examples fit into one block: one forward and C backward passes, and 2 n^2 (in + C^2 out) flops a linear layer. Where
    /// they do not, each pair of blocks
    /// takes one load more. Elements are computed in the point's precision.
    /// </remarks>
    /// <param name="blockBytes">Bytes of the two blocks of examples; at least one example is held in each.</param>
    /// <param name="progress">Told the number of elements done, of n C squared.</param>
    /// <param name="cancellation">Looked at before every pair of blocks.</param>
    /// <exception cref="NotSupportedException">A layer mixes examples.</exception>
    /// <exception cref="OperationCanceledException">Cancelled: a part of a Gram matrix is none.</exception>
    public double[] JacobianGram(long blockBytes = DefaultBlockBytes, IProgress<long>? progress = null,
        CancellationToken cancellation = default)
        => Gram(OutputSignals.Units(Outputs), blockBytes, progress, cancellation);

    /// <summary><c>g_i . g_j</c> of the examples' own gradients, unweighted, <c>[n, n]</c>, by the same.</summary>
    /// <param name="blockBytes">Bytes of the two blocks of examples; at least one example is held in each.</param>
    /// <param name="progress">Told the number of elements done, of n squared.</param>
    /// <param name="cancellation">Looked at before every pair of blocks.</param>
    /// <exception cref="NotSupportedException">A layer mixes examples.</exception>
    /// <exception cref="OperationCanceledException">Cancelled: a part of a Gram matrix is none.</exception>
    public double[] GradientGram(long blockBytes = DefaultBlockBytes, IProgress<long>? progress = null,
        CancellationToken cancellation = default)
        => Gram(OutputSignals.Loss, blockBytes, progress, cancellation);

    /// <summary>
    /// The Gauss-Newton curvatures of the examples, <c>H_i = F_i^T F_i</c> with <c>F_i = S_i^(1/2) J_i</c>, by the Gram matrix of their
    /// rows: what the stochastic edge, noise
    /// kernels and critical learning rates take, whatever d is.
    /// </summary>
    /// <remarks>r, the rows of an F_i, is the largest rank of an S_i: C for a squared error, C - 1 for a cross-entropy. 8 (n r)^2 bytes,
    /// and as much again while it works.</remarks>
    /// <param name="blockBytes">Bytes of the two blocks of examples; at least one example is held in each.</param>
    /// <param name="progress">Told the number of elements done, of n r squared.</param>
    /// <param name="cancellation">Looked at before every pair of blocks.</param>
    /// <exception cref="NotSupportedException">A layer mixes examples.</exception>
    /// <exception cref="OperationCanceledException">Cancelled: a part of a Gram matrix is none.</exception>
    public CurvatureSet Curvatures(long blockBytes = DefaultBlockBytes, IProgress<long>? progress = null,
        CancellationToken cancellation = default)
    {
        OutputSignals roots = Roots();
        double[] gram = Gram(roots, blockBytes, progress, cancellation);
        return CurvatureSet.FromGram(gram, Examples, roots.Count, ParameterCount, Space.Epsilon, Environment.ProcessorCount);
    }

    /// <summary><c>||g_i||^2</c> of the examples' own gradients, unweighted, <c>[n]</c>: no gradient is formed where all layers are
    /// linear.</summary>
    /// <param name="blockBytes">Bytes of a block of examples; at least one example is held.</param>
    /// <exception cref="NotSupportedException">A layer mixes examples.</exception>
    public double[] SquaredExampleGradients(long blockBytes = DefaultBlockBytes)
        => ExampleGrams(OutputSignals.Loss, blockBytes);

    internal OutputSignals Roots() => OutputSignals.Roots(LogitHessians(), Examples, Outputs, Environment.ProcessorCount);

    /// <summary><c>row_ik . row_il</c> of each example's own rows, <c>[n, r, r]</c>.</summary>
    internal double[] ExampleGrams(OutputSignals signals, long blockBytes = DefaultBlockBytes)
    {
        int r = signals.Count, size = BlockSize(signals, blockBytes);
        double[] result = Workspace.Allocate<double>((long)Examples * r * r), part = new double[r * r * size];
        using SignalBlock<TView> block = new(Space, r, size);
        using ITensorMemory<TView> memory = Space.Allocate((2L + r * r) * size);
        for (int first = 0; first < Examples; first += size)
        {
            int count = Math.Min(size, Examples - first);
            block.Load(this, signals, first, count);
            TView grams = Space.Slice(memory.View, 2L * size, (long)r * r * count);
            block.ExampleGrams(memory.View, grams);
            Space.Read(grams, part.AsSpan(0, r * r * count));
            for (int i = 0; i < count; i++)
                for (int k = 0; k < r; k++)
                    for (int l = 0; l < r; l++)
                        result[((first + i) * r + k) * r + l] = part[(Math.Max(k, l) * r + Math.Min(k, l)) * count + i];
        }

        return result;
    }

    private double[] Gram(OutputSignals signals, long blockBytes, IProgress<long>? progress, CancellationToken cancellation)
    {
        int r = signals.Count, size = BlockSize(signals, blockBytes);
        long order = (long)Examples * r, all = order * order, pairs = (long)size * size, done = 0;
        double[] gram = Workspace.Allocate<double>(order > int.MaxValue ? long.MaxValue : all), part = new double[r * r * pairs];
        using SignalBlock<TView> left = new(Space, r, size);
        using SignalBlock<TView>? right = size < Examples ? new(Space, r, size) : null;
        using ITensorMemory<TView> scratch = Space.Allocate((1 + r) * pairs), result = Space.Allocate(r * r * pairs);
        for (int i = 0; i < Examples; i += size)
        {
            left.Load(this, signals, i, Math.Min(size, Examples - i));
            for (int j = 0; j <= i; j += size)
            {
                cancellation.ThrowIfCancellationRequested();
                SignalBlock<TView> other = j == i ? left : right!;
                if (j < i) other.Load(this, signals, j, Math.Min(size, Examples - j));
                long count = (long)r * r * left.Count * other.Count;
                TView product = Space.Slice(result.View, 0, count);
                left.Multiply(other, scratch.View, product);
                Space.Read(product, part.AsSpan(0, (int)count));
                Place(part, r, left.Count, other.Count, gram, (int)order, i, j);
                progress?.Report(done += j < i ? 2 * count : count);
            }
        }

        return gram;
    }

    /// <summary><c>[(k, i), (l, j)]</c> of a pair of blocks to <c>[i r + k, j r + l]</c> of the whole, and its mirror image; on the
    /// diagonal the lower half decides.</summary>
    private static void Place(double[] part, int r, int n, int m, double[] gram, int order, int first, int firstOther)
    {
        for (int i = 0; i < n; i++)
            for (int k = 0; k < r; k++)
                for (int j = 0; j < m; j++)
                    for (int l = 0; l < r; l++)
                    {
                        int row = (first + i) * r + k, column = (firstOther + j) * r + l;
                        if (column > row) continue;
                        double value = part[((long)k * n + i) * r * m + (long)l * m + j];
                        gram[(long)row * order + column] = value;
                        gram[(long)column * order + row] = value;
                    }
    }

    /// <summary>Examples of a block: with another one like it and their products within the bytes.</summary>
    private int BlockSize(OutputSignals signals, long blockBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(blockBytes, 1);
        long each = Space.ElementBytes * (SignalBlock<TView>.ElementsPerExample(Model.Network, signals.Count)
            + Model.Network.StateLength(1, 1) + Model.Network.SignalLength(1, 1));
        double half = blockBytes / 2.0 / each;
        // The products of two blocks grow with the square: r^2 numbers and as many doubles, r + 1 of scratch.
        double square = Math.Sqrt(blockBytes
            / (double)((signals.Count + 1L) * (signals.Count + 1L) * (2L * Space.ElementBytes + sizeof(double))));
        return (int)Math.Clamp(Math.Min(half, square), 1, Examples);
    }
}
