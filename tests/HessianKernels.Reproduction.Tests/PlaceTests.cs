using HessianKernels.Networks.Data;
using HessianKernels.Networks.Losses;
using HessianKernels.Networks.Tensors;
using HessianKernels.Reproduction.Figures.Models;
using Xunit;

namespace HessianKernels.Reproduction.Tests;

/// <summary>Figures whose networks are computed on a device, which here is the CPU under another name.</summary>
public sealed class PlaceTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hk-place-");

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>Serves one thread, once at a time, as a GPU's context does.</summary>
    private sealed class Device(string name) : ITensorPlace
    {
        private readonly Thread _thread = Thread.CurrentThread;
        private bool _busy;

        public string Name => name;

        public int Works { get; private set; }

        public TResult Run<TResult>(ITensorWork<TResult> work)
        {
            Assert.Equal((_thread, false), (Thread.CurrentThread, _busy));
            Works++;
            _busy = true;
            try
            {
                return work.On(new CpuTensorSpace<double>(1));
            }
            finally
            {
                _busy = false;
            }
        }
    }

    [Theory]
    [InlineData("000/F3")]
    [InlineData("001/F1")]
    [InlineData("001/F3")]
    [InlineData("001/F5-right")]
    [InlineData("002/F25")]
    public void OneAfterAnotherTheyAreWhatTheyAreTogether(string id)
    {
        Device device = new("device");
        FigureRun there = new(Effort.Coarse) { Place = device, Threads = 2 }, here = new(Effort.Coarse) { Threads = 2 };
        Figure figure = FigureCatalog.Find(id)[0];
        FigureResult found = figure.Compute(there), expected = figure.Compute(here);
        Assert.Equal(expected.Tables.Select(table => table.ToCsv()), found.Tables.Select(table => table.ToCsv()));
        Assert.True(device.Works > 0);
        Assert.Equal(("device", null), (there.Device, here.Device));
    }

    /// <summary>On the CPU two bodies meet, as long as one waits for the other; on a device there is nobody to meet.</summary>
    [Fact]
    public void BodiesThatWorkOnADeviceDoNotMeet()
    {
        static bool Meet(FigureRun run, double seconds)
        {
            using CountdownEvent both = new(2);
            bool met = false;
            // The first to come tells: it is the one that waits.
            run.OnTensors(2, _ =>
            {
                if (!both.Signal()) met = both.Wait(TimeSpan.FromSeconds(seconds));
            });
            return met;
        }

        Assert.True(Meet(new(Effort.Coarse) { Threads = 2 }, 20));
        Assert.False(Meet(new(Effort.Coarse) { Threads = 2, Place = new Device("device") }, 0.5));
    }

    /// <summary>What the figures of paper 004, which take longer, ask of a network.</summary>
    [Fact]
    public void PathsAndTheirEigenpairsToo()
    {
        Device device = new("device");
        FigureRun there = new(Effort.Coarse) { Place = device }, here = new(Effort.Coarse);
        NetworkSetting setting = NetworkSetting.Perceptron(
            new GaussianMixture(new(3, 2, 1), classes: 3, seed: 5).Draw<double>(20), "5-4", "relu") with { Loss = new CrossEntropy() };
        IReadOnlyList<double[]> Path(FigureRun run) => NetworkRun.Path(run, setting, DescentPath.Descent(setting, 0.3), 5);
        IReadOnlyList<double[]> path = Path(here);
        Assert.Equal(path, Path(there));
        Assert.Equal(TopEigenpairs.Along(here, setting, path, 2).Select(pair => pair.Values), TopEigenpairs.Along(there, setting, path, 2).Select(pair => pair.Values));
        double[][] Sharpness(FigureRun run) => DirectedDescent.Of(run, setting, path[0], 4, 2, _ => 0.1, 0.3).Sharpness;
        Assert.Equal(Sharpness(here), Sharpness(there));
        double Factor(FigureRun run)
            => setting.At(run, path[1], point => point.ProgressiveSharpening(TopEigenpairs.Of(point, 1, null, default).Vectors), new() { Order = 3 });
        Assert.Equal(Factor(here), Factor(there));
        Assert.Equal(AccuracyMap.AccuracyOf(here, setting, path[4]), AccuracyMap.AccuracyOf(there, setting, path[4]));
        Assert.Equal(5, device.Works);
    }

    /// <summary>A figure of no network says so; what one device found is not taken for another's.</summary>
    [Fact]
    public void TheRecordSaysWhere()
    {
        OutputFolder folder = OutputFolder.Open(Path.Combine(_folder.FullName, "out"));
        (FigureRecord Record, int Kept) Record(string id, string? device)
        {
            ReproductionOptions options = new() { Effort = Effort.Coarse, Place = device is null ? null : new Device(device) };
            ReproductionOutcome outcome = Reproducer.Run(FigureCatalog.Find(id), folder, options);
            return (FigureRecord.Read(folder.Of(FigureCatalog.Find(id)[0]))!, outcome.Kept);
        }

        Assert.Null(Record("001/F22", "a").Record.Device);
        (FigureRecord onCpu, int none) = Record("001/F3", null);
        (FigureRecord onDevice, int other) = Record("001/F3", "a");
        Assert.Equal((null, "a", 0, 0), (onCpu.Device, onDevice.Device, none, other));
        Assert.NotEqual(onCpu.Key, onDevice.Key);
        Assert.Contains("networks on a,", File.ReadAllText(Path.Combine(_folder.FullName, "out", OutputFolder.ReportName)), StringComparison.Ordinal);
        Assert.Equal(1, Record("001/F3", "a").Kept);
        Assert.Equal(0, Record("001/F3", "b").Kept);
    }
}
