using HessianKernels.Networks.Losses;
using HessianKernels.Networks.Models;

namespace HessianKernels.Networks.Curvature;

public sealed partial class ModelPoint<TView>
{
    /// <summary>
    /// Bytes that a point takes for its gradient and for Hessian, Gauss-Newton and Jacobian products; its examples among them.
    /// </summary>
    /// <remarks>
    /// <code>
    /// kept, for each micro-batch of m:  m (2 C + 1) + StateLength(m, order) + SignalLength(m, order) + loss StateLength
    /// once, for a micro-batch of m:     K (m C + TangentLength(m, 1)) + ScratchLength(m) + SignalLength(m, order) + m (C + 1);
    ///                                   for k vectors together k (2 m C + TangentLength(m, 1)) and ScratchLength(k m) where that is more
    /// besides:                          2 d parameters, n (in + C) numbers of the examples, their weights; as many again for a selection
    /// </code>
    /// With <see cref="ModelPointOptions.Recompute"/> one micro-batch is kept. Nothing is taken before it is needed.
    /// </remarks>
    /// <param name="model">The network.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="examples">n, at least 1.</param>
    /// <param name="elementBytes">Bytes of a number: 4 or 8.</param>
    /// <param name="options">The defaults where null.</param>
    /// <param name="selection">Whether mini-batches will be selected.</param>
    /// <param name="vectors">Vectors that an operator will multiply at once; k of them together, as many as keep a micro-batch's tangents
    /// within 32 MiB.</param>
    /// <param name="derivativeOrder">K, the highest order of <see cref="Derivative"/> that will be asked for; 1 for products alone.</param>
    public static long RequiredBytes(
        Model model, Loss loss, int examples, int elementBytes, ModelPointOptions? options = null, bool selection = false,
        int derivativeOrder = 1, int vectors = 1)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(loss);
        ModelPointPlan plan = ModelPointPlan.Of(model, examples, options ?? ModelPointOptions.Default, elementBytes);
        int outputs = model.Outputs, size = Math.Min(plan.MicroBatch, plan.Capacity);
        long each = model.Input.Length + outputs, elements = 2L * model.ParameterCount + examples * each + plan.Capacity
            + (selection ? plan.Capacity * each : 0);
        for (int first = 0; first < (plan.Recompute ? 1 : plan.Capacity); first += plan.MicroBatch)
        {
            int count = Math.Min(size, plan.Capacity - first);
            elements += count * (2L * outputs + 1) + loss.StateLength(count, outputs)
                + model.Network.StateLength(count, plan.Order) + model.Network.SignalLength(count, plan.Order);
        }

        long together = plan.Together(model, vectors);
        elements += Math.Max(derivativeOrder, together) * size * outputs
            + Math.Max(model.Network.TangentLength(size, derivativeOrder), together * model.Network.TangentLength(size, 1))
            + size * (together * outputs + 1) + model.Network.ScratchLength((int)together * size)
            + model.Network.SignalLength(size, plan.Order);
        return elements * elementBytes;
    }
}
