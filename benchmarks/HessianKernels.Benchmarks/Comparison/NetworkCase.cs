using System.Text.Json.Nodes;
using HessianKernels.Krylov;
using HessianKernels.Networks.Curvature;
using HessianKernels.Networks.Data;
using HessianKernels.Networks.Losses;
using HessianKernels.Networks.Models;
using HessianKernels.Networks.Tensors;
using HessianKernels.Storage;

namespace HessianKernels.Benchmarks.Comparison;

/// <summary>Gradients, Hessian-vector products and leading eigenvalues of networks, in float, against PyTorch's double backward on the
/// CPU.</summary>
internal static class NetworkCase
{
    private sealed record Case(string Spec, int Examples, string First, string Later, string Gradient);

    public static void Run(ComparisonRun run)
    {
        run.Report.Heading("Networks, against PyTorch's double backward");
        Case[] cases =
        [
            new("mlp:3072-512-512-10:relu", run.Quick ? 512 : 8192, "0.75", "0.9", "0.85"),
            new("mlp:784-32-32-32-32-10:relu", run.Quick ? 100 : 1000, "0.35", "", ""),
            new("mlp:784-256-256-1:erf", run.Quick ? 250 : 2500, "0.6", "", ""),
            new("cnn5:3x32x32-10:relu", run.Quick ? 16 : 512, "1.0", "", ""),
        ];
        foreach (Case each in cases) Compare(run, each);
    }

    /// <summary>The leading eigenvalues of the first network: minutes of PyTorch's time.</summary>
    public static void RunLeading(ComparisonRun run)
    {
        run.Report.Heading("The five leading eigenvalues of a network");
        Compare(run, new("mlp:3072-512-512-10:relu", run.Quick ? 512 : 8192, "", "", ""), leading: true);
    }

    private static void Compare(ComparisonRun run, Case which, bool leading = false)
    {
        Peer peer = run.Two;
        Model model = ModelSpec.Parse(which.Spec);
        int n = which.Examples, d = model.ParameterCount;
        float[] parameters = Initialization.PyTorch.Parameters<float>(model, 1), inputs = Normal((long)n * model.Input.Length, 2);
        float[] targets = Normal((long)n * model.Outputs, 3), direction = Normal(d, 4), product = new float[d];
        Send(run, "parameters", [d], parameters);
        Send(run, "inputs", [n, model.Input.Length], inputs);
        Send(run, "targets", [n, model.Outputs], targets);
        Send(run, "direction", [d], direction);
        TensorShape input = model.Input;
        JsonObject make = new()
        {
            ["do"] = "network", ["part"] = "make", ["spec"] = which.Spec, ["threads"] = peer.Threads,
            ["image"] = input.IsVector ? null : new JsonArray(input.Channels, input.Height, input.Width),
        };
        string version = peer.Call(make)["text"]!.GetValue<string>();
        DataSet<float> data = new() { Examples = n, InputShape = input, Inputs = inputs, Targets = targets, TargetLength = model.Outputs };
        using ModelPoint<Span<float>> point = ModelPoint.Create<float>(model, new MeanSquaredError(), data, parameters,
            new() { Threads = peer.Threads });

        run.Report.Line();
        run.Report.Line(
            $"{which.Spec}, n = {n}, d = {d}, 1/2 squared error, float, {peer.Name}; micro-batches of {point.MicroBatch}; {version}.");
        run.Report.Line();
        run.Report.RatioHead();
        if (leading)
        {
            Eigenvalues(run, peer, point);
            return;
        }

        ModelOperator<Span<float>> hessian = point.Hessian();
        (string Kind, string Aim, Action Ours)[] contests =
        [
            ("first", which.First, () => { point.Moved(); hessian.Apply(direction, product); }),
            ("later", which.Later, () => hessian.Apply(direction, product)),
            ("gradient", which.Gradient, () => { point.Moved(); point.Gradient(product); }),
        ];
        foreach ((string kind, string aim, Action ours) in contests)
        {
            Paired paired = new();
            // The median of several in a row, as an algorithm makes them.
            int calls = Math.Clamp((int)(0.5 / Paired.Time(ours)), run.Quick ? 1 : 3, 50);
            Paired.WarmUp(ours);
            int us = paired.Add(Named(kind), _ => Paired.Time(calls, ours));
            int them = paired.Add("PyTorch", _ => Theirs(peer, kind, calls, null));
            paired.Run(run.Rounds, peer);
            string path = Path.Combine(run.Folder, "answer.npy");
            Theirs(peer, kind, 1, path);
            Near(product, Npy.Read<float>(path).Values, $"{which.Spec}, {kind}");
            run.Report.RatioRow(paired, us, them, aim);
        }
    }

    private static string Named(string kind) => kind switch { "first" => "first product", "later" => "later product", _ => kind };

    /// <summary>The five eigenvalues of largest magnitude, each pair to a residual of 1e-3 of the largest.</summary>
    private static void Eigenvalues(ComparisonRun run, Peer peer, ModelPoint<Span<float>> point)
    {
        const int k = 5;
        const double tolerance = 1e-3;
        LanczosOptions options = new() { Which = SpectrumEnd.LargestMagnitude, Tolerance = tolerance, Threads = peer.Threads,
            FindMultiplicity = false };
        LanczosResult<float>? found = null;
        JsonNode? theirs = null;
        Paired paired = new();
        int us = paired.Add($"top {k}, Lanczos", _ => Paired.Time(() =>
        {
            point.Moved();
            found = Lanczos.TopK(point.Hessian(), k, options);
        }));
        int them = paired.Add("power iteration, deflation", _ =>
        {
            JsonObject ask = new() { ["do"] = "network", ["part"] = "power", ["k"] = k, ["tol"] = tolerance, ["seed"] = 1,
                ["limit"] = run.Quick ? 20 : 60 };
            theirs = peer.Call(ask);
            return theirs["seconds"]!.GetValue<double>();
        });
        paired.Run(1, peer);
        run.Report.RatioRow(paired, us, them, "0.5");
        run.Report.Line();
        double residual = theirs!["residuals"]!.AsArray().Max(value => value!.GetValue<double>())
            / Math.Abs(theirs["values"]![0]!.GetValue<double>());
        double own = found!.ResidualNorms.Max() / Math.Abs(found.Eigenvalues[0]);
        run.Report.Line(
            $"{found.Evidence.OperatorApplications} products of ours to a residual of {own:G2} of the largest eigenvalue, "
            + $"{theirs["products"]!.GetValue<int>()} of theirs to {residual:G2}{(residual > tolerance ? ", where they were stopped" : "")}.");
    }

    private static double Theirs(Peer peer, string kind, int calls, string? path)
        => peer.Call(new() { ["do"] = "network", ["part"] = "run", ["kind"] = kind, ["calls"] = calls, ["path"] = path })["seconds"]!.GetValue<double>();

    private static void Near(float[] ours, float[] theirs, string what)
    {
        double error = 0, norm = 0;
        for (int i = 0; i < ours.Length; i++)
        {
            error += Math.Pow(ours[i] - theirs[i], 2);
            norm += Math.Pow(theirs[i], 2);
        }

        // Of millions of rectified units one or two stand so near 0 that rounding decides whether they count, here or there: a few thousandths
        // of a gradient of random targets, in the one unit's weights.
        double tolerance = what.Contains("relu", StringComparison.Ordinal) ? 1e-2 : 1e-5;
        Check.That(ours.Length == theirs.Length && Math.Sqrt(error / norm) <= tolerance,
            $"{what} is {Math.Sqrt(error / norm):E1} of its norm from PyTorch's");
    }

    private static void Send(ComparisonRun run, string name, ReadOnlySpan<long> shape, float[] values)
    {
        string path = Path.Combine(run.Folder, name + ".npy");
        Npy.Write<float>(path, values, shape, overwrite: true);
        run.Two.Call(new() { ["do"] = "load", ["name"] = name, ["path"] = path });
    }

    private static float[] Normal(long count, int seed)
    {
        float[] values = new float[count];
        new CpuTensorSpace<float>().Vectors(1, values.Length).Random(Spaces.RandomDistribution.Normal, (ulong)seed, 0, values);
        return values;
    }
}
