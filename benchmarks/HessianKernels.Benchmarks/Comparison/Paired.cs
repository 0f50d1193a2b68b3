using System.Diagnostics;

namespace HessianKernels.Benchmarks.Comparison;

/// <summary>Seconds of several contestants, round by round: A B C, A B C, ..., each waiting until the others are idle.</summary>
internal sealed class Paired
{
    private readonly List<(string Name, Func<int, double> Seconds)> _contestants = [];
    private readonly List<List<double>> _seconds = [];

    /// <summary>Adds a contestant, which does its work for a round and says how many seconds it took.</summary>
    public int Add(string name, Func<int, double> seconds)
    {
        _contestants.Add((name, seconds));
        _seconds.Add([]);
        return _contestants.Count - 1;
    }

    /// <summary>One untimed round, then so many timed ones.</summary>
    public void Run(int rounds, params ReadOnlySpan<Peer> peers)
    {
        for (int round = -1; round < rounds; round++)
        {
            for (int i = 0; i < _contestants.Count; i++)
            {
                Peer.WaitUntilIdle(peers);
                double seconds = _contestants[i].Seconds(Math.Max(round, 0));
                if (round >= 0) _seconds[i].Add(seconds);
            }
        }
    }

    public string Name(int contestant) => _contestants[contestant].Name;

    public double Seconds(int contestant) => Statistics.Median(_seconds[contestant]);

    /// <summary>The contestant with the least median.</summary>
    public int Best(params int[] contestants) => contestants.MinBy(Seconds);

    /// <summary>Ratio of the medians, and the least and largest of the ratios within a round.</summary>
    public (double Ratio, double Least, double Largest) Ratio(int ours, int theirs)
    {
        double[] ratios = [.. _seconds[ours].Zip(_seconds[theirs], (a, b) => a / b)];
        return (Seconds(ours) / Seconds(theirs), ratios.Min(), ratios.Max());
    }

    /// <summary>Calls until so many seconds and three calls have passed, so that what is timed later has been compiled for good.</summary>
    public static void WarmUp(Action call, double seconds = 2)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < 3 || Stopwatch.GetElapsedTime(start).TotalSeconds < seconds; i++) call();
    }

    public static double Time(Action call)
    {
        long start = Stopwatch.GetTimestamp();
        call();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>The median of several calls.</summary>
    public static double Time(int calls, Action call) => Statistics.Median([.. Enumerable.Range(0, calls).Select(_ => Time(call))]);
}

internal static class Statistics
{
    public static double Median(IReadOnlyCollection<double> values)
    {
        double[] sorted = [.. values.Order()];
        int half = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[half] : 0.5 * (sorted[half - 1] + sorted[half]);
    }

    public static string MinMedianMax(IReadOnlyCollection<double> values) => $"{values.Min():0} / {Median(values):0} / {values.Max():0}";
}
