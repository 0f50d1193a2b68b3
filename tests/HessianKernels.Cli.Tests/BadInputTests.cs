using System.Diagnostics;
using Xunit;

namespace HessianKernels.Cli.Tests;

/// <summary>Each fault is one line on the standard error that says what was found and what was expected; nothing is printed, nothing written.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Good => Matrices.Write(_folder["good.npy"], Matrices.Spiked(6), 6, 6);

    private async Task Refused(string[] arguments, params string[] parts)
    {
        string[] before = [.. _folder.Names];
        HkRun run = await HkProcess.Run(arguments);
        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Single(run.Error.TrimEnd().Split('\n'));
        Assert.StartsWith("hk: ", run.Error);
        foreach (string part in parts) Assert.Contains(part, run.Error);
        Assert.Equal(before, _folder.Names);
    }

    private Task RefusedFile(string file, params string[] parts) => Refused(["topk", file, "-k", "1", "--json"], [file, .. parts]);

    [Fact]
    public Task Missing() => RefusedFile(_folder["none.npy"], "found no such file");

    [Fact]
    public Task Folder() => RefusedFile(Directory.CreateDirectory(_folder["folder"]).FullName, "found a folder");

    [Fact]
    public async Task Unreadable()
    {
        string file = Good;
        await using FileStream held = new(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        await RefusedFile(file);
    }

    [Fact]
    public async Task Empty()
    {
        File.WriteAllBytes(_folder["empty.npy"], []);
        await RefusedFile(_folder["empty.npy"], "0 bytes");
    }

    [Fact]
    public async Task NotAnArray()
    {
        File.WriteAllText(_folder["text.npy"], "1 2 3");
        await RefusedFile(_folder["text.npy"], "magic", ".npz");
    }

    [Fact]
    public Task TooShort() => RefusedFile(Matrices.WriteRaw(_folder["short.npy"], "<f8", false, "(3, 3)", new byte[64]), "64", "72");

    [Fact]
    public Task TooLong() => RefusedFile(Matrices.WriteRaw(_folder["long.npy"], "<f8", false, "(3, 3)", new byte[80]), "80", "72");

    [Fact]
    public async Task CutWithinTheHeader()
    {
        File.WriteAllBytes(_folder["cut.npy"], File.ReadAllBytes(Good)[..40]);
        await RefusedFile(_folder["cut.npy"], "header length");
    }

    [Fact]
    public Task Integers() => RefusedFile(Matrices.WriteRaw(_folder["i8.npy"], "<i8", false, "(1, 1)", new byte[8]), "int64", "float32");

    [Fact]
    public Task Complex() => RefusedFile(Matrices.WriteRaw(_folder["c16.npy"], "<c16", false, "(1, 1)", new byte[16]), "complex128", "float64");

    [Fact]
    public Task Vector() => RefusedFile(Matrices.Write(_folder["v.npy"], [1, 2, 3], 3), "1 axes", "(3,)", "(n, n)");

    [Fact]
    public Task FourAxes() => RefusedFile(Matrices.Write(_folder["4.npy"], [1], 1, 1, 1, 1), "4 axes", "(batch, n, n)");

    [Fact]
    public Task NotSquare() => RefusedFile(Matrices.Write(_folder["wide.npy"], [1, 2, 3, 4, 5, 6], 2, 3), "2 rows", "3 columns", "square");

    [Fact]
    public Task NoElements() => RefusedFile(Matrices.Write(_folder["zero.npy"], [], 0, 4, 4), "no elements", "(0, 4, 4)");

    [Fact]
    public async Task NotSymmetric()
    {
        double[] a = Matrices.Spiked(6);
        (a[4 * 6 + 1], a[1 * 6 + 4]) = (1.5, 1.25);
        await RefusedFile(Matrices.Write(_folder["skew.npy"], a, 6, 6), "not symmetric", "a[4, 1] = 1.5", "a[1, 4] = 1.25", "0.25");
    }

    [Theory]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.NegativeInfinity, "-Infinity")]
    public async Task NotFinite(double value, string name)
    {
        double[] a = Matrices.Spiked(6, batch: 2);
        a[36 + 5 * 6 + 2] = value;
        await RefusedFile(Matrices.Write(_folder["nan.npy"], a, 2, 6, 6), "Matrix 1 of 2", name, "row 5, column 2");
    }

    [Theory]
    [InlineData("-k: found 0", "1 <= K <= n = 6", "-k", "0")]
    [InlineData("-k: found -3", "1 <= K <= n = 6", "-k", "-3")]
    [InlineData("-k: found 7", "1 <= K <= n = 6", "-k", "7")]
    [InlineData("-k: found 'many'", "a whole number", "-k", "many")]
    [InlineData("-k", "required")]
    [InlineData("--which: found 'top'", "largest, smallest, magnitude or both", "-k", "1", "--which", "top")]
    [InlineData("--tol: found -1", "0 <= TOL < 1", "-k", "1", "--tol", "-1")]
    [InlineData("--tol: found 1", "0 <= TOL < 1", "-k", "1", "--tol", "1")]
    [InlineData("--tol: found NaN", "0 <= TOL < 1", "-k", "1", "--tol", "NaN")]
    [InlineData("--tol: found 'small'", "a number", "-k", "1", "--tol", "small")]
    [InlineData("--basis: found 4", "min(n, K + 3) = 5", "-k", "2", "--basis", "4")]
    [InlineData("--max-products: found 0", "at least 1", "-k", "1", "--max-products", "0")]
    [InlineData("--threads: found -1", "0 or more", "-k", "1", "--threads", "-1")]
    [InlineData("--seed: found '-1'", "a whole number", "-k", "1", "--seed", "-1")]
    [InlineData("--float and --double", "one of them", "-k", "1", "--float", "--double")]
    [InlineData("--member", "a .npz file", "-k", "1", "--member", "a")]
    [InlineData("--colour", "Unrecognized", "-k", "1", "--colour")]
    public Task Options(string found, string expected, params string[] options) => Refused(["topk", Good, .. options], found, expected);

    [Fact]
    public async Task OutputsThatCannotBe()
    {
        string file = Good, taken = _folder["taken.npy"];
        File.WriteAllText(taken, "precious");
        await Refused(["topk", file, "-k", "1", "--vectors", taken], "--vectors", taken, "exists", "--force");
        await Refused(["topk", file, "-k", "1", "--vectors", _folder["no/v.npy"]], "--vectors", "found no folder", _folder["no"]);
        await Refused(["topk", file, "-k", "1", "--vectors", file, "--force"], "--vectors", "is the input");
        await Refused(["topk", file, "-k", "1", "--vectors", _folder["v.txt"]], "--vectors", ".npy");
        await Refused(["density", file, "--out", _folder["no/d.npz"]], "--out", "found no folder");
        Assert.Equal("precious", File.ReadAllText(taken));
    }

    [Fact]
    public async Task OutputsAreCheckedBeforeTheMatrixIsRead()
    {
        // Not symmetric, which only reading tells: the output is told of first.
        string file = Matrices.Write(_folder["skew.npy"], [1, 2, 3, 4], 2, 2);
        await Refused(["topk", file, "-k", "1", "--vectors", _folder["no/v.npy"]], "--vectors", "found no folder");
    }

    [Theory]
    [InlineData("density", "--probes: found 0", "--probes", "0")]
    [InlineData("density", "--steps: found 0", "--steps", "0")]
    [InlineData("density", "--points: found 1", "--points", "1")]
    [InlineData("density", "--width: found 0", "--width", "0")]
    [InlineData("trace", "--products: found 3; expected at least 4", "--products", "3")]
    [InlineData("trace", "--products: found 5; expected at least 6", "--method", "hutch++", "--products", "5")]
    [InlineData("trace", "--tolerance: found 1;", "--tolerance", "1")]
    [InlineData("trace", "--max-products: found 10; expected at least --products = 48", "--tolerance", "0.1", "--max-products", "10")]
    [InlineData("trace", "--method: found 'guess'", "--method", "guess")]
    public Task OtherCommands(string command, string message, params string[] options) => Refused([command, Good, .. options], message);

    [Fact]
    public async Task MoreThanMemoryHolds()
    {
        // Sparse: 800 MB in name only.
        string file = Matrices.WriteRaw(_folder["huge.npy"], "<f8", false, "(10000, 10000)", []);
        using (FileStream stream = new(file, FileMode.Open)) stream.SetLength(stream.Length + 8L * 10000 * 10000);
        HkRun run = await HkProcess.RunWith([("DOTNET_GCHeapHardLimit", "0x8000000")], "topk", file, "-k", "1");
        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains("763 MiB for the matrices", run.Error);
        Assert.Contains("128 MiB of memory available", run.Error);
    }

    [Fact]
    public async Task AnOutputThatIsFull()
    {
        if (!File.Exists("/dev/full")) return;
        string hk = Path.Combine(AppContext.BaseDirectory, "hk.dll");
        using Process shell = Process.Start(new ProcessStartInfo("sh", ["-c", $"dotnet '{hk}' topk '{Good}' -k 1 --json > /dev/full"]) { RedirectStandardError = true })!;
        string error = await shell.StandardError.ReadToEndAsync();
        await shell.WaitForExitAsync();
        Assert.Equal(2, shell.ExitCode);
        Assert.StartsWith("hk: the output cannot be written", error);
    }

    [Fact]
    public Task NoCommand() => Refused([], "command");
}
