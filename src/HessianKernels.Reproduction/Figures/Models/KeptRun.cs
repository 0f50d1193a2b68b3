using System.Diagnostics;
using System.Globalization;
using HessianKernels.Networks.Training;
using HessianKernels.Storage;

namespace HessianKernels.Reproduction.Figures.Models;

/// <summary>What the file of a run that was kept says, wherever it was made.</summary>
internal static class KeptRun
{
    /// <summary>The row of one that has ended.</summary>
    public const string Ended = "ended";

    /// <summary>How much of a run its file has done; 0 where there is no file.</summary>
    /// <param name="path">Of the file; null for none.</param>
    /// <param name="work">Of the run.</param>
    public static long Done(string? path, RunWork work) => Load(path) is { } kept ? Done(kept, work) : 0;

    /// <summary>One that has ended is done, though it diverged.</summary>
    public static long Done(TrainingCheckpoint kept, RunWork work)
        => kept.Record.ContainsKey(Ended) ? work.All : work.Until(kept.Step);

    /// <summary>What a file holds; null where there is none, or a damaged one.</summary>
    public static TrainingCheckpoint? Load(string? path)
    {
        if (!File.Exists(path)) return null;
        try
        {
            return TrainingCheckpointFile.Load(path);
        }
        catch (Exception e) when (e is NpyFormatException or InvalidDataException)
        {
            // Damaged is as good as not there: the run is made again.
            return null;
        }
    }
}

/// <summary>What watches over a run: the tracker and the look, and a file that the run is kept in now and then and when it ends.</summary>
/// <remarks>A run that goes on from its file has the bits of one that was never stopped; of one that has ended no step is made again.</remarks>
/// <typeparam name="TView">How tensors are held.</typeparam>
/// <param name="path">Of the file; null where the run is not kept.</param>
/// <param name="trainer">Whose run it is.</param>
/// <param name="tracker">Of that trainer.</param>
/// <param name="look">Beside it; null where there is none.</param>
/// <param name="work">Of that run.</param>
/// <param name="more">Told how much more of it is done.</param>
internal sealed class KeptRun<TView>(
    string? path, Trainer<TView> trainer, Tracker<TView> tracker, IRunLook? look, RunWork work, Action<long> more)
    : ITrainingObserver<TView>, IProgress<TrainingProgress>, IProgress<int>
    where TView : allows ref struct
{
    // Of the time, writing may take a fiftieth.
    private const int Pause = 30, Share = 50;
    private const int TellingPause = 20;
    private const string Tracked = "tracked", Looked = "look.";

    private readonly NetworkTrainer<TView> _seen = new(trainer);
    private long _told, _toldAt, _passed, _saved = Stopwatch.GetTimestamp();
    private TimeSpan _pause = TimeSpan.FromSeconds(Pause);
    // By the tracker and by the look: a run may be stopped between the one's at a step and the other's, and in the step after both.
    private long _tracked = -1, _looked = -1;

    public void Observe(Trainer<TView> trainer, double learningRate, int batchSize, CancellationToken cancellation)
    {
        if (trainer.Step != _tracked) tracker.Observe(trainer, learningRate, batchSize, cancellation);
        _tracked = trainer.Step;
        if (trainer.Step != _looked) look?.Observe(_seen, learningRate, batchSize, cancellation);
        _looked = trainer.Step;
    }

    public void Report(int value)
    {
        _passed += value;
        if (Stopwatch.GetElapsedTime(_toldAt).TotalMilliseconds > TellingPause) Tell(work.Within(trainer.Step, _passed));
    }

    public void Report(TrainingProgress value)
    {
        _passed = 0;
        // A step may take a microsecond.
        if (Stopwatch.GetElapsedTime(_toldAt).TotalMilliseconds < TellingPause) return;
        Tell(work.Until(value.Step));
        if (path is not null && Stopwatch.GetElapsedTime(_saved) > _pause) Save(trainer.Checkpoint());
    }

    /// <summary>Makes the run, from where its file stands.</summary>
    /// <param name="until">Steps in all.</param>
    /// <param name="cancellation">Ends it: what was done is kept.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public TrainingResult Make(long until, CancellationToken cancellation)
    {
        if (Restore() is { } ended) return ended;
        trainer.Passes = this;
        TrainingResult result = trainer.Run(until, this, this, cancellation);
        if (result.Status == TrainingStatus.Cancelled)
        {
            Save(result.Checkpoint);
        }
        else
        {
            // Though it be cancelled meanwhile: it has ended.
            Save(result.Checkpoint, (double)result.Status, result.DivergedAt ?? -1, result.LastLoss);
            Tell(work.All);
        }

        cancellation.ThrowIfCancellationRequested();
        return result;
    }

    /// <summary>Goes to where the file stands.</summary>
    /// <returns>How the run ended; null where it goes on.</returns>
    private TrainingResult? Restore()
    {
        if (KeptRun.Load(path) is not { } kept) return null;
        double[]? ended = kept.Record.GetValueOrDefault(KeptRun.Ended);
        trainer.Restore(kept);
        // The step to come may have been tracked, and one that diverged has gone back behind more: no row is to be forgotten.
        tracker.Restore(kept with { Step = long.MaxValue });
        (_tracked, _looked) = ((long)kept.Record[Tracked][0], (long)kept.Record[Tracked][1]);
        if (look is not null)
            look.State = [.. Enumerable.Range(0, kept.Record.Keys.Count(IsLook)).Select(row => kept.Record[NameOf(row)])];
        _told = KeptRun.Done(kept, work);
        return ended is null ? null : new()
        {
            Status = (TrainingStatus)ended[0], Steps = kept.Step, DivergedAt = ended[1] < 0 ? null : (long)ended[1], LastLoss = ended[2],
            Catapults = kept.Catapults, Checkpoint = kept,
        };
    }

    private void Tell(long done)
    {
        more(done - _told);
        (_told, _toldAt) = (done, Stopwatch.GetTimestamp());
    }

    private void Save(TrainingCheckpoint checkpoint, params double[] ended)
    {
        if (path is null) return;
        long start = Stopwatch.GetTimestamp();
        Dictionary<string, double[]> record = new(tracker.AddTo(checkpoint).Record) { [Tracked] = [_tracked, _looked] };
        if (ended.Length > 0) record[KeptRun.Ended] = ended;
        foreach ((int row, double[] values) in (look?.State ?? []).Index()) record[NameOf(row)] = values;
        TrainingCheckpointFile.Save(path, checkpoint with { Record = record }, overwrite: true);
        _saved = Stopwatch.GetTimestamp();
        _pause = TimeSpan.FromSeconds(Math.Max(Pause, Share * Stopwatch.GetElapsedTime(start, _saved).TotalSeconds));
    }

    private static string NameOf(int row) => Looked + row.ToString(CultureInfo.InvariantCulture);

    private static bool IsLook(string name) => name.StartsWith(Looked, StringComparison.Ordinal);
}
