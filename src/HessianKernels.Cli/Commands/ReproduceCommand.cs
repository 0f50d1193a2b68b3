using System.CommandLine;
using HessianKernels.Cli.Devices;
using HessianKernels.Cli.Output;
using HessianKernels.Networks.Tensors;
using HessianKernels.Reproduction;
using Spectre.Console;

namespace HessianKernels.Cli.Commands;

/// <summary>hk reproduce: the papers' figures, computed again.</summary>
internal sealed class ReproduceCommand
{
    private readonly RunOptions _run = new();

    private readonly Argument<string> _figure = new("FIGURE")
    {
        Description = "PAPER/FIGURE, a PAPER, or all: " + string.Join(", ", FigureCatalog.All.Select(figure => figure.Id)) + ".",
    };

    private readonly Option<string> _out = new("--out")
    {
        Description = "The folder for report, pictures and tables: new, empty, or of an earlier run, whose finished figures are kept.",
            HelpName = "DIR",
        Required = true,
    };

    private readonly Option<bool> _quick = new("--quick") { Description = "Small sizes, minutes in all; the default." };
    private readonly Option<bool> _full = new("--full") { Description = "The papers' sizes." };

    private readonly Option<string?> _data = new("--data")
    {
        Description = "The folder of the papers' data sets; by default figures make their own.", HelpName = "DIR",
    };

    public static Command Create(CancellationToken cancellation)
    {
        ReproduceCommand reproduce = new();
        Command command = new(
            "reproduce", "Compute the figures of five papers again: the papers' claims, the numbers and the verdicts in one report, with pictures and tables.");
        command.Add(reproduce._figure);
        reproduce._run.AddTo(command, reproduce._out, reproduce._quick, reproduce._full, reproduce._data);
        command.SetAction(parsed => reproduce.Run(parsed, cancellation));
        return command;
    }

    private int Run(ParseResult parsed, CancellationToken cancellation)
    {
        BadInputException.Unless(!(parsed.GetValue(_quick) && parsed.GetValue(_full)),
            "--quick, --full: found both; expected at most one of them");
        using ComputeDevice? device = ComputeDevice.Open(_run.Device(parsed));
        Place place = ComputeDevice.PlaceOf(device, _run.Device(parsed), "all but the networks' training, losses, gradients and products");
        ReproductionOptions options = new()
        {
            Effort = parsed.GetValue(_full) ? Effort.Full : Effort.Quick, Seed = _run.Seed(parsed), Threads = _run.Threads(parsed),
                DataFolder = parsed.GetValue(_data), Place = device is null ? null : new Networks(device),
        };
        IReadOnlyList<Figure> figures = Input("FIGURE", () => FigureCatalog.Find(parsed.GetRequiredValue(_figure)));
        OutputFolder folder = Input("--out", () => OutputFolder.Open(parsed.GetRequiredValue(_out)));
        ReproductionOutcome outcome = LiveRun.Run(_run.Progress(parsed), board =>
        {
            board?.Compute();
            return Input("--data", () => Reproducer.Run(figures, folder, options, board, cancellation));
        });
        if (_run.Json(parsed)) PrintJson(outcome, place);
        else PrintTable(outcome, figures.Count, place);
        return outcome.Cancelled ? ExitCode.Cancelled : ExitCode.Converged;
    }

    private static void PrintTable(ReproductionOutcome outcome, int asked, Place place)
    {
        Spectre.Console.Table table = Report.Table("figure", "paper's claims", "exact claims", "seconds");
        foreach (FigureRecord figure in outcome.Figures)
            table.AddRow(figure.Id, Count(figure, ClaimSource.Paper), Count(figure, ClaimSource.Exact), Report.Short(figure.Seconds));
        Report.Print(table);
        foreach (FigureRecord figure in outcome.Figures)
            foreach (Claim claim in figure.Claims.Where(claim => claim.Verdict == Verdict.NotReproduced))
                Report.Line($"not reproduced: {figure.Id}: {claim.Statement}: expected {claim.Expected}, measured {claim.Measured}");
        string state = outcome.Cancelled ? "cancelled; the same command goes on from here" : "complete";
        Report.Line($"{outcome.Figures.Count} of {asked} figures, {outcome.Kept} kept from before; {state}");
        Report.Line($"report: {outcome.Report}");
        place.Print();
    }

    private static string Count(FigureRecord figure, ClaimSource source)
    {
        int all = figure.Claims.Count(claim => claim.Source == source);
        return all == 0 ? "-" : $"{figure.Claims.Count(claim => claim.Source == source && claim.Verdict == Verdict.Reproduced)} of {all}";
    }

    private static void PrintJson(ReproductionOutcome outcome, Place place) => Json.Print(json =>
    {
        json.WriteString("status", outcome.Cancelled ? "cancelled" : "complete");
        json.WriteString("report", outcome.Report);
        json.WriteNumber("kept", outcome.Kept);
        place.Write(json);
        json.WriteStartArray("figures");
        foreach (FigureRecord figure in outcome.Figures)
        {
            json.WriteStartObject();
            json.WriteString("id", figure.Id);
            json.Double("seconds", figure.Seconds);
            json.WriteString("device", figure.Device ?? ComputeDevice.Cpu);
            json.WriteStartArray("claims");
            foreach (Claim claim in figure.Claims)
            {
                json.WriteStartObject();
                json.Name("source", claim.Source);
                json.WriteString("statement", claim.Statement);
                json.WriteString("expected", claim.Expected);
                json.WriteString("measured", claim.Measured);
                json.Name("verdict", claim.Verdict);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    /// <summary>The figures' networks on a device.</summary>
    private sealed class Networks(ComputeDevice device) : ITensorPlace
    {
        public string Name => device.Name;

        public TResult Run<TResult>(ITensorWork<TResult> work) => device.Tensors<double, TResult>(work, null);
    }

    /// <summary>Runs with what is wrong with the input told as such.</summary>
    private static T Input<T>(string option, Func<T> run)
    {
        try
        {
            return run();
        }
        catch (ArgumentException e) when (e.GetType() == typeof(ArgumentException))
        {
            throw BadInputException.From(option, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"{option}: {e.Message}", e);
        }
    }
}
