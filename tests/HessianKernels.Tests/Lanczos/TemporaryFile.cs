namespace HessianKernels.Tests.LanczosTests;

/// <summary>A path in the temporary folder that is gone at the end.</summary>
internal sealed class TemporaryFile : IDisposable
{
    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"hk-{Guid.NewGuid():N}.npz");

    public void Dispose() => File.Delete(Path);
}
