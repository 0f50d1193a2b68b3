using System.Numerics;
using System.Runtime.Intrinsics;
using HessianKernels.Kernels;

namespace HessianKernels.Networks.Kernels;

/// <summary>What a pooling does with the channels of one window, some at a time.</summary>
internal unsafe interface IPooling<T>
    where T : unmanaged
{
    /// <summary>Adds to pixels, which are cleared first.</summary>
    static abstract bool Scatters { get; }

    /// <summary>A vector of channels of the window whose pixels within the image are <paramref name="window"/>.</summary>
    void Apply(in PixelRange window, nint at, nint image);

    /// <summary>The same for one channel.</summary>
    void ApplyOne(in PixelRange window, nint at, nint image);
}

/// <summary>The pixels of a window that are in the image: rows and columns from First to before End.</summary>
internal readonly record struct PixelRange(int FirstRow, int EndRow, int FirstColumn, int EndColumn, int Width, int Channels);

/// <summary>
/// Windows over images with their channels last:
/// <code>for (image) for (window) for (channel) apply(pixels of the window)</code>
/// An image is one thread's, so that windows that overlap may add to it.
/// </summary>
internal static unsafe class Pooling
{
    private const int Smallest = 16384, MostChunks = 64;

    public static void Run<T, TPooling>(TPooling pooling, in WindowGrid grid, int examples, T* pixels, int threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TPooling : struct, IPooling<T>
    {
        if (examples == 0) return;
        long length = examples * grid.Image, chunks = Math.Clamp(length / Smallest, 1, Math.Min(MostChunks, examples));
        Job<T, TPooling> job = new() { Pooling = pooling, Grid = grid, Examples = examples, Images = (int)((examples + chunks - 1) / chunks), Pixels = pixels };
        ParallelLoop.Run(ref job, (examples + job.Images - 1) / job.Images, length < Elementwise.WorthThreads ? 1 : threads);
    }

    private struct Job<T, TPooling> : IChunkJob
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TPooling : struct, IPooling<T>
    {
        public TPooling Pooling;
        public WindowGrid Grid;
        public int Examples, Images;
        public T* Pixels;

        public readonly void Run(int chunk, int lane)
        {
            for (int e = chunk * Images; e < Math.Min(Examples, (chunk + 1) * Images); e++)
            {
                if (TPooling.Scatters) new Span<T>(Pixels + e * Grid.Image, (int)Grid.Image).Clear();
                Image(e);
            }
        }

        private readonly void Image(int e)
        {
            TPooling pooling = Pooling;
            int channels = Grid.Channels, width = Vector512<T>.Count;
            nint at = e * (nint)Grid.Windows * channels, image = e * Grid.Image;
            for (int p = 0; p < Grid.Rows; p++)
            {
                (int i, int endI) = Grid.Within(p, Grid.Height);
                int top = p * Grid.Stride - Grid.Padding;
                for (int q = 0; q < Grid.Columns; q++, at += channels)
                {
                    (int j, int endJ) = Grid.Within(q, Grid.Width);
                    int left = q * Grid.Stride - Grid.Padding;
                    PixelRange window = new(top + i, top + endI, left + j, left + endJ, Grid.Width, channels);
                    int c = 0;
                    for (; c <= channels - width; c += width) pooling.Apply(window, at + c, image + c);
                    for (; c < channels; c++) pooling.ApplyOne(window, at + c, image + c);
                }
            }
        }
    }
}
