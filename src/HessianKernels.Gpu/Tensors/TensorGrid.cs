using System.Numerics;
using HessianKernels.Gpu.Kernels;
using HessianKernels.Networks.Tensors;
using ILGPU;
using ILGPU.Runtime;

namespace HessianKernels.Gpu.Tensors;

/// <summary>How tensors are cut among threads: by their shapes and the device alone.</summary>
internal static class TensorGrid
{
    /// <summary>Most chunks of one group's elements.</summary>
    public const int MostChunks = 1024;

    private const int LeastOfALane = 16, SideBySide = 32, MostOfAMultiprocessor = 32;

    /// <summary>Groups of threads that go over so many elements, some of each.</summary>
    public static KernelConfig Over(GpuContext gpu, long count)
        => ((int)Math.Clamp((count + gpu.GroupSize - 1) / gpu.GroupSize, 1, MostGroups(gpu)), gpu.GroupSize);

    /// <summary>Groups of threads that keep a device busy; each goes over as much as there is for it.</summary>
    public static int MostGroups(GpuContext gpu) => MostOfAMultiprocessor * gpu.Accelerator.NumMultiprocessors;

    /// <summary>
    /// A shape cut for a sum: enough groups of threads to fill a device, and no more chunks than one group of threads adds up.
    /// </summary>
    public static GroupGrid ForSum(GpuContext gpu, GroupShape shape)
    {
        int threads = BitOperations.Log2((uint)gpu.GroupSize);
        int inner = Math.Min(Shift(Math.Min(shape.Inner, SideBySide)), threads), lanes = Math.Min(Shift(shape.Count), threads - inner);
        int innerTiles = (int)(((long)shape.Inner + (1 << inner) - 1) >> inner), deep = 1 << (threads - inner - lanes);
        long tiles = (long)innerTiles * ((shape.Outer + deep - 1) / deep);
        int chunks = (int)Math.Clamp(MostChunks / tiles, 1, Math.Max(1, shape.Count / (LeastOfALane << lanes)));
        int chunk = (shape.Count + chunks - 1) / chunks;
        chunks = chunk == 0 ? 1 : (shape.Count + chunk - 1) / chunk;
        return new(shape.Outer, shape.Count, shape.Inner)
        {
            InnerShift = inner, LaneShift = lanes, InnerTiles = innerTiles, Tiles = checked((int)tiles), Chunk = chunk, Chunks = chunks,
        };
    }

    /// <summary>The logarithm of the threads that share a row or a group of so many elements.</summary>
    public static int Lanes(GpuContext gpu, int count) => Math.Min(Shift(count), BitOperations.Log2((uint)gpu.GroupSize));

    /// <summary>The logarithm of the least power of 2 that is not below.</summary>
    private static int Shift(int count) => count <= 1 ? 0 : BitOperations.Log2((uint)count - 1) + 1;
}
