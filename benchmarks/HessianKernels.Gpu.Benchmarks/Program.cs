using System.Globalization;
using System.Text.Json;
using HessianKernels.Gpu;
using HessianKernels.Gpu.Benchmarks;

// Usage, in this process, with no toolchain but the runtime beside it:
//   HessianKernels.Gpu.Benchmarks [DEVICE] [REPORT.json] [--small]     the device against its own bandwidth and rate, the table of docs/gpu.md
//   HessianKernels.Gpu.Benchmarks DEVICE against-cpu [--small]         the same work on the device and on the CPU, by BenchmarkDotNet
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string[] places = [.. args.Where(a => a != "--small")];
bool small = args.Contains("--small");
if (places is [var request, "against-cpu"]) return AgainstCpu.Run(request, small);
using GpuContext gpu = GpuContext.Open(places.Length > 0 ? places[0] : "auto");
Console.WriteLine($"{gpu.Device.Request}: {gpu.Device.Name}, {gpu.Device.Architecture}, {gpu.Device.Driver}, cuBLAS: {gpu.BlasLibrary ?? gpu.WhyNoBlas ?? "none"}");
List<Row> rows = [];
foreach (Func<GpuContext, bool, IEnumerable<Row>> part in (Func<GpuContext, bool, IEnumerable<Row>>[])[Bandwidth.Measure, Rates.Measure, Networks.Measure, Problems.Measure])
    foreach (Row row in part(gpu, small))
    {
        rows.Add(row);
        Console.WriteLine($"{row.Name,-58} {row.Value,12:G4} {row.Unit,-12} {row.Share,8:P1} {row.Floor}");
    }

if (places.Length > 1)
    File.WriteAllText(places[1], JsonSerializer.Serialize(
        new { device = gpu.Device.Name, architecture = gpu.Device.Architecture, driver = gpu.Device.Driver, cublas = gpu.BlasLibrary, small, rows }));
return 0;
