namespace HessianKernels.Reproduction.Tests;

/// <summary>Progress told where it is made, on its thread, at once.</summary>
internal sealed class Tell<T>(Action<T> tell) : IProgress<T>
{
    public void Report(T value) => tell(value);
}
