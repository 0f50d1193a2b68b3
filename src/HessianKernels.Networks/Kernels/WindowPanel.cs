using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace HessianKernels.Networks.Kernels;

/// <summary>
/// The numbers under each window side by side: the panel <c>[windows, Size, Size, Channels]</c> that makes a convolution a product of matrices.
/// Where a window leaves the image, zeros.
/// </summary>
/// <remarks>Channels last: a window's row of pixels is one run of memory, in the image and in the panel.</remarks>
internal static unsafe class WindowPanel
{
    /// <summary>
    /// <code>panel[p, q, i, j, c] = x[image, p s + i - padding, q s + j - padding, c]  or 0</code>
    /// for the rows of windows from first to before end, those of all images one after the other.
    /// </summary>
    public static void Gather<T>(in WindowGrid grid, long first, long end, T* x, T* panel)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int channels = grid.Channels, run = grid.Size * channels;
        for (long row = first; row < end; row++)
        {
            T* image = x + (nint)(row / grid.Rows) * grid.Image;
            int p = (int)(row % grid.Rows), top = p * grid.Stride - grid.Padding;
            for (int q = 0; q < grid.Columns; q++)
            {
                (int j, int endJ) = grid.Within(q, grid.Width);
                int left = q * grid.Stride - grid.Padding + j, before = j * channels, count = Math.Max(0, endJ - j) * channels;
                for (int i = 0; i < grid.Size; i++, panel += run)
                {
                    int h = top + i;
                    if (h < 0 || h >= grid.Height || count == 0)
                    {
                        Clear(panel, run);
                        continue;
                    }

                    T* from = image + ((nint)h * grid.Width + left) * channels;
                    if (count == run)
                    {
                        Copy(from, panel, run);
                        continue;
                    }

                    Clear(panel, before);
                    Copy(from, panel + before, count);
                    Clear(panel + before + count, run - before - count);
                }
            }
        }
    }

    /// <summary>Its adjoint: adds what stands in the panel to the pixels it would be gathered from, window after window.</summary>
    public static void Scatter<T>(in WindowGrid grid, long first, long end, T* panel, T* dx)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int channels = grid.Channels, run = grid.Size * channels;
        for (long row = first; row < end; row++)
        {
            T* image = dx + (nint)(row / grid.Rows) * grid.Image;
            int p = (int)(row % grid.Rows), top = p * grid.Stride - grid.Padding;
            for (int q = 0; q < grid.Columns; q++)
            {
                (int j, int endJ) = grid.Within(q, grid.Width);
                int left = q * grid.Stride - grid.Padding + j, count = Math.Max(0, endJ - j) * channels;
                for (int i = 0; i < grid.Size; i++, panel += run)
                {
                    int h = top + i;
                    if (h >= 0 && h < grid.Height) Add(panel + j * channels, image + ((nint)h * grid.Width + left) * channels, count);
                }
            }
        }
    }

    // Runs are short, often some tens of numbers: a call would cost more than they do.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy<T>(T* from, T* to, int count)
        where T : unmanaged
    {
        int i = 0, width = Vector512<T>.Count, half = width / 2, quarter = width / 4;
        for (; i <= count - width; i += width) Vector512.Store(Vector512.Load(from + i), to + i);
        if (i <= count - half)
        {
            Vector256.Store(Vector256.Load(from + i), to + i);
            i += half;
        }

        if (i <= count - quarter)
        {
            Vector128.Store(Vector128.Load(from + i), to + i);
            i += quarter;
        }

        for (; i < count; i++) to[i] = from[i];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Clear<T>(T* to, int count)
        where T : unmanaged
    {
        int i = 0;
        for (; i <= count - Vector512<T>.Count; i += Vector512<T>.Count) Vector512.Store(default, to + i);
        for (; i < count; i++) to[i] = default;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<T>(T* from, T* to, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int i = 0;
        for (; i <= count - Vector512<T>.Count; i += Vector512<T>.Count) (Vector512.Load(to + i) + Vector512.Load(from + i)).Store(to + i);
        for (; i < count; i++) to[i] += from[i];
    }
}
