using System.Numerics;
using System.Text.Json;
using HessianKernels.Cli.Devices;
using HessianKernels.Cli.Output;
using HessianKernels.Krylov;
using HessianKernels.Storage;
using Spectre.Console;

namespace HessianKernels.Cli.Commands;

/// <summary>What hk topk found, and its three ways out: a table, a JSON document, a file of vectors.</summary>
internal sealed record TopKOutcome<T>(LanczosResult<T>[] Results, int Wanted, bool IsStack, string Which, ulong Seed, double Seconds, Place Place)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public int ExitCode
        => Results.Any(result => result.Status == LanczosStatus.Cancelled) ? Cli.ExitCode.Cancelled
            : Results.All(result => result.Status == LanczosStatus.Converged) ? Cli.ExitCode.Converged
            : Cli.ExitCode.NotConverged;

    public void WriteVectors(string path, bool force)
    {
        int n = Results[0].Length;
        using NpyWriter<T> writer = NpyWriter<T>.Create(path, IsStack ? [Results.Length, Wanted, n] : [Wanted, n], force);
        foreach (LanczosResult<T> result in Results) writer.Write(result.Eigenvectors);
        writer.Complete();
    }

    public void PrintJson() => Json.PrintItems(IsStack, Results, Write, json =>
    {
        json.WriteNumber("n", Results[0].Length);
        json.WriteString("which", Which);
        json.WriteNumber("seed", Seed);
        json.Double("seconds", Seconds);
        Place.Write(json);
    });

    public void PrintTable()
    {
        bool one = Results.Length == 1;
        Table table = one
            ? Report.Table("pair", "eigenvalue", "residual norm", "enclosure", "converged")
            : Report.Table("matrix", "pair", "eigenvalue", "residual norm", "enclosure", "converged");
        int most = one ? Wanted : Report.MostRows;
        for (int row = 0; row < Math.Min(most, (long)Results.Length * Wanted); row++)
        {
            (int item, int pair) = Math.DivRem(row, Wanted);
            LanczosResult<T> result = Results[item];
            string[] cells =
            [
                Report.Whole(pair), Report.Value(result.Eigenvalues[pair]), Report.Small(result.ResidualNorms[pair]),
                $"± {Report.Small(result.EnclosureRadii[pair])}", result.Converged[pair] ? "yes" : "no",
            ];
            table.AddRow((one ? cells : [Report.Whole(item), .. cells]).Select(cell => new Text(cell)));
        }

        Report.Print(table);
        long hidden = (long)Results.Length * Wanted - most;
        if (hidden > 0) Report.Line($"and {Report.Count(hidden, "more pair")}; --json prints all");
        Place.Print();
        if (one) PrintEvidence(Results[0].Evidence);
        else PrintEvidence();
    }

    private void PrintEvidence(LanczosEvidence e)
    {
        Report.Line($"{Sentence(e.Status)}: {e.Converged} of {Wanted} pairs within the tolerance, {e.Found} found, in {Seconds:G3} s");
        Report.Line($"{Report.Count(e.OperatorApplications, "product")}, {Report.Count(e.Restarts, "restart")}, {Report.Count(e.Reorthogonalizations, "reorthogonalisation")}, ||I - V^T V|| = {e.Orthogonality:G3}");
        if (double.IsFinite(e.MissProbability)) Report.Line($"a further copy of an eigenvalue was missed with probability at most {e.MissProbability:G3}");
        if (!e.ResidualsMeasured) Report.Line($"residual norms are estimates: the run was cancelled before they were measured");
    }

    private void PrintEvidence()
    {
        IEnumerable<LanczosEvidence> all = Results.Select(result => result.Evidence);
        foreach (IGrouping<LanczosStatus, LanczosEvidence> status in all.GroupBy(e => e.Status).OrderBy(group => group.Key))
            Report.Line($"{Sentence(status.Key)}: {status.Count()} of {Results.Length} matrices");
        Report.Line($"{Report.Count(all.Sum(e => (long)e.OperatorApplications), "product")}, {Report.Count(all.Sum(e => (long)e.Restarts), "restart")}, {Report.Count(all.Sum(e => (long)e.Reorthogonalizations), "reorthogonalisation")}, ||I - V^T V|| at most {all.Max(e => e.Orthogonality):G3}, in {Seconds:G3} s");
        double missed = all.Select(e => e.MissProbability).Where(double.IsFinite).DefaultIfEmpty(double.NaN).Max();
        if (double.IsFinite(missed)) Report.Line($"a further copy of an eigenvalue was missed with probability at most {missed:G3} a matrix");
    }

    private static string Sentence(LanczosStatus status) => status switch
    {
        LanczosStatus.Converged => "converged",
        LanczosStatus.Partial => "not converged",
        LanczosStatus.Cancelled => "cancelled",
        _ => "not finite",
    };

    private static void Write(Utf8JsonWriter json, LanczosResult<T> result)
    {
        LanczosEvidence e = result.Evidence;
        json.Doubles("eigenvalues", result.Eigenvalues);
        json.Doubles("residualNorms", result.ResidualNorms);
        json.Doubles("enclosureRadii", result.EnclosureRadii);
        json.Name("status", e.Status);
        json.Booleans("converged", result.Converged);
        json.WriteNumber("operatorApplications", e.OperatorApplications);
        json.WriteNumber("restarts", e.Restarts);
        json.WriteNumber("reorthogonalizations", e.Reorthogonalizations);
        json.Double("orthogonality", e.Orthogonality);
        json.WriteNumber("found", e.Found);
        json.Double("operatorNorm", e.OperatorNorm);
        json.Double("missProbability", e.MissProbability);
        json.WriteBoolean("residualsMeasured", e.ResidualsMeasured);
    }
}
