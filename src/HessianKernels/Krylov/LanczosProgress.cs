namespace HessianKernels.Krylov;

/// <summary>Where a Lanczos run stands.</summary>
/// <param name="ItemsFinished">Batch items that are done.</param>
/// <param name="Items">Batch items in all.</param>
/// <param name="OperatorApplications">Products so far, of the item reporting.</param>
/// <param name="Converged">Wanted pairs of that item whose estimated residual is within the tolerance.</param>
/// <param name="Wanted">k.</param>
/// <param name="LargestResidual">The largest estimated residual of a wanted pair over the estimate of ||A||.</param>
public readonly record struct LanczosProgress(
    int ItemsFinished, int Items, int OperatorApplications, int Converged, int Wanted, double LargestResidual);
