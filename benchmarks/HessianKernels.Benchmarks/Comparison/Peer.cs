using System.Diagnostics;
using System.Runtime.Intrinsics.X86;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace HessianKernels.Benchmarks.Comparison;

/// <summary>
/// The other side: a Python process that lives through the comparison, times its own calls, and answers a line of JSON with a line of JSON.
/// </summary>
internal sealed class Peer : IDisposable
{
    private readonly Process _process;

    public Peer(string python, string script, int threads)
    {
        ProcessStartInfo start = new(python) { ArgumentList = { "-u", script }, RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["OPENBLAS_NUM_THREADS"] = threads.ToString();
        // An OpenBLAS older than the processor falls back to kernels of 2004; it is told what the processor has, unless the caller told it.
        string kernels = Avx512F.IsSupported ? "SkylakeX" : Avx2.IsSupported ? "Haswell" : "";
        if (kernels.Length > 0) start.Environment.TryAdd("OPENBLAS_CORETYPE", kernels);
        Threads = threads;
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{python} did not start.");
        Versions = Call(new() { ["do"] = "versions" })["text"]!.GetValue<string>();
    }

    public int Threads { get; }

    public string Versions { get; }

    public string Name => $"{Threads} thread{(Threads == 1 ? "" : "s")}";

    /// <summary>Sends a request and waits for the answer. Whatever the process used a moment ago, it uses no processor when the next call is timed.</summary>
    public JsonNode Call(JsonObject request)
    {
        _process.StandardInput.WriteLine(request.ToJsonString());
        _process.StandardInput.Flush();
        string line = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"The peer ended at {request.ToJsonString()}.");
        JsonNode answer = JsonNode.Parse(line)!;
        if (answer["error"] is { } error) throw new InvalidOperationException($"The peer failed at {request.ToJsonString()}: {error}");
        return answer;
    }

    /// <summary>Waits until neither this process nor a peer's has used the processor for a while: less than a tenth of it.</summary>
    /// <remarks>
    /// OpenBLAS's threads spin for up to 2^28 clock cycles, a tenth of a second or so, after a call, and then sleep; .NET's far shorter. The default is left as it
    /// is, since a peer without spinning is a slower peer; the other side simply waits it out.
    /// </remarks>
    public static void WaitUntilIdle(params ReadOnlySpan<Peer> peers)
    {
        const int Milliseconds = 100;
        using Process own = Process.GetCurrentProcess();
        TimeSpan last, used = Used(own, peers);
        do
        {
            Thread.Sleep(Milliseconds);
            (last, used) = (used, Used(own, peers));
        }
        while ((used - last).TotalMilliseconds > 0.1 * Milliseconds);

        static TimeSpan Used(Process own, ReadOnlySpan<Peer> peers)
        {
            own.Refresh();
            TimeSpan sum = own.TotalProcessorTime;
            foreach (Peer peer in peers)
            {
                peer._process.Refresh();
                sum += peer._process.TotalProcessorTime;
            }

            return sum;
        }
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit(5000);
        _process.Dispose();
    }
}
