using System.Numerics;
using HessianKernels.Networks.Data;
using HessianKernels.Networks.Losses;
using HessianKernels.Networks.Models;
using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Curvature;

/// <summary>Points of models over data sets.</summary>
public static class ModelPoint
{
    /// <summary>The mean loss of a model over a data set, at given parameters. The point holds its own copy of data and
    /// parameters.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="model">The network.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="data">The examples: with targets of C numbers, or labels, which become distributions.</param>
    /// <param name="parameters"><c>[d]</c>.</param>
    /// <param name="options">The defaults where null.</param>
    /// <exception cref="ArgumentException">The data do not fit the model; there is another number of parameters, or one is not
    /// finite.</exception>
    public static ModelPoint<Span<T>> Create<T>(Model model, Loss loss, DataSet<T> data, ReadOnlySpan<T> parameters,
        ModelPointOptions? options = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Create<T, Span<T>>(new CpuTensorSpace<T>(options?.Threads ?? 0), model, loss, data, parameters, options);

    /// <summary>The same on any tensor space, which the point does not own: a device's, or one of another precision than the data's.</summary>
    /// <typeparam name="T">float or double: of data and parameters.</typeparam>
    /// <typeparam name="TView">How tensors are held.</typeparam>
    /// <param name="space">The arithmetic.</param>
    /// <param name="model">The network.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="data">The examples.</param>
    /// <param name="parameters"><c>[d]</c>.</param>
    /// <param name="options">The defaults where null; its threads are the space's to choose.</param>
    /// <exception cref="ArgumentException">The data do not fit the model; there is another number of parameters, or one is not
    /// finite.</exception>
    public static ModelPoint<TView> Create<T, TView>(ITensorSpace<TView> space, Model model, Loss loss, DataSet<T> data,
        ReadOnlySpan<T> parameters, ModelPointOptions? options = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TView : allows ref struct
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(model);
        if (parameters.Length != model.ParameterCount)
            throw new ArgumentException($"Found {parameters.Length} parameters; the model has {model.ParameterCount}.", nameof(parameters));
        for (int i = 0; i < parameters.Length; i++)
        {
            if (!T.IsFinite(parameters[i]))
                throw new ArgumentException($"Parameter {i} is {parameters[i]}; expected finite numbers.", nameof(parameters));
        }

        ModelExamples<TView> examples = ModelExamples.Create<T, TView>(space, model, loss, data);
        ModelPoint<TView> point = new(space, model, loss, examples, options, ownsExamples: true);
        ModelExamples.Write(space, parameters, point.Parameters);
        return point;
    }
}

/// <summary>
/// A model, its loss and n examples at fixed parameters: <c>L(theta) = sum_i w_i l_i(theta)</c>, with weights 1 / n the mean. Everything
/// that is asked for here is of
/// this L: its gradient, its Hessian, its Gauss-Newton matrix, its Jacobian.
/// </summary>
/// <remarks>
/// Examples go through the network in micro-batches, each a <see cref="ModelPass{TView}"/>, whose results add up. What a forward or
/// backward pass leaves serves all
/// products until parameters or examples change (see <see cref="ModelPointOptions.Recompute"/>). Safe for use by one thread at a time.
/// </remarks>
/// <example><code>
/// using var point = ModelPoint.Create(model, new MeanSquaredError(), data, parameters);
/// LanczosResult&lt;double&gt; top = Lanczos.TopK(point.Hessian(), 5);
/// </code></example>
/// <typeparam name="TView">How tensors are held.</typeparam>
public sealed partial class ModelPoint<TView> : IDisposable where TView : allows ref struct
{
    private readonly ITensorMemory<TView> parameters, weights;
    private readonly ModelExamples<TView> source;
    private readonly bool ownsExamples;
    private readonly PassWorkspace<TView> workspace;
    private readonly List<ModelPass<TView>> passes = [];
    private readonly List<(int Piece, Stage Stage)> done = [];
    private ITensorMemory<TView>? gathered, gatheredTargets, gradient;
    private ModelPass<TView>? window;
    private int[] selection = [];
    private bool all = true, gradientKnown;

    /// <summary>A point that looks at all of <paramref name="examples"/>, with weights 1 / n, at parameters that are 0 until
    /// <see cref="MoveTo"/>.</summary>
    /// <param name="space">The arithmetic.</param>
    /// <param name="model">The network.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="examples">What to look at; not to be changed meanwhile.</param>
    /// <param name="options">The defaults where null.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public ModelPoint(ITensorSpace<TView> space, Model model, Loss loss, ModelExamples<TView> examples, ModelPointOptions? options = null)
        : this(space, model, loss, examples, options, ownsExamples: false)
    {
    }

    internal ModelPoint(ITensorSpace<TView> space, Model model, Loss loss, ModelExamples<TView> examples, ModelPointOptions? options,
        bool ownsExamples)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(examples);
        (Space, Model, Loss, source, this.ownsExamples) = (space, model, loss, examples, ownsExamples);
        Plan = ModelPointPlan.Of(model, examples.Count, options ?? ModelPointOptions.Default, space.ElementBytes);
        workspace = new(space);
        parameters = space.Allocate(model.ParameterCount);
        weights = space.Allocate(Plan.Capacity);
        if (Plan.Capacity == examples.Count) SelectAll();
    }

    /// <summary>The arithmetic.</summary>
    public ITensorSpace<TView> Space { get; }

    /// <summary>The network.</summary>
    public Model Model { get; }

    /// <summary>The loss of one example.</summary>
    public Loss Loss { get; }

    /// <summary>The examples that may be selected.</summary>
    public ModelExamples<TView> Source => source;

    /// <summary>Number of examples now selected, n; 0 only before the first selection of a point of less capacity than there are
    /// examples.</summary>
    public int Examples { get; private set; }

    /// <summary>Number of parameters d.</summary>
    public int ParameterCount => Model.ParameterCount;

    /// <summary>Number of outputs C.</summary>
    public int Outputs => Model.Outputs;

    /// <summary>Highest derivative of the loss that may be asked for.</summary>
    public int Order => Plan.Order;

    /// <summary>Examples that go through the network together.</summary>
    public int MicroBatch => Plan.MicroBatch;

    /// <summary>
    /// Ends whatever the point is at, in the middle of a micro-batch, by an <see cref="OperationCanceledException"/>. The point stays
    /// good: what is asked for again, under another token, is computed whole.
    /// </summary>
    public CancellationToken Cancellation { get; set; }

    /// <summary>Told, as each micro-batch goes through the network for a result, how many examples it has; nobody where null.</summary>
    public IProgress<int>? Passes { get; set; }

    /// <summary>theta, <c>[d]</c>. Who writes here says so by <see cref="Moved"/>.</summary>
    public TView Parameters => parameters.View;

    /// <summary>Each example's weight, <c>[n]</c>; 1 / n where nothing else was said.</summary>
    public TView Weights => Space.Slice(weights.View, 0, Examples);

    internal ModelPointPlan Plan { get; }

    private int Pieces => (Examples + MicroBatch - 1) / MicroBatch;

    /// <summary>Moves to other parameters, <c>[d]</c>, which are copied.</summary>
    public void MoveTo(TView position)
    {
        Space.Copy(position, Parameters);
        Moved();
    }

    /// <summary>Says that <see cref="Parameters"/> were written: nothing that was computed is reused.</summary>
    public void Moved()
    {
        for (int slot = 0; slot < done.Count; slot++) done[slot] = (-1, Stage.None);
        gradientKnown = false;
    }

    /// <summary>Looks at all examples, with weights 1 / n.</summary>
    /// <exception cref="InvalidOperationException">The point's capacity is less.</exception>
    public void SelectAll()
    {
        if (Plan.Capacity < source.Count)
            throw new InvalidOperationException($"There are {source.Count} examples; the point was made for {Plan.Capacity} at most.");
        (all, Examples) = (true, source.Count);
        Space.Fill(1.0 / Examples, Weights);
        Moved();
    }

    /// <summary>Looks at a mini-batch, with weights 1 / b. An example may come more than once.</summary>
    /// <param name="examples">Numbers of examples of <see cref="Source"/>, from 1 to the point's capacity of them.</param>
    /// <exception cref="ArgumentException">There is none, or more than the capacity.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no example of such a number.</exception>
    public void Select(ReadOnlySpan<int> examples)
    {
        if (examples.IsEmpty || examples.Length > Plan.Capacity)
            throw new ArgumentException($"Found {examples.Length} examples; expected 1 to {Plan.Capacity}, for which the point was made.",
                nameof(examples));
        foreach (int example in examples)
        {
            if ((uint)example >= (uint)source.Count)
                throw new ArgumentOutOfRangeException(nameof(examples), example,
                    $"Found example {example}; expected 0 to {source.Count - 1}.");
        }

        (all, selection, Examples) = (false, examples.ToArray(), examples.Length);
        gathered ??= Space.Allocate((long)Plan.Capacity * source.InputLength);
        gatheredTargets ??= Space.Allocate((long)Plan.Capacity * source.TargetLength);
        Space.GatherRows(examples, source.InputLength, source.Inputs, Space.Slice(gathered.View, 0, (long)Examples * source.InputLength));
        Space.GatherRows(examples, source.TargetLength, source.Targets,
            Space.Slice(gatheredTargets.View, 0, (long)Examples * source.TargetLength));
        Space.Fill(1.0 / Examples, Weights);
        Moved();
    }

    /// <summary>Which of <see cref="Source"/>'s examples example i of the point is.</summary>
    internal int SourceOf(int example) => all ? example : selection[example];

    /// <summary>Weighs the selected examples anew: <c>L = sum_i w_i l_i</c>. Forward passes stay.</summary>
    /// <param name="exampleWeights">w, one for each example; any finite numbers.</param>
    /// <exception cref="ArgumentException">There are not as many as selected examples, or one is not finite.</exception>
    public void Weigh(ReadOnlySpan<double> exampleWeights)
    {
        if (exampleWeights.Length != Examples)
            throw new ArgumentException($"Found {exampleWeights.Length} weights; expected {Examples}, one for each selected example.",
                nameof(exampleWeights));
        for (int i = 0; i < exampleWeights.Length; i++)
        {
            if (!double.IsFinite(exampleWeights[i]))
                throw new ArgumentException($"Weight {i} is {exampleWeights[i]}; expected a finite number.", nameof(exampleWeights));
        }

        Space.Write(exampleWeights, Weights);
        for (int slot = 0; slot < done.Count; slot++)
            if (done[slot].Stage == Stage.Signals) done[slot] = (done[slot].Piece, Stage.Forward);
        gradientKnown = false;
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        foreach (ModelPass<TView> pass in passes) pass.Dispose();
        window?.Dispose();
        workspace.Dispose();
        foreach (ITensorMemory<TView>? memory in (ITensorMemory<TView>?[])[parameters, weights, gathered, gatheredTargets, gradient])
            memory?.Dispose();
        if (ownsExamples) source.Dispose();
    }
}
