using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace HessianKernels.Storage;

internal static partial class ElementEncoding
{
    /// <summary>Swaps the bytes of every element in place; the values may be signalling NaN patterns meanwhile, so as integers.</summary>
    public static void ReverseEndianness(Span<byte> data, NpyElementType type)
    {
        if (type == NpyElementType.Float32)
        {
            Span<int> words = MemoryMarshal.Cast<byte, int>(data);
            BinaryPrimitives.ReverseEndianness(words, words);
        }
        else
        {
            Span<long> words = MemoryMarshal.Cast<byte, long>(data);
            BinaryPrimitives.ReverseEndianness(words, words);
        }
    }

    /// <summary><c>destination[i] = (T)source[i]</c>, where the source holds the type that T is not, in the machine's byte order.</summary>
    public static void Convert<T>(ReadOnlySpan<byte> source, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (TypeOf<T>() == NpyElementType.Float64)
            Widen(MemoryMarshal.Cast<byte, float>(source), MemoryMarshal.Cast<T, double>(destination));
        else
            Narrow(MemoryMarshal.Cast<byte, double>(source), MemoryMarshal.Cast<T, float>(destination));
    }

    /// <summary><c>for i: destination[i] = source[i]</c>, exact.</summary>
    public static void Widen(ReadOnlySpan<float> source, Span<double> destination)
    {
        int i = 0;
        for (; i <= source.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Widen(new Vector<float>(source[i..]), out Vector<double> low, out Vector<double> high);
            low.CopyTo(destination[i..]);
            high.CopyTo(destination[(i + Vector<double>.Count)..]);
        }

        for (; i < source.Length; i++)
            destination[i] = source[i];
    }

    /// <summary><c>for i: destination[i] = (float)source[i]</c>: to nearest, ties to even; infinite beyond float's range.</summary>
    public static void Narrow(ReadOnlySpan<double> source, Span<float> destination)
    {
        int i = 0;
        for (; i <= source.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var low = new Vector<double>(source[i..]);
            var high = new Vector<double>(source[(i + Vector<double>.Count)..]);
            Vector.Narrow(low, high).CopyTo(destination[i..]);
        }

        for (; i < source.Length; i++)
            destination[i] = (float)source[i];
    }
}
