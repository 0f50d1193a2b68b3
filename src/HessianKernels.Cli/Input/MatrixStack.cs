using System.Numerics;

namespace HessianKernels.Cli.Input;

/// <summary>Symmetric matrices in memory, <c>[batch, n, n]</c>, row-major: a single one where the file holds no stack.</summary>
internal sealed record MatrixStack<T>(T[] Values, int Order, int Batch, bool IsStack)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>;
