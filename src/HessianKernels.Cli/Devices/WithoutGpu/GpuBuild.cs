namespace HessianKernels.Cli.Devices;

/// <summary>What this build can do with a GPU: nothing, and it says how to get one that can.</summary>
internal static class GpuBuild
{
    public const string Missing = "this hk was built without GPU support; build it with -p:Gpu=true (docs/gpu.md)";

    public static ComputeDevice? Open(string request, out string? why)
    {
        why = $"found '{request}'; {Missing}";
        return null;
    }

    public static int List(bool json)
    {
        if (json) Console.Out.WriteLine("""{"gpu":false,"devices":[]}""");
        else Console.Out.WriteLine($"no devices but the CPU: {Missing}");
        return ExitCode.Converged;
    }
}
