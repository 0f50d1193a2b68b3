namespace HessianKernels.Networks.Data;

/// <summary>Which of a benchmark's two sets.</summary>
public enum DataPart
{
    /// <summary>The examples to train on.</summary>
    Train,

    /// <summary>The examples kept apart.</summary>
    Test,
}
