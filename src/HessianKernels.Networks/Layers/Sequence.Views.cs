using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Layers;

public sealed partial class Sequence
{
    /// <summary>Layer <paramref name="i"/>'s part of the sequence's tensors: asked for before each layer's turn.</summary>
    private LayerViews<TView> At<TView>(Cursor at, int i, scoped in LayerViews<TView> views, LayerCall call) where TView : allows ref struct
    {
        views.Cancellation.ThrowIfCancellationRequested();
        ITensorSpace<TView> space = views.Space;
        Layer layer = layers[i];
        int n = views.Examples, k = views.Directions, start = parameterStart[i], count = parameterStart[i + 1] - start;
        long counts = (k - 1) * views.ParameterStride + count;
        LayerViews<TView> own = new()
        {
            Space = space, Examples = n, Order = views.Order, TangentOrder = views.TangentOrder,
            Directions = k, ParameterStride = views.ParameterStride, Cancellation = views.Cancellation,
            InputMoves = views.InputMoves || start > 0,
            InputSignalWanted = views.InputSignalWanted || start > 0,
            GradientWanted = views.GradientWanted, Curvature = views.Curvature,
            Parameters = space.Slice(views.Parameters, start, count),
            State = space.Slice(views.State, at.State, layer.StateLength(n, views.Order)),
            Input = Boundary(space, values, i, n, views.State, views.Input, views.Output),
        };

        if (call is LayerCall.Forward) own.Output = Boundary(space, values, i + 1, n, views.State, views.Input, views.Output);
        if (call is LayerCall.Backward or LayerCall.BackwardTangent or LayerCall.Curve or LayerCall.ExampleGradients)
        {
            own.OutputSignal = Boundary(space, values, i + 1, n, views.SignalState, views.InputSignal, views.OutputSignal);
            own.SignalState = space.Slice(views.SignalState, at.Signal, layer.SignalLength(n, views.Order));
        }

        if (call is LayerCall.Backward)
        {
            if (i > 0 || views.InputSignalWanted) own.InputSignal = Boundary(space, values, i, n, views.SignalState, views.InputSignal, views.OutputSignal);
            if (views.GradientWanted) own.Gradient = space.Slice(views.Gradient, start, count);
        }

        if (call is LayerCall.ForwardTangent or LayerCall.BackwardTangent or LayerCall.Curve)
        {
            int order = call is LayerCall.ForwardTangent ? views.TangentOrder : 1, rows = order * k * n;
            own.Direction = space.Slice(views.Direction, start, counts);
            own.TangentState = space.Slice(views.TangentState, at.Tangent, k * layer.TangentLength(n, order));
            if (own.InputMoves) own.InputTangent = Boundary(space, tangents, i, rows, views.TangentState, views.InputTangent, views.OutputTangent);
            if (call is not LayerCall.BackwardTangent) own.OutputTangent = Boundary(space, tangents, i + 1, rows, views.TangentState, views.InputTangent, views.OutputTangent);
        }

        if (call is LayerCall.BackwardTangent)
        {
            own.GradientTangent = space.Slice(views.GradientTangent, start, counts);
            if (i == 0 && views.InputSignalWanted) own.InputSignalTangent = views.InputSignalTangent;
        }

        return own;
    }

    private static TView Boundary<TView>(
        ITensorSpace<TView> space, Boundaries boundaries, int i, int rows, TView state, TView first, TView last) where TView : allows ref struct
        => boundaries.Place(i) switch
        {
            Boundaries.First => first,
            Boundaries.Last => last,
            int at => space.Slice(state, (long)rows * at, (long)rows * boundaries.Width(i)),
        };

    /// <summary>Where the tensors between the layers lie, in elements an example.</summary>
    private sealed class Boundaries
    {
        public const int First = -1, Last = -2;
        private readonly int[] place, width;

        public Boundaries(Layer[] layers, Func<Layer, bool> shares)
        {
            int count = layers.Length;
            place = new int[count + 1];
            width = [layers[0].Input.Length, .. layers.Select(layer => layer.Output.Length)];
            // The first boundary of each run of layers that share one tensor; the caller's input is nobody's to overwrite.
            int[] root = new int[count + 1];
            for (int i = 1; i <= count; i++) root[i] = i > 1 && shares(layers[i - 1]) ? root[i - 1] : i;
            Shared = [.. root.Select((of, i) => i < count && root[i + 1] == of)];
            for (int i = 0; i <= count; i++)
            {
                if (i == 0) place[i] = First;
                else if (root[i] == root[count]) place[i] = Last;
                else if (root[i] < i) place[i] = place[i - 1];
                else (place[i], Length) = ((int)Length, checked((int)Length + width[i]));
                if (i > 0 && i < count) Widest = Math.Max(Widest, width[i]);
            }
        }

        private bool[] Shared { get; }

        /// <summary>Elements an example of all that lie in the state.</summary>
        public long Length { get; }

        /// <summary>Elements an example of the widest tensor between two layers: the input and the output lie with the caller.</summary>
        public int Widest { get; }

        public int Place(int i) => place[i];

        public int Width(int i) => width[i];

        /// <summary>Whether boundary i, the input of layer i, is also its output.</summary>
        public bool IsShared(int i) => Shared[i];
    }

    /// <summary>Where the current layer's own state begins in each of the sequence's.</summary>
    private struct Cursor(Sequence sequence, int examples, int order, int tangentOrder, int directions = 1)
    {
        public long State = examples * sequence.values.Length;
        public long Signal = examples * sequence.values.Length;
        public long Tangent = (long)directions * tangentOrder * examples * sequence.tangents.Length;

        public void Pass(Layer layer) => Move(layer, 1);

        public void Return(Layer layer) => Move(layer, -1);

        public void ToEnd(Sequence sequence)
        {
            foreach (Layer layer in sequence.layers) Pass(layer);
        }

        private void Move(Layer layer, int way)
        {
            State += way * layer.StateLength(examples, order);
            Signal += way * layer.SignalLength(examples, order);
            Tangent += way * directions * layer.TangentLength(examples, tangentOrder);
        }
    }
}
