namespace HessianKernels;

/// <summary>A Lanczos run as it stood when it ended early.</summary>
public sealed class LanczosCheckpoint<T>;
