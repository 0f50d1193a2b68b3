using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace HessianKernels.Benchmarks.Comparison;

/// <summary>Our runs against SciPy's and NumPy's over OpenBLAS: the same inputs, in one session, by turns.</summary>
internal sealed record ComparisonRun(Peer Two, Peer One, Report Report, string Folder, int Rounds, bool Quick)
{
    public Peer[] Peers => [Two, One];

    public static int Run(string[] arguments)
    {
        string python = "/usr/bin/python3", script = "benchmarks/peers/peer.py";
        string? output = null;
        int rounds = 9;
        bool quick = false, part = false;
        HashSet<string> only = ["gemm", "dense", "batch", "operator", "memory", "edge", "network", "leading"];
        for (int i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "--quick": (quick, rounds) = (true, 2); break;
                case "--rounds": rounds = int.Parse(arguments[++i]); break;
                case "--only": (only, part) = ([.. arguments[++i].Split(',')], true); break;
                case "--output": output = arguments[++i]; break;
                default:
                    Console.Error.WriteLine($"Found '{arguments[i]}'; expected --quick, --rounds N, --only gemm,dense,batch,operator,memory,edge,network,leading or --output FILE.");
                    return 2;
            }
        }

        string folder = Directory.CreateTempSubdirectory("hessian-kernels-").FullName;
        try
        {
            using Peer two = new(python, script, 2), one = new(python, script, 1);
            Report report = new();
            ComparisonRun run = new(two, one, report, folder, rounds, quick);
            report.Line(
                $"{Environment.ProcessorCount} cores; {RuntimeInformation.FrameworkDescription}, {(Avx512F.IsSupported ? "AVX-512" : Avx2.IsSupported ? "AVX2" : "no AVX2")}, "
                + $"{8 * Vector<byte>.Count}-bit Vector<T>; {two.Versions}. {rounds} rounds{(quick ? ", QUICK: no figure here means anything" : "")}.");
            if (only.Contains("gemm")) GemmCase.Run(run);
            if (only.Contains("dense")) DenseCase.Run(run);
            if (only.Contains("batch")) BatchCase.Run(run);
            if (only.Contains("operator")) OperatorCase.Run(run);
            if (only.Contains("memory")) MemoryCase.Run(run);
            if (only.Contains("edge")) EdgeCase.Run(run);
            if (only.Contains("network")) NetworkCase.Run(run);
            if (only.Contains("leading")) NetworkCase.RunLeading(run);
            if (output is not null) report.Save(output, part);
            return 0;
        }
        catch (InvalidOperationException wrong)
        {
            // A wrong answer or a peer that failed: nothing is saved.
            Console.Error.WriteLine(wrong.Message);
            return 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
