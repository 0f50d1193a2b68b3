using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace HessianKernels.Cli.Tests;

/// <summary>What one run of hk left behind.</summary>
public sealed record HkRun(int ExitCode, string Output, string Error)
{
    /// <summary>The one JSON document that the standard output must be, and nothing else.</summary>
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;
}

/// <summary>The real hk, as a process.</summary>
public sealed class HkProcess : IDisposable
{
    private static readonly string s_hk = Path.Combine(AppContext.BaseDirectory, "hk.dll");
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly StringBuilder _error = new();
    private readonly TaskCompletionSource _errorEnded = new();
    private readonly TaskCompletionSource _toldOf = new();
    private readonly Func<string, bool> _awaited;

    private HkProcess(string[] arguments, IEnumerable<(string Name, string Value)> environment, Func<string, bool> awaited)
    {
        _awaited = awaited;
        ProcessStartInfo start = new(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [s_hk, .. arguments])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        start.Environment.Remove("HK_DEBUG");
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        _process = Process.Start(start)!;
        _process.StandardInput.Close();
        _output = _process.StandardOutput.ReadToEndAsync();
        _process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is null)
            {
                _errorEnded.SetResult();
                _toldOf.TrySetResult();
                return;
            }

            lock (_error) _error.AppendLine(line.Data);
            if (_awaited(line.Data)) _toldOf.TrySetResult();
        };
        _process.BeginErrorReadLine();
    }

    /// <summary>Starts a run, to be waited for with <see cref="Told"/>.</summary>
    /// <param name="awaited">Which line of the standard error is waited for.</param>
    /// <param name="arguments">Of hk.</param>
    public static HkProcess Start(Func<string, bool> awaited, params string[] arguments) => new(arguments, [], awaited);

    public static Task<HkRun> Run(params string[] arguments) => RunWith([], arguments);

    public static async Task<HkRun> RunWith((string Name, string Value)[] environment, params string[] arguments)
    {
        using HkProcess hk = new(arguments, environment, _ => false);
        return await hk.Ended();
    }

    /// <summary>Waits for the line that the start named, or the end of the standard error.</summary>
    public Task Told() => _toldOf.Task.WaitAsync(s_patience);

    /// <summary>Sends a signal by name, as kill does.</summary>
    public async Task Signal(string name)
    {
        using Process kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
    }

    public async Task<HkRun> Ended()
    {
        await _process.WaitForExitAsync(new CancellationTokenSource(s_patience).Token);
        await _errorEnded.Task;
        return new(_process.ExitCode, await _output, _error.ToString());
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }
}
