namespace HessianKernels.Cli.Output;

/// <summary>When progress is shown.</summary>
internal enum ProgressMode
{
    /// <summary>Where the standard error is a terminal.</summary>
    Auto,

    /// <summary>Also elsewhere, as lines.</summary>
    Always,

    /// <summary>Not at all.</summary>
    Never,
}
