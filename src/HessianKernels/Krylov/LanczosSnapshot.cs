namespace HessianKernels.Krylov;

/// <summary>What the host holds of a run of one item between two steps.</summary>
/// <param name="Next">The slot of the next step's vector.</param>
/// <param name="Item">The item.</param>
/// <param name="Alpha">Diagonal of T by slot, <c>[m]</c>.</param>
/// <param name="Beta">Couplings by slot, <c>[m]</c>.</param>
/// <param name="Slots">The slot of each row of T, <c>[m]</c>.</param>
/// <param name="Values">The locked Ritz values, <c>[k]</c>.</param>
/// <param name="Residuals">Their estimated residuals, <c>[k]</c>.</param>
/// <param name="Companion">Steps made and replayed, then T and the coordinates of the companion, if there is one.</param>
internal sealed record LanczosSnapshot(
    int Next, LanczosItem Item, double[] Alpha, double[] Beta, int[] Slots, double[] Values, double[] Residuals, double[] Companion);
