using HessianKernels.Networks.Layers;
using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Curvature;

/// <summary>
/// Some examples' rows of a matrix <c>[n r, d]</c> (see <see cref="OutputSignals"/>), layer by layer, in a form that inner products can be
/// taken from: of a linear layer
/// the inputs x_i and the signals delta_ik, whose row is their outer product, so that
/// <code>
/// row_ik . row_jl = (x_i . x_j + 1) (delta_ik . delta_jl)      (+ 1 where there is a bias)
/// </code>
/// and no row is formed; of any other layer the rows themselves.
/// </summary>
internal sealed class SignalBlock<TView> : ILayerVisitor<TView>, IDisposable where TView : allows ref struct
{
    private readonly ITensorSpace<TView> space;
    private readonly int signals, capacity;
    private readonly List<Part> parts = [];
    private int signal, turn;

    /// <summary>An empty block.</summary>
    public SignalBlock(ITensorSpace<TView> space, int signals, int capacity)
        => (this.space, this.signals, this.capacity) = (space, signals, capacity);

    /// <summary>Number of examples held.</summary>
    public int Count { get; private set; }

    /// <summary>Elements that a block takes for each example.</summary>
    public static long ElementsPerExample(Layer network, int signals)
    {
        Counter counter = new(signals);
        network.VisitShapes(counter.Add);
        return counter.Elements;
    }

    /// <summary>Takes up <paramref name="count"/> examples of a point.</summary>
    public void Load(ModelPoint<TView> point, OutputSignals outputSignals, int first, int count)
    {
        Count = count;
        ModelPass<TView> pass = point.Window(first, count);
        for (signal = 0; signal < signals; signal++)
        {
            TView seed = pass.Seed;
            outputSignals.Write(pass, first, signal, seed);
            turn = 0;
            point.Model.Network.Visit(pass.PullBackSignals(point.Parameters, seed), this);
        }
    }

    /// <inheritdoc/>
    public void Visit(Layer layer, in LayerViews<TView> views)
    {
        if (turn == parts.Count) parts.Add(new(space, layer, signals, capacity));
        Part part = parts[turn++];
        if (part.Inputs is null)
        {
            layer.ExampleGradients(views, part.SignalAt(signal, Count), layer.ParameterCount);
            return;
        }

        if (signal == 0) space.Copy(views.Input, space.Slice(part.Inputs.View, 0, (long)Count * layer.Input.Length));
        space.Copy(views.OutputSignal, part.SignalAt(signal, Count));
    }

    /// <summary>
    /// <c>result[(k, i), (l, j)] = row_ik . row_jl</c> of this block's rows (k, i) and the other's (l, j), <c>[r count, r other.count]</c>.
    /// </summary>
    /// <param name="other">A block of the same matrix; may be this one.</param>
    /// <param name="scratch"><c>[(1 + r) count other.count]</c>.</param>
    /// <param name="result">Overwritten.</param>
    public void Multiply(SignalBlock<TView> other, TView scratch, TView result)
    {
        int n = Count, m = other.Count;
        long pairs = (long)n * m;
        TView inputs = space.Slice(scratch, 0, pairs), products = space.Slice(scratch, pairs, signals * pairs);
        space.Fill(0, result);
        for (int at = 0; at < parts.Count; at++)
        {
            Part mine = parts[at], its = other.parts[at];
            if (mine.Inputs is null)
            {
                space.Gemm(false, true, signals * n, signals * m, mine.SignalLength, 1, mine.AllSignals(n), its.AllSignals(m), 1, result);
                continue;
            }

            space.Fill(mine.HasBias ? 1 : 0, inputs);
            space.Gemm(false, true, n, m, mine.InputLength, 1, mine.AllInputs(n), its.AllInputs(m), 1, inputs);
            for (int k = 0; k < signals; k++)
            {
                space.Gemm(false, true, n, signals * m, mine.SignalLength, 1, mine.SignalAt(k, n), its.AllSignals(m), 0, products);
                space.ScaleGroups(new(n, signals, m), inputs, products, true, space.Slice(result, k * signals * pairs, signals * pairs));
            }
        }
    }

    /// <summary><c>result[k, l, i] = row_ik . row_il</c> for l &lt;= k, <c>[r, r, count]</c>; above them, zeros.</summary>
    /// <param name="scratch"><c>[2 count]</c>.</param>
    /// <param name="result">Overwritten.</param>
    public void ExampleGrams(TView scratch, TView result)
    {
        int n = Count;
        TView inputs = space.Slice(scratch, 0, n), products = space.Slice(scratch, n, n);
        space.Fill(0, result);
        foreach (Part part in parts)
        {
            GroupShape rows = GroupShape.Rows(n, part.SignalLength);
            if (part.Inputs is not null)
            {
                space.Fill(part.HasBias ? 1 : 0, inputs);
                space.DotGroups(GroupShape.Rows(n, part.InputLength), 1, part.AllInputs(n), part.AllInputs(n), true, inputs);
            }

            for (int k = 0; k < signals; k++)
                for (int l = 0; l <= k; l++)
                {
                    TView entry = space.Slice(result, (long)(k * signals + l) * n, n);
                    if (part.Inputs is null)
                    {
                        space.DotGroups(rows, 1, part.SignalAt(k, n), part.SignalAt(l, n), true, entry);
                        continue;
                    }

                    space.DotGroups(rows, 1, part.SignalAt(k, n), part.SignalAt(l, n), false, products);
                    space.Multiply(1, inputs, products, true, entry);
                }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Part part in parts) part.Dispose();
    }

    /// <summary>Counts what parts would take.</summary>
    private sealed class Counter(int signals)
    {
        public long Elements { get; private set; }

        public void Add(Layer layer)
        {
            bool outer = layer is LinearLayer;
            Elements += (outer ? layer.Input.Length : 0) + (long)signals * (outer ? layer.Output.Length : layer.ParameterCount);
        }
    }

    /// <summary>One layer's tensors: inputs <c>[count, in]</c> and signals <c>[r, count, out]</c>, or no inputs and rows
    /// <c>[r, count, p]</c>.</summary>
    private sealed class Part : IDisposable
    {
        private readonly ITensorSpace<TView> space;
        private readonly ITensorMemory<TView> signal;

        public Part(ITensorSpace<TView> space, Layer layer, int signals, int capacity)
        {
            this.space = space;
            bool outer = layer is LinearLayer;
            (InputLength, SignalLength, HasBias) = (layer.Input.Length, outer ? layer.Output.Length : layer.ParameterCount,
                layer.Parameters.Count > 1);
            if (outer) Inputs = space.Allocate((long)capacity * InputLength);
            signal = space.Allocate((long)signals * capacity * SignalLength);
            Signals = signals;
        }

        public int InputLength { get; }

        public int SignalLength { get; }

        public bool HasBias { get; }

        public ITensorMemory<TView>? Inputs { get; }

        private int Signals { get; }

        public TView AllInputs(int count) => space.Slice(Inputs!.View, 0, (long)count * InputLength);

        public TView AllSignals(int count) => space.Slice(signal.View, 0, (long)Signals * count * SignalLength);

        public TView SignalAt(int k, int count) => space.Slice(signal.View, (long)k * count * SignalLength, (long)count * SignalLength);

        public void Dispose()
        {
            Inputs?.Dispose();
            signal.Dispose();
        }
    }
}
