using System.Text.Json;
using HessianKernels.Cli.Output;

namespace HessianKernels.Cli.Devices;

/// <summary>Where a result was computed, for it to say.</summary>
/// <param name="Name">cpu, or the device and its name.</param>
/// <param name="WasAsked">Whether the user named a place: then the table tells of it.</param>
internal readonly record struct Place(string Name, bool WasAsked)
{
    public static Place Cpu { get; } = new(ComputeDevice.Cpu, false);

    public bool IsCpu => Name == ComputeDevice.Cpu;

    public void Write(Utf8JsonWriter json) => json.WriteString("device", Name);

    public void Print()
    {
        if (WasAsked) Report.Line($"computed on {Name}");
    }
}
