using HessianKernels.Reproduction;
using Xunit;

namespace HessianKernels.Reproduction.Tests;

public sealed class ReproducerTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hk-repro-");

    private string Out => Path.Combine(_folder.FullName, "out");

    public void Dispose() => _folder.Delete(recursive: true);

    private ReproductionOutcome Run(IReadOnlyList<Figure> figures, ReproductionOptions? options = null,
        IProgress<ReproductionProgress>? progress = null, CancellationToken cancellation = default)
        => Reproducer.Run(figures, OutputFolder.Open(Out), options, progress, cancellation);

    [Fact]
    public void AFigureLeavesItsPicturesTablesAndVerdicts()
    {
        TestFigure figure = new("F1");
        ReproductionOutcome outcome = Run([figure]);
        FigureRecord record = Assert.Single(outcome.Figures);
        Assert.Equal((0, false), (outcome.Kept, outcome.Cancelled));
        Assert.Equal(["line.csv", "line.svg", "result.json"],
            Directory.GetFiles(Path.Combine(Out, "999-F1")).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
        Assert.Equal([Verdict.Reproduced, Verdict.NotReproduced], record.Claims.Select(claim => claim.Verdict));
        Assert.Equal([null, "two is more than one"], record.Claims.Select(claim => claim.Reason));
        FigureRecord read = FigureRecord.Read(Path.Combine(Out, "999-F1"))!;
        Assert.Equal(record.Claims, read.Claims);
        Assert.Equal((record.Key, record.Seconds), (read.Key, read.Seconds));
    }

    [Fact]
    public void AFinishedFigureIsKeptWhileItsInputsAreTheSame()
    {
        TestFigure figure = new("F1");
        Run([figure]);
        Assert.Equal(1, Run([figure]).Kept);
        Assert.Equal(1, figure.Computed);
        // Threads change no result.
        Run([figure], new() { Threads = 1 });
        Assert.Equal(1, figure.Computed);
        Run([figure], new() { Seed = 1 });
        Run([figure], new() { Seed = 1, Effort = Effort.Full });
        figure.Parameter = "2";
        Run([figure], new() { Seed = 1, Effort = Effort.Full });
        Assert.Equal(4, figure.Computed);
    }

    [Theory]
    [InlineData("result.json")]
    [InlineData("line.svg")]
    [InlineData("line.csv")]
    public void AFigureThatHasLostAFileIsComputedAgain(string lost)
    {
        TestFigure figure = new("F1");
        Run([figure]);
        string path = Path.Combine(Out, "999-F1", lost);
        if (lost == "result.json") File.WriteAllText(path, "{\"key\":");
        else File.Delete(path);
        Run([figure]);
        Assert.Equal(2, figure.Computed);
        Assert.True(File.Exists(path));
    }

    [Fact]
    public void ACancelledRunKeepsWhatIsFinishedAndGoesOnFromThere()
    {
        using CancellationTokenSource source = new();
        bool stop = true;
        TestFigure first = new("F1"), second = new("F2", run =>
        {
            if (stop) source.Cancel();
            run.At(0.7);
        });
        ReproductionOutcome outcome = Run([first, second], cancellation: source.Token);
        Assert.True(outcome.Cancelled);
        Assert.Equal("999/F1", Assert.Single(outcome.Figures).Id);
        Assert.False(Directory.Exists(Path.Combine(Out, "999-F2")));
        Assert.Contains("999/F1", File.ReadAllText(outcome.Report));
        // As if the process had died while it wrote.
        Directory.CreateDirectory(Path.Combine(Out, "999-F2.partial"));
        stop = false;
        outcome = Run([first, second]);
        Assert.Equal((false, 1, 2), (outcome.Cancelled, outcome.Kept, outcome.Figures.Count));
        Assert.Equal((1, 2), (first.Computed, second.Computed));
        Assert.False(Directory.Exists(Path.Combine(Out, "999-F2.partial")));
    }

    [Fact]
    public void ProgressRisesFromNothingToAll()
    {
        List<ReproductionProgress> told = [];
        Run([new TestFigure("F1"), new TestFigure("F2")], progress: new Tell<ReproductionProgress>(told.Add));
        Assert.Equal(0, told[0].Share);
        Assert.Equal(1, told[^1].Share);
        Assert.True(told.Zip(told.Skip(1)).All(pair => pair.First.Share <= pair.Second.Share));
        Assert.Contains(told, at => at is { Figure: "999/F2", Done: 1, Count: 2, Share: 0.75 });
    }

    [Fact]
    public void AFolderWithOtherContentIsRefused()
    {
        Run([new TestFigure("F1")]);
        File.WriteAllText(Path.Combine(Out, "thesis.tex"), "x");
        Assert.Contains("Found thesis.tex", Assert.Throws<ArgumentException>(() => OutputFolder.Open(Out)).Message);
        File.Delete(Path.Combine(Out, "thesis.tex"));
        OutputFolder.Open(Out);
        // A page of that name which is not ours.
        File.WriteAllText(Path.Combine(Out, OutputFolder.SummaryName), "# My project\n");
        Assert.Contains("Found README.md", Assert.Throws<ArgumentException>(() => OutputFolder.Open(Out)).Message);
        string other = Path.Combine(_folder.FullName, "other");
        Directory.CreateDirectory(Path.Combine(other, "999-F1"));
        File.WriteAllText(Path.Combine(other, "999-F1", "mine.txt"), "x");
        Assert.Contains("Found 999-F1", Assert.Throws<ArgumentException>(() => OutputFolder.Open(other)).Message);
        File.WriteAllText(Path.Combine(_folder.FullName, "file"), "x");
        Assert.Contains("Found a file",
            Assert.Throws<ArgumentException>(() => OutputFolder.Open(Path.Combine(_folder.FullName, "file"))).Message);
    }

    [Fact]
    public void MissingDataIsNamedWithItsSource()
    {
        TestFigure figure = new("F1") { Files = [new("a.bin", "the set of A"), new("b.bin", "the set of B")] };
        string data = Path.Combine(_folder.FullName, "data");
        Assert.Contains("Found no folder", Assert.Throws<ArgumentException>(() => Run([figure], new() { DataFolder = data })).Message);
        Directory.CreateDirectory(data);
        File.WriteAllText(Path.Combine(data, "a.bin"), "a");
        string message = Assert.Throws<ArgumentException>(() => Run([figure], new() { DataFolder = data })).Message;
        Assert.Contains("b.bin (the set of B)", message);
        Assert.DoesNotContain("a.bin", message);
        Assert.Equal(0, figure.Computed);
        File.WriteAllText(Path.Combine(data, "b.bin"), "b");
        Run([figure], new() { DataFolder = data });
        Run([figure], new() { DataFolder = data });
        Assert.Equal(1, figure.Computed);
        // What the files hold is an input.
        File.WriteAllText(Path.Combine(data, "b.bin"), "c");
        Run([figure], new() { DataFolder = data });
        Assert.Equal(2, figure.Computed);
    }

    [Fact]
    public void FiguresAreFoundByName()
    {
        Assert.Equal("003/F1", Assert.Single(FigureCatalog.Find("003/f1")).Id);
        Assert.Equal(FigureCatalog.All, FigureCatalog.Find("all"));
        Assert.Equal(["003/F1", "003/F2"], FigureCatalog.Find("003").Select(figure => figure.Id));
        string message = Assert.Throws<ArgumentException>(() => FigureCatalog.Find("003/F9")).Message;
        Assert.All(FigureCatalog.All, figure => Assert.Contains(figure.Id, message));
        Assert.Equal(FigureCatalog.All.Count, FigureCatalog.All.Select(figure => figure.Folder).Distinct().Count());
    }

    [Fact]
    public void TheReportNeedsNothingElse()
    {
        string html = File.ReadAllText(Run([new TestFigure("F1")]).Report);
        Assert.Contains("A &lt;test&gt;", html);
        Assert.Contains("Says a &lt; b &amp; c.", html);
        Assert.Contains("two is more than one", html);
        Assert.DoesNotContain("never told", html);
        Assert.Contains("not reproduced", html);
        Assert.Contains("@media print", html);
        Assert.Contains("<svg", html);
        Assert.DoesNotContain("<script", html);
        Assert.DoesNotContain("src=", html);
        Assert.Equal(html.Split("http").Length, html.Split("http://www.w3.org/2000/svg").Length);
        foreach (string tag in (string[])["section", "table", "tr", "td", "th", "div", "p", "svg", "h1", "h2", "style", "head", "body",
            "html"])
            Assert.Equal(System.Text.RegularExpressions.Regex.Count(html, $@"<{tag}[\s>]"),
                System.Text.RegularExpressions.Regex.Count(html, $"</{tag}>"));
    }

    [Fact]
    public void TheSummaryHasEveryVerdict()
    {
        Run([new TestFigure("F1")]);
        string page = File.ReadAllText(Path.Combine(Out, OutputFolder.SummaryName));
        Assert.Contains("| [999/F1](#f-999-f1) | A &lt;test> | 1 of 2 | – |", page);
        Assert.Contains("| paper | two &lt;= 1 | ≤ 1 | 2 | **no** |", page);
        Assert.Contains("![line](999-F1/line.svg)", page);
    }
}
