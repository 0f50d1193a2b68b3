using Spectre.Console;

namespace HessianKernels.Cli.Output;

/// <summary>Runs work and shows meanwhile, on the standard error, how far it is: a bar where that is a terminal, else lines if asked for.</summary>
internal static class LiveRun
{
    // Work shorter than this is over before a bar could be read.
    private const int PatienceMilliseconds = 400;
    private const int RefreshMilliseconds = 100;

    /// <param name="mode">When to show anything.</param>
    /// <param name="work">Given where to report to, or null where nobody will look.</param>
    public static TResult Run<TResult>(ProgressMode mode, Func<ProgressBoard?, TResult> work)
    {
        bool terminal = !Console.IsErrorRedirected;
        if (mode == ProgressMode.Never || (mode == ProgressMode.Auto && !terminal)) return work(null);
        ProgressBoard board = new();
        Task<TResult> running = Task.Run(() => work(board));
        if (!Ended(running, PatienceMilliseconds))
        {
            if (terminal) ShowBar(running, board, AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(Console.Error) }));
            else ShowLines(running, board);
        }

        return running.GetAwaiter().GetResult();
    }

    /// <summary>A bar that goes when the work is over.</summary>
    internal static void ShowBar(Task running, ProgressBoard board, IAnsiConsole console)
    {
        console.Progress().AutoClear(true).Columns(new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn(), new TaskDescriptionColumn()).Start(context =>
        {
            ProgressTask bar = context.AddTask(board.Latest.Text, maxValue: 1);
            do
            {
                (bar.Value, string text) = board.Latest;
                bar.Description = Markup.Escape(text);
            }
            while (!Ended(running, RefreshMilliseconds));
        });
    }

    private static void ShowLines(Task running, ProgressBoard board)
    {
        string shown = "";
        do
        {
            string text = board.Latest.Text;
            if (text != shown) Console.Error.WriteLine($"hk: {shown = text}");
        }
        while (!Ended(running, RefreshMilliseconds));
    }

    // Not Task.Wait, which would throw what the work threw wrapped in another exception.
    private static bool Ended(Task running, int milliseconds) => ((IAsyncResult)running).AsyncWaitHandle.WaitOne(milliseconds);
}
