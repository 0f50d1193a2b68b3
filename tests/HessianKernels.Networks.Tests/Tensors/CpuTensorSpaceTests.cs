using HessianKernels.Conformance;
using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Tests.Tensors;

public sealed class CpuTensorSpaceOfDouble : TensorSpaceConformance<Span<double>>
{
    protected override ITensorSpace<Span<double>> Space(int threads) => new CpuTensorSpace<double>(threads);
}

public sealed class CpuTensorSpaceOfSingle : TensorSpaceConformance<Span<float>>
{
    protected override ITensorSpace<Span<float>> Space(int threads) => new CpuTensorSpace<float>(threads);
}
