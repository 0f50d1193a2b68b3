using HessianKernels.Networks.Tensors;

namespace HessianKernels.Cli.Devices;

/// <summary>What a command asks of tensors, wherever they lie.</summary>
internal interface ITensorWork<TResult>
{
    TResult On<TView>(ITensorSpace<TView> space)
        where TView : allows ref struct;
}
