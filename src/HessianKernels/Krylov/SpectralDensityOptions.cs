using HessianKernels.Spaces;

namespace HessianKernels.Krylov;

/// <summary>How a spectral density is to be estimated. Every default suits a first call.</summary>
public sealed record SpectralDensityOptions
{
    /// <summary>The defaults.</summary>
    public static SpectralDensityOptions Default { get; } = new();

    /// <summary>Number of random start vectors, at least 1. The standard error falls with its square root; from one probe there is none.</summary>
    public int Probes { get; init; } = 16;

    /// <summary>Lanczos steps a probe, at least 1, and taken as n where above it: the resolution is about 1 / Steps of the spectrum's width.</summary>
    public int Steps { get; init; } = 64;

    /// <summary>What the probes' elements are drawn from, before they are normalised.</summary>
    public RandomDistribution Distribution { get; init; } = RandomDistribution.Rademacher;

    /// <summary>Names the probes: same seed, same bits, whatever the thread count.</summary>
    public ulong Seed { get; init; }

    /// <summary>Most threads used; 0 for one a processor. Changes no bit of any result.</summary>
    public int Threads { get; init; }

    /// <summary>Names what is wrong, with what was found and what was expected.</summary>
    internal void Check()
    {
        if (Probes < 1) throw new ArgumentOutOfRangeException(nameof(Probes), Probes, $"Found Probes = {Probes}; expected at least 1.");
        if (Steps < 1) throw new ArgumentOutOfRangeException(nameof(Steps), Steps, $"Found Steps = {Steps}; expected at least 1.");
        if (Threads < 0) throw new ArgumentOutOfRangeException(nameof(Threads), Threads, $"Found Threads = {Threads}; expected 0 or more.");
        if (!Enum.IsDefined(Distribution))
            throw new ArgumentOutOfRangeException(nameof(Distribution), Distribution, $"Found Distribution = {Distribution}; expected Normal or Rademacher.");
    }
}
