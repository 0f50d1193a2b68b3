namespace HessianKernels.Gpu;

/// <summary>The device asked for cannot be used; the message says what was found and what to do.</summary>
/// <param name="message">Both.</param>
/// <param name="inner">What the driver said.</param>
public sealed class GpuUnavailableException(string message, Exception? inner = null) : InvalidOperationException(message, inner);
