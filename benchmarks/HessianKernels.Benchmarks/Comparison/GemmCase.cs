using System.Diagnostics;
using System.Numerics;
using HessianKernels.Kernels;

namespace HessianKernels.Benchmarks.Comparison;

/// <summary>Dense products against OpenBLAS in the same process, on the same matrices, call by call.</summary>
internal static unsafe class GemmCase
{
    private readonly record struct Shape(bool TransposeA, bool TransposeB, int M, int N, int K, string Aim, bool Lower = false)
    {
        public double Flops => (Lower ? 1.0 : 2.0) * M * N * K;

        public string Name => $"{(Lower ? "lower " : "")}{(TransposeA ? "A^T" : "A")} {(Lower ? (TransposeA ? "A" : "A^T") : TransposeB ? "B^T" : "B")}, {M} x {N} x {K}";
    }

    public static void Run(ComparisonRun run)
    {
        OpenBlas blas = new();
        run.Report.Heading($"Dense products, against OpenBLAS ({blas.CoreName} kernels) in the same process");
        run.Report.Line(
            $"m x n x k; 10^9 flops a second of the best call of each in {run.Rounds} rounds, ours and theirs in turn: what each can do where nothing else disturbs it. "
            + "Beside it the median and the range of the ratios of single rounds, which also tell of what else the machine did.");
        run.Report.Line();
        run.Report.Head("product", "type", "threads", "ours", "OpenBLAS", "ours / OpenBLAS", "rounds: median", "range", "aim");
        foreach (int threads in new[] { 1, 2 })
        {
            blas.Threads = threads;
            foreach (Shape shape in Shapes(run.Quick))
            {
                Compare<double>(run, blas, shape, "double", threads);
                Compare<float>(run, blas, shape, "float", threads);
            }
        }
    }

    private static IEnumerable<Shape> Shapes(bool quick)
    {
        int large = quick ? 480 : 1920;
        foreach ((bool a, bool b) in new[] { (false, false), (false, true), (true, false), (true, true) })
        {
            yield return new(a, b, large, large, large, "0.95");
            yield return new(a, b, 1000, 333, 517, "0.85");
        }

        foreach (bool a in new[] { false, true }) yield return new(a, !a, large, large, large, "0.95", Lower: true);
        yield return new(true, false, 333, 333, 1000, "0.85", Lower: true);
        yield return new(false, false, 20000, 16, 16, "0.85");
        yield return new(true, false, 32, 32, 20000, "0.85");
        foreach (int n in new[] { 16, 17, 32, 33, 48, 64, 100 })
        {
            yield return new(false, false, n, n, n, "0.85");
            yield return new(false, true, n, n, n, "0.85");
            yield return new(true, false, n, n, n, "0.85");
        }
    }

    private static void Compare<T>(ComparisonRun run, OpenBlas blas, Shape shape, string type, int threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (bool ta, bool tb, int m, int n, int k, _, bool lower) = shape;
        Pinned<T> a = Pinned<T>.Normal(m * k, 1), b = Pinned<T>.Normal(k * n, 2), c = new(m * n), d = new(m * n);
        int lda = ta ? m : k, ldb = tb ? k : n;
        void Ours()
        {
            if (lower) Syrk.Multiply(ta, n, k, T.One, a.Pointer, lda, T.Zero, c.Pointer, n, threads);
            else Gemm.Multiply(ta, tb, m, n, k, T.One, a.Pointer, lda, b.Pointer, ldb, T.Zero, c.Pointer, n, threads);
        }

        void Theirs()
        {
            if (lower) blas.MultiplyByItself(ta, n, k, a.Pointer, d.Pointer);
            else blas.Multiply(ta, tb, m, n, k, a.Pointer, b.Pointer, d.Pointer);
        }

        // Calls enough that the clock's own time does not count, and four such in a round or more. Rounds are short, so that ours and theirs see
        // the same machine.
        int calls = (int)Math.Clamp(2e6 / shape.Flops, 1, 1000), repeats = (int)Math.Clamp(4e8 / (shape.Flops * calls), 4, 24);
        Paired.WarmUp(Ours, seconds: 0.7);
        Best(calls, repeats, Theirs);
        double[] ours = new double[run.Rounds], theirs = new double[run.Rounds];
        for (int round = 0; round < run.Rounds; round++) (ours[round], theirs[round]) = (Alone(Ours), Alone(Theirs));
        // Each may be k eps / 2 times the sum of |terms| out; those, of standard normal numbers, sum up to k or so at the most.
        double tolerance = ElementType.Epsilon<T>() * k * k * 2;
        for (int i = 0; i < m * n; i++)
        {
            if (!lower || i % n <= i / n)
                Check.Near(double.CreateTruncating(c.Array[i]), double.CreateTruncating(d.Array[i]), tolerance, $"{shape.Name}, element {i},");
        }

        double[] ratios = [.. theirs.Zip(ours, (them, us) => them / us)];
        run.Report.Row(
            shape.Name, type, $"{threads}", $"{1e-9 * shape.Flops / ours.Min():0.0}", $"{1e-9 * shape.Flops / theirs.Min():0.0}",
            $"{theirs.Min() / ours.Min():0.00}", $"{Statistics.Median(ratios):0.00}", $"{ratios.Min():0.00} – {ratios.Max():0.00}", shape.Aim);

        // Threads of the one spin for a while after a call, at the cost of the other.
        double Alone(Action call)
        {
            if (threads > 1 && shape.Flops > 1e7) Peer.WaitUntilIdle();
            return Best(calls, repeats, call);
        }
    }

    private static double Best(int calls, int repeats, Action call)
    {
        double best = double.PositiveInfinity;
        for (int repeat = 0; repeat < repeats; repeat++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < calls; i++) call();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds / calls);
        }

        return best;
    }
}
