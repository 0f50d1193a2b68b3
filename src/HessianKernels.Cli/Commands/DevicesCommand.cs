using System.CommandLine;
using HessianKernels.Cli.Devices;

namespace HessianKernels.Cli.Commands;

/// <summary>hk devices: what --device may name on this machine.</summary>
internal static class DevicesCommand
{
    public static Command Create()
    {
        Option<bool> json = new("--json") { Description = "Print one JSON document." };
        Command command = new("devices", "The GPUs of this machine: name, memory, driver, architecture, and why one cannot be used.") { json };
        command.SetAction(parsed => GpuBuild.List(parsed.GetValue(json)));
        return command;
    }
}
