using HessianKernels.Networks.Tensors;

namespace HessianKernels.Reproduction;

/// <summary>A device that figures' networks are trained and looked at on, in double precision, in the CPU's place.</summary>
public interface ITensorPlace
{
    /// <summary>What a result says it ran on.</summary>
    string Name { get; }

    /// <summary>Does work on its tensors; called from one thread, once at a time.</summary>
    /// <typeparam name="TResult">What the work gives.</typeparam>
    /// <param name="work">The work.</param>
    TResult Run<TResult>(ITensorWork<TResult> work);
}
