using System.Text.Json;
using HessianKernels.Cli.Output;

namespace HessianKernels.Cli.Devices;

/// <summary>Where a result was computed, for it to say.</summary>
/// <param name="Name">cpu, or the device and its name.</param>
/// <param name="WasAsked">Whether the user named a place: then the table tells of it.</param>
/// <param name="OnCpu">What of the work the CPU did beside a device, in words; null where that is not worth telling.</param>
internal readonly record struct Place(string Name, bool WasAsked, string? OnCpu = null)
{
    public static Place Cpu { get; } = new(ComputeDevice.Cpu, false);

    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("device", Name);
        if (OnCpu is not null) json.WriteString("onCpu", OnCpu);
    }

    public void Print()
    {
        if (WasAsked) Report.Line($"computed on {Name}{(OnCpu is null ? "" : $"; on the CPU: {OnCpu}")}");
    }
}
