using FsCheck;
using FsCheck.Fluent;

namespace HessianKernels.Tests.Krylov;

/// <summary>The one place that says how many cases a property is tried on: 100, or 2000 where HK_NIGHTLY=1.</summary>
internal static class PropertyRun
{
    public static int Cases => Nightly ? 2000 : 100;

    public static bool Nightly => Environment.GetEnvironmentVariable("HK_NIGHTLY") == "1";

    /// <summary>
    /// Tries a property that fails by an exception. A failure is thrown with the smallest case found and the seed, which HK_REPLAY=seed,gamma runs again.
    /// </summary>
    public static void Check<T>(Arbitrary<T> cases, Action<T> property)
    {
        Config config = Config.QuickThrowOnFailure.WithMaxTest(Cases);
        if (Environment.GetEnvironmentVariable("HK_REPLAY") is { Length: > 0 } replay)
        {
            ulong[] seed = [.. replay.Split(',').Select(ulong.Parse)];
            config = config.WithReplay(seed[0], seed[1]);
        }

        FsCheck.Fluent.Prop.ForAll(cases, property).Check(config);
    }
}
