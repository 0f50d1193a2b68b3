using System.Numerics;
using HessianKernels.Spaces;

namespace HessianKernels.Conformance;

/// <summary>The suite for vectors in spans.</summary>
/// <param name="gap">Elements between one vector and the next.</param>
public abstract class CpuSpaceConformance<T>(int gap) : VectorSpaceConformance<CpuSpace<T>, T[], Span<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    protected override CpuSpace<T> Space(int batch, int length) => new(batch, length, threads: 3, stride: length + gap);

    protected override T[] Allocate(int count) => new T[count];

    protected override Span<T> View(T[] memory) => memory;
}

/// <summary>The suite for the opaque space.</summary>
/// <param name="gap">Elements between one vector and the next.</param>
public abstract class OpaqueSpaceConformance(int gap) : VectorSpaceConformance<OpaqueSpace, OpaqueVector, OpaqueVector>
{
    protected override OpaqueSpace Space(int batch, int length) => new(batch, length, stride: length + gap);

    protected override OpaqueVector Allocate(int count) => new(count);

    protected override OpaqueVector View(OpaqueVector memory) => memory;
}
