namespace HessianKernels.Networks.Training;

/// <summary>A change in the middle of a run (paper 002, figure 7): from this step on, another base learning rate, another batch size, or
/// both.</summary>
/// <param name="Step">The first step it holds for, counted from 0.</param>
/// <param name="LearningRate">The base learning rate from there on; unchanged where null. The schedule's factor stays on it.</param>
/// <param name="BatchSize">b from there on; unchanged where null.</param>
public sealed record Intervention(long Step, double? LearningRate = null, int? BatchSize = null);
