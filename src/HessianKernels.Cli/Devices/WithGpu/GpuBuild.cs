using System.Text.Json;
using HessianKernels.Cli.Output;
using HessianKernels.Gpu;
using Spectre.Console;

namespace HessianKernels.Cli.Devices;

/// <summary>What this build can do with a GPU.</summary>
internal static class GpuBuild
{
    public static ComputeDevice? Open(string request, out string? why)
    {
        why = null;
        try
        {
            GpuComputeDevice device = new(GpuContext.Open(request));
            if (device.Warning is { } warning) Console.Error.WriteLine($"hk: --device {request}: {warning}");
            return device;
        }
        catch (GpuUnavailableException e)
        {
            why = e.Message;
            return null;
        }
    }

    public static int List(bool json)
    {
        IReadOnlyList<GpuDevice> devices = GpuContext.Devices();
        if (json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(new
            {
                gpu = true,
                devices = devices.Select(d => new { device = d.Request, name = d.Name, memoryBytes = d.MemoryBytes, driver = d.Driver, architecture = d.Architecture, processor = d.IsProcessor, refusal = d.Refusal }),
            }));
            return ExitCode.Converged;
        }

        if (devices.Count > 0)
        {
            Table table = Report.Table("device", "name", "memory", "driver", "architecture", "usable");
            foreach (GpuDevice d in devices)
                table.AddRow(((string[])[d.Request, d.Name, FormattableString.Invariant($"{d.MemoryBytes / (double)(1L << 30):F1} GiB"), d.Driver, d.Architecture, d.Refusal is null ? d.IsProcessor ? "yes, a processor" : "yes" : $"no: {d.Refusal}"])
                    .Select(cell => new Text(cell)));
            Report.Print(table);
        }

        foreach (GpuBackend backend in (GpuBackend[])[GpuBackend.Cuda, GpuBackend.OpenCL])
            if (GpuContext.WhyNone(backend) is { } why) Console.Out.WriteLine($"{(backend == GpuBackend.Cuda ? "cuda" : "opencl")}: {why}");
        return ExitCode.Converged;
    }
}
