using System.Numerics;
using System.Runtime.Intrinsics;

namespace HessianKernels.Networks.Kernels;

/// <summary><c>y = max</c> of a window and the place of the first that is it; the first NaN where there is one.</summary>
internal readonly unsafe struct Maximum<T>(T* x, T* y, T* chosen) : IPooling<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static bool Scatters => false;

    public void Apply(in PixelRange window, nint at, nint image)
    {
        int first = window.FirstRow * window.Width + window.FirstColumn;
        Vector512<T> most = Vector512.Load(x + image + (nint)first * window.Channels), place = Vector512.Create(T.CreateTruncating(first));
        for (int h = window.FirstRow; h < window.EndRow; h++)
        {
            for (int w = window.FirstColumn; w < window.EndColumn; w++)
            {
                int pixel = h * window.Width + w;
                Vector512<T> value = Vector512.Load(x + image + (nint)pixel * window.Channels);
                // Taken where greater, or NaN where there was none; a NaN that stands is never left.
                Vector512<T> stays = Vector512.GreaterThanOrEqual(most, value) | ~Vector512.Equals(most, most);
                most = Vector512.ConditionalSelect(stays, most, value);
                place = Vector512.ConditionalSelect(stays, place, Vector512.Create(T.CreateTruncating(pixel)));
            }
        }

        most.Store(y + at);
        place.Store(chosen + at);
    }

    public void ApplyOne(in PixelRange window, nint at, nint image)
    {
        int place = window.FirstRow * window.Width + window.FirstColumn;
        T most = x[image + (nint)place * window.Channels];
        for (int h = window.FirstRow; h < window.EndRow; h++)
        {
            for (int w = window.FirstColumn; w < window.EndColumn; w++)
            {
                int pixel = h * window.Width + w;
                T value = x[image + (nint)pixel * window.Channels];
                if (most >= value || T.IsNaN(most)) continue;
                (most, place) = (value, pixel);
            }
        }

        y[at] = most;
        chosen[at] = T.CreateTruncating(place);
    }
}

/// <summary><c>y = x</c> at the chosen place of each window.</summary>
internal readonly unsafe struct ChosenGather<T>(T* x, T* chosen, T* y) : IPooling<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static bool Scatters => false;

    public void Apply(in PixelRange window, nint at, nint image)
    {
        Vector512<T> place = Vector512.Load(chosen + at), found = default;
        for (int h = window.FirstRow; h < window.EndRow; h++)
        {
            for (int w = window.FirstColumn; w < window.EndColumn; w++)
            {
                int pixel = h * window.Width + w;
                Vector512<T> here = Vector512.Equals(place, Vector512.Create(T.CreateTruncating(pixel)));
                found = Vector512.ConditionalSelect(here, Vector512.Load(x + image + (nint)pixel * window.Channels), found);
            }
        }

        found.Store(y + at);
    }

    public void ApplyOne(in PixelRange window, nint at, nint image)
    {
        // Looked for, as above: a place outside the window reads nothing.
        T found = T.Zero;
        for (int h = window.FirstRow; h < window.EndRow; h++)
        {
            for (int w = window.FirstColumn; w < window.EndColumn; w++)
            {
                int pixel = h * window.Width + w;
                if (chosen[at] == T.CreateTruncating(pixel)) found = x[image + (nint)pixel * window.Channels];
            }
        }

        y[at] = found;
    }
}

/// <summary><c>dx += dy</c> at the chosen place of each window.</summary>
internal readonly unsafe struct ChosenScatter<T>(T* dy, T* chosen, T* dx) : IPooling<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static bool Scatters => true;

    public void Apply(in PixelRange window, nint at, nint image)
    {
        Vector512<T> place = Vector512.Load(chosen + at), value = Vector512.Load(dy + at);
        for (int h = window.FirstRow; h < window.EndRow; h++)
        {
            for (int w = window.FirstColumn; w < window.EndColumn; w++)
            {
                int pixel = h * window.Width + w;
                T* to = dx + image + (nint)pixel * window.Channels;
                Vector512<T> here = Vector512.Equals(place, Vector512.Create(T.CreateTruncating(pixel))), held = Vector512.Load(to);
                Vector512.ConditionalSelect(here, held + value, held).Store(to);
            }
        }
    }

    public void ApplyOne(in PixelRange window, nint at, nint image)
    {
        for (int h = window.FirstRow; h < window.EndRow; h++)
        {
            for (int w = window.FirstColumn; w < window.EndColumn; w++)
            {
                int pixel = h * window.Width + w;
                if (chosen[at] == T.CreateTruncating(pixel)) dx[image + (nint)pixel * window.Channels] += dy[at];
            }
        }
    }
}
