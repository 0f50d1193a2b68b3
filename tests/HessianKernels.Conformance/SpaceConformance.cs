using System.Numerics;
using HessianKernels.Spaces;

namespace HessianKernels.Conformance;

/// <summary>The suite for vectors in spans.</summary>
public abstract class CpuSpaceConformance<T> : VectorSpaceConformance<CpuSpace<T>, T[], Span<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    protected override CpuSpace<T> Space(int batch, int length) => new(batch, length, threads: 3);

    protected override T[] Allocate(int count) => new T[count];

    protected override Span<T> View(T[] memory) => memory;
}

/// <summary>The suite for the opaque space.</summary>
public abstract class OpaqueSpaceConformance : VectorSpaceConformance<OpaqueSpace, OpaqueVector, OpaqueVector>
{
    protected override OpaqueSpace Space(int batch, int length) => new(batch, length);

    protected override OpaqueVector Allocate(int count) => new(count);

    protected override OpaqueVector View(OpaqueVector memory) => memory;
}
