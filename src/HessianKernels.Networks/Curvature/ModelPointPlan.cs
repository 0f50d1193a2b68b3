using HessianKernels.Networks.Models;

namespace HessianKernels.Networks.Curvature;

/// <summary>The sizes a point works with, from its options.</summary>
internal sealed record ModelPointPlan(int Capacity, int MicroBatch, int Order, bool Recompute)
{
    // A micro-batch's signals and tangents are written by one product and read by the next: they should not leave the last cache.
    private const long WorkingBytes = 32L << 20;

    public static ModelPointPlan Of(Model model, int available, ModelPointOptions options, int elementBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Order, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Order, 3, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.MicroBatch, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.Capacity, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Capacity, available, nameof(options));
        int multiple = model.Network.ExampleMultiple, capacity = options.Capacity == 0 ? available : options.Capacity, size = options.MicroBatch;
        if (size % multiple != 0)
            throw new ArgumentException($"The micro-batch has {size} examples; expected a multiple of {multiple}, as many as the model normalises together.", nameof(options));
        if (size == 0)
        {
            long each = elementBytes * (model.Network.TangentLength(1, 1) + model.Network.ScratchLength(1));
            size = (int)Math.Clamp(WorkingBytes / Math.Max(each, 1), 1, capacity);
            // Even pieces: the last one is not a small one.
            int pieces = (capacity + size - 1) / size;
            size = (capacity + pieces - 1) / pieces;
            size = (size + multiple - 1) / multiple * multiple;
        }

        return new(capacity, Math.Min(size, (capacity + multiple - 1) / multiple * multiple), options.Order, options.Recompute);
    }
}
