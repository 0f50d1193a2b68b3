using HessianKernels.Reproduction;
using HessianKernels.Reproduction.Pictures;

namespace HessianKernels.Reproduction.Tests;

/// <summary>A figure that counts how often it is computed.</summary>
internal sealed class TestFigure(string name, Action<FigureRun>? compute = null) : Figure
{
    public int Computed { get; private set; }

    public string Parameter { get; set; } = "1";

    public DataFile[] Files { get; set; } = [];

    public override string Paper => "999";

    public override string Name => name;

    public override string Title => "A <test>";

    public override string Summary => "Says a < b & c.";

    public override IReadOnlyList<DataFile> Data => Files;

    public override IReadOnlyList<(string Name, string Value)> Parameters(Effort effort) => [("n", Parameter)];

    public override FigureResult Compute(FigureRun run)
    {
        Computed++;
        run.At(0.5);
        compute?.Invoke(run);
        return new()
        {
            Claims =
            [
                Claim.Near(ClaimSource.Paper, "one is one", 1, 0, 1).Because("never told"),
                    Claim.AtMost(ClaimSource.Paper, "two <= 1", 1, 2).Because("two is more than one"),
            ],
            Pictures = [new("line", new() { Title = "line", X = new("x"), Y = new("y"),
                Series = [new LineSeries("seed", [0, 1], [0, run.Seed])] })],
            Tables = [Table.Of("line", ("x", [0, 1]), ("y", [0, run.Seed]))],
        };
    }
}
