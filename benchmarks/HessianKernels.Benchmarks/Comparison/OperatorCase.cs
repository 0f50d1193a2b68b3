using System.Text.Json.Nodes;
using HessianKernels.Kernels;
using HessianKernels.Krylov;
using HessianKernels.Spaces;
using HessianKernels.Storage;

namespace HessianKernels.Benchmarks.Comparison;

/// <summary>
/// A long vector and a cheap operator: our time over the time that the run's own products and vector passes take at memory speed, and over eigsh's.
/// </summary>
internal static class OperatorCase
{
    private const int K = 20;
    private const double Tolerance = 1e-8;
    private static readonly LanczosOptions Options = new() { Tolerance = Tolerance, Threads = 2 };

    public static void Run(ComparisonRun run)
    {
        int n = run.Quick ? 200_000 : 1_000_000;
        run.Report.Heading($"n = {n}, a cheap operator, k = {K}");
        foreach (string kind in new[] { "tridiagonal", "rank-one" }) Compare(run, kind, n);
    }

    private static void Compare(ComparisonRun run, string kind, int n)
    {
        CheapOperator matrix = CheapOperator.Create(kind, n);
        Load(run, "diagonal", matrix.Diagonal.Array);
        if (matrix is RankOneOperator rankOne) Load(run, "vector", rankOne.Vector.Array);

        LanczosWorkspace<double> workspace = LanczosWorkspace<double>.ForOperator(n, K, Options);
        Answers answers = new(1, K, n);
        Traffic traffic = Count(matrix, workspace, answers.Values);
        double[] counted = [.. answers.Values];
        CountedOperator timed = new(matrix, new());
        void Solve()
        {
            timed.Seconds = 0;
            answers.Evidence[0] = Lanczos.TopK(timed, K, answers.Spans, workspace, Options);
        }

        Paired paired = new();
        List<double> products = [], dotRates = [], triadRates = [];
        int ours = paired.Add($"TopK, {kind}", _ =>
        {
            double seconds = Paired.Time(Solve);
            products.Add(timed.Seconds / seconds);
            return seconds;
        });
        int floor = paired.Add("its passes at memory speed", _ =>
        {
            (double read, double write) = SecondsAByte(workspace, n);
            dotRates.Add(1e-9 / read);
            triadRates.Add(3e-9 / (2 * read + write));
            return read * traffic.Read + write * traffic.Written;
        });
        JsonNode? theirs = null;
        int eigsh = paired.Add($"eigsh, {run.Two.Name}", round =>
        {
            theirs = run.Two.Call(new()
            {
                ["do"] = "eigsh-operator", ["kind"] = kind, ["k"] = K, ["tol"] = Tolerance, ["seed"] = round, ["residual"] = true,
                ["coupling"] = TridiagonalOperator.Coupling, ["strength"] = RankOneOperator.Strength,
            });
            return theirs["seconds"]!.GetValue<double>();
        });
        paired.Run(Math.Max(1, run.Rounds / 3), run.Two);

        LanczosEvidence evidence = answers.Evidence[0];
        answers.ThrowUnlessConverged();
        Check.That(counted.AsSpan().SequenceEqual(answers.Values), "the counted run has other values");
        Check.That(evidence.OperatorApplications == traffic.Products, $"{traffic.Products} products were counted, {evidence.OperatorApplications} reported");
        double[] values = theirs!["values"]!.AsArray().GetValues<double>().OrderDescending().ToArray();
        for (int i = 0; i < K; i++)
        {
            Check.Near(answers.Values[i], values[i], 1e-7, $"eigenvalue {i}");
            Check.Near(matrix.Residual(answers.Vector(i), answers.Values[i]), answers.Residuals[i], 1e-11, $"residual {i}");
        }

        run.Report.RatioHead();
        run.Report.RatioRow(paired, ours, floor, "1.50");
        run.Report.RatioRow(paired, ours, eigsh, "");
        run.Report.Line();
        run.Report.Line(
            $"Ours: {evidence.OperatorApplications} products ({100 * Statistics.Median(products):0} % of the time), {evidence.Restarts} restarts, "
            + $"{evidence.Reorthogonalizations} second passes, {traffic.Read / 1e9:0.0} GB read and {traffic.Written / 1e9:0.0} GB written; largest residual "
            + $"{answers.Residuals.Max():0.0e+0}, probability of a missed copy {evidence.MissProbability:0.0e+0}. Memory: {Statistics.Median(dotRates):0.0} GB/s "
            + $"in a dot product, {Statistics.Median(triadRates):0.0} GB/s in y -= s x. eigsh: {theirs["products"]} products "
            + $"({100 * theirs["product_seconds"]!.GetValue<double>() / theirs["seconds"]!.GetValue<double>():0} % of the time), largest residual {theirs["residual"]!.GetValue<double>():0.0e+0}.");
        run.Report.Line();
    }

    private static void Load(ComparisonRun run, string name, double[] values)
    {
        string path = Path.Combine(run.Folder, name + ".npy");
        Npy.Write<double>(path, values, [values.Length], overwrite: true);
        run.Two.Call(new() { ["do"] = "load", ["name"] = name, ["path"] = path });
    }

    /// <summary>The same run, bit for bit, on a space that counts; what is copied out at its end included.</summary>
    private static Traffic Count(CheapOperator matrix, LanczosWorkspace<double> workspace, Span<double> values)
    {
        Traffic traffic = new();
        LanczosSettings settings = LanczosSettings.From(Options, matrix.Length, 1, K, ElementType.Epsilon<double>(), storeProducts: false);
        CountingSpace space = new(new(1, matrix.Length, 2), traffic);
        LanczosIteration<Span<double>, CountingSpace, CountedOperator> iteration = new(
            space, new(matrix, traffic), settings, workspace.Memory(0), workspace.Host(0), workspace.Integers(0), workspace.Items(0));
        iteration.Start(LanczosStart.Random);
        iteration.Run(null, default);
        iteration.Conclude(cancelled: false);
        iteration.RitzValues(0).CopyTo(values);
        traffic.Add(K, K, matrix.Length);
        return traffic;
    }

    /// <summary>
    /// What memory gives on the run's own basis, all of it gone through once, so that no cache holds it: a byte read is what a dot product costs, a byte written
    /// what y -= s x costs beyond its reads. The best of several.
    /// </summary>
    private static unsafe (double Read, double Write) SecondsAByte(LanczosWorkspace<double> workspace, int n)
    {
        int pairs = workspace.Layout.Slots / 2;
        double read = double.PositiveInfinity, update = double.PositiveInfinity, sum = 0;
        fixed (double* memory = workspace.Memory(0))
        {
            double* basis = memory;
            for (int repeat = 0; repeat < 5; repeat++)
            {
                read = Math.Min(read, Paired.Time(() =>
                {
                    for (int i = 0; i < pairs; i++) sum += Dot.Of(basis + 2L * i * n, basis + (2L * i + 1) * n, n, 2);
                }));
                update = Math.Min(update, Paired.Time(() =>
                {
                    for (int i = 0; i < pairs; i++) SubtractScaled.Apply(0.0, basis + 2L * i * n, basis + (2L * i + 1) * n, n, 2);
                }));
            }
        }

        GC.KeepAlive(sum);
        double vector = 8.0 * n * pairs;
        return (read / (2 * vector), Math.Max(update - read, 0) / vector);
    }
}
