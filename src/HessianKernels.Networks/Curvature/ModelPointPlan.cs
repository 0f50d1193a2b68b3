using HessianKernels.Networks.Models;

namespace HessianKernels.Networks.Curvature;

/// <summary>The sizes a point works with, from its options.</summary>
internal sealed record ModelPointPlan(int Capacity, int MicroBatch, int Order, bool Recompute, int ElementBytes)
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
        int multiple = model.Network.ExampleMultiple, capacity = options.Capacity == 0 ? available : options.Capacity,
            size = options.MicroBatch;
        if (size % multiple != 0)
        {
            throw new ArgumentException(
                $"The micro-batch has {size} examples; expected a multiple of {multiple}, as many as the model normalises together.",
                nameof(options));
        }

        if (size == 0)
        {
            size = (int)Math.Clamp(WorkingBytes / TangentBytes(model, elementBytes), 1, capacity);
            // Even pieces: the last one is not a small one.
            int pieces = (capacity + size - 1) / size;
            size = (capacity + pieces - 1) / pieces;
            size = (size + multiple - 1) / multiple * multiple;
        }

        return new(capacity, Math.Min(size, (capacity + multiple - 1) / multiple * multiple), options.Order, options.Recompute, elementBytes);
    }

    /// <summary>
    /// Of a block of vectors, how many go through a micro-batch together: as many as find room where one micro-batch's tangents may be.
    /// </summary>
    public int Together(Model model, int vectors)
        => (int)Math.Clamp(WorkingBytes / TangentBytes(model, ElementBytes) / MicroBatch, 1, vectors);

    /// <summary>Bytes of an example's signals and tangents.</summary>
    private static long TangentBytes(Model model, int elementBytes)
        => Math.Max(1, elementBytes * (model.Network.TangentLength(1, 1) + model.Network.ScratchLength(1)));
}
