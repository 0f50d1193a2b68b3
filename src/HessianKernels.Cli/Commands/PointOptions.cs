using System.CommandLine;
using System.Numerics;
using HessianKernels.Cli.Devices;
using HessianKernels.Cli.Output;
using HessianKernels.Networks.Curvature;
using HessianKernels.Networks.Data;
using HessianKernels.Networks.Losses;
using HessianKernels.Networks.Models;
using HessianKernels.Networks.Tensors;

namespace HessianKernels.Cli.Commands;

/// <summary>What says at which point a model is looked at: the model, its parameters, the examples and the loss.</summary>
internal sealed class PointOptions
{
    private readonly ModelOptions _model = new();
    private readonly DataOptions _data = new();
    private readonly LossOption _loss = new();

    private readonly Option<int> _microBatch = Options.Number(
        "--micro-batch", "M", "Examples that go through the network together; 0 to choose. Changes the last digits only.", 0);

    private readonly Option<bool> _recompute = new("--recompute")
    {
        Description = "Keep the activations of one micro-batch only: less memory, up to twice the time.",
    };

    public void AddTo(Command command)
    {
        _model.AddTo(command);
        _data.AddTo(command);
        _loss.AddTo(command);
        command.Add(_microBatch);
        command.Add(_recompute);
    }

    public Loss LossOf(ParseResult parsed) => _loss.Of(parsed);

    /// <summary>The examples, and those to test on where there are some.</summary>
    public (DataSet<T> Data, DataSet<T>? Test) ReadData<T>(
        ParseResult parsed, TestDataOptions tests, ProgressBoard? board, int threads, CancellationToken cancellation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => _data.Read<T>(parsed, tests, board, threads, cancellation);

    public string Data(ParseResult parsed) => _data.Path(parsed);

    public ModelSource Open(ParseResult parsed, ulong seed) => _model.Open(parsed, seed);

    /// <summary>Reads the examples and the parameters and makes the point.</summary>
    public ModelPoint<TView> Create<T, TView>(ParseResult parsed, ModelSource source, ITensorSpace<TView> space, ComputeDevice? device,
        int order, int threads, ProgressBoard? board, CancellationToken cancellation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TView : allows ref struct
    {
        Loss loss = _loss.Of(parsed);
        ModelPointOptions options = PointOf(parsed, source.Model, order, threads);
        T[] parameters = source.Read<T>();
        DataSet<T> data = _data.Read<T>(parsed, board, threads, cancellation);
        try
        {
            if (device is null) RequireMemory<T>(source.Model, loss, data, options);
            else device.RequirePoint<T>(source.Model, loss, data.Examples, options);
            return ModelPoint.Create<T, TView>(space, source.Model, loss, data, parameters, options);
        }
        catch (ArgumentException e)
        {
            throw BadInputException.From(Data(parsed), e);
        }
    }

    /// <summary>How the examples go through the network.</summary>
    public ModelPointOptions PointOf(ParseResult parsed, Model model, int order, int threads)
    {
        int microBatch = parsed.GetValue(_microBatch), multiple = model.Network.ExampleMultiple;
        string ghosts = multiple == 1 ? "" : $", a multiple of {multiple}, the model's ghost batch";
        BadInputException.Unless(
            microBatch >= 0 && microBatch % multiple == 0,
            $"--micro-batch: found {microBatch}; expected 0 or more{ghosts}");
        return new() { Order = order, MicroBatch = microBatch, Recompute = parsed.GetValue(_recompute), Threads = threads };
    }

    private static unsafe void RequireMemory<T>(Model model, Loss loss, DataSet<T> data, ModelPointOptions options)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        long needed = ModelPoint<Span<T>>.RequiredBytes(model, loss, data.Examples, sizeof(T), options);
        long available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        BadInputException.Unless(
            needed <= available,
            $"--examples: found a need of {needed >> 20} MiB for {data.Examples} examples; expected at most the {available >> 20} MiB of memory "
                + "available: fewer examples, or --recompute");
    }
}
