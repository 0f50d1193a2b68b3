using System.Numerics;

namespace HessianKernels.Networks.Data;

/// <summary>Bytes of images as numbers from 0 to 1.</summary>
internal static class Pixels
{
    /// <summary><c>for i: destination[i] = source[i] / 255</c>.</summary>
    public static void Scale<T>(ReadOnlySpan<byte> source, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // 256 quotients once in place of one a pixel.
        Span<T> scaled = stackalloc T[256];
        T white = T.CreateTruncating(255);
        for (int value = 0; value < scaled.Length; value++) scaled[value] = T.CreateTruncating(value) / white;
        for (int i = 0; i < source.Length; i++) destination[i] = scaled[source[i]];
    }

    /// <summary>How many examples of a file are read, and the array that holds them.</summary>
    public static T[] Allocate<T>(string file, long examples, int length)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => examples * length <= Array.MaxLength
            ? GC.AllocateUninitializedArray<T>((int)(examples * length))
            : throw new NotSupportedException(
                $"{file}: {examples} examples of {length} numbers are more than the {Array.MaxLength} of one array: read the first only.");
}
