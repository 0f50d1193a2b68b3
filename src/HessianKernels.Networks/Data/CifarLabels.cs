namespace HessianKernels.Networks.Data;

/// <summary>What the labels of CIFAR's records are.</summary>
public enum CifarLabels
{
    /// <summary>CIFAR-10: one label, 0 to 9.</summary>
    Ten,

    /// <summary>CIFAR-100: the second of two labels, 0 to 99.</summary>
    Hundred,

    /// <summary>CIFAR-100: the first of two labels, 0 to 19.</summary>
    HundredCoarse,
}
