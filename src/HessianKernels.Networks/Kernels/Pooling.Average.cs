using System.Numerics;
using System.Runtime.Intrinsics;

namespace HessianKernels.Networks.Kernels;

/// <summary><c>y = share sum</c> of a window.</summary>
internal readonly unsafe struct Average<T>(T share, T* x, T* y) : IPooling<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static bool Scatters => false;

    public void Apply(in PixelRange window, nint at, nint image)
    {
        Vector512<T> sum = default;
        for (int h = window.FirstRow; h < window.EndRow; h++)
            for (int w = window.FirstColumn; w < window.EndColumn; w++) sum += Vector512.Load(x + image + (nint)(h * window.Width + w) * window.Channels);
        (Vector512.Create(share) * sum).Store(y + at);
    }

    public void ApplyOne(in PixelRange window, nint at, nint image)
    {
        T sum = T.Zero;
        for (int h = window.FirstRow; h < window.EndRow; h++)
            for (int w = window.FirstColumn; w < window.EndColumn; w++) sum += x[image + (nint)(h * window.Width + w) * window.Channels];
        y[at] = share * sum;
    }
}

/// <summary><c>dx += share dy</c> under each window.</summary>
internal readonly unsafe struct AverageScatter<T>(T share, T* dy, T* dx) : IPooling<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static bool Scatters => true;

    public void Apply(in PixelRange window, nint at, nint image)
    {
        Vector512<T> part = Vector512.Create(share) * Vector512.Load(dy + at);
        for (int h = window.FirstRow; h < window.EndRow; h++)
        {
            for (int w = window.FirstColumn; w < window.EndColumn; w++)
            {
                T* to = dx + image + (nint)(h * window.Width + w) * window.Channels;
                (Vector512.Load(to) + part).Store(to);
            }
        }
    }

    public void ApplyOne(in PixelRange window, nint at, nint image)
    {
        T part = share * dy[at];
        for (int h = window.FirstRow; h < window.EndRow; h++)
            for (int w = window.FirstColumn; w < window.EndColumn; w++) dx[image + (nint)(h * window.Width + w) * window.Channels] += part;
    }
}
