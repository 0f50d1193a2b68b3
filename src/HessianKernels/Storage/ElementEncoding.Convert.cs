using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace HessianKernels.Storage;

internal static partial class ElementEncoding
{
    /// <summary>Swaps the bytes of every element in place; the values may be signalling NaN patterns meanwhile, so as integers.</summary>
    public static void ReverseEndianness(Span<byte> data, NpyElementType type)
    {
        switch (SizeOf(type))
        {
            case 2:
                Span<short> halves = MemoryMarshal.Cast<byte, short>(data);
                BinaryPrimitives.ReverseEndianness(halves, halves);
                break;
            case 4:
                Span<int> words = MemoryMarshal.Cast<byte, int>(data);
                BinaryPrimitives.ReverseEndianness(words, words);
                break;
            case 8:
                Span<long> doubles = MemoryMarshal.Cast<byte, long>(data);
                BinaryPrimitives.ReverseEndianness(doubles, doubles);
                break;
        }
    }

    /// <summary><c>destination[i] = (T)source[i]</c>, where the source holds a type that T is not, in the machine's byte order.</summary>
    public static void Convert<T>(ReadOnlySpan<byte> source, NpyElementType type, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        switch (type)
        {
            case NpyElementType.Float32:
                Widen(MemoryMarshal.Cast<byte, float>(source), MemoryMarshal.Cast<T, double>(destination));
                break;
            case NpyElementType.Float64:
                Narrow(MemoryMarshal.Cast<byte, double>(source), MemoryMarshal.Cast<T, float>(destination));
                break;
            case NpyElementType.Bool:
                // Any byte but 0 is true, as in numpy.
                for (int i = 0; i < destination.Length; i++) destination[i] = source[i] == 0 ? T.Zero : T.One;
                break;
            case NpyElementType.Int8: FromIntegers<sbyte, T>(source, destination); break;
            case NpyElementType.UInt8: FromIntegers<byte, T>(source, destination); break;
            case NpyElementType.Int16: FromIntegers<short, T>(source, destination); break;
            case NpyElementType.UInt16: FromIntegers<ushort, T>(source, destination); break;
            case NpyElementType.Int32: FromIntegers<int, T>(source, destination); break;
            case NpyElementType.UInt32: FromIntegers<uint, T>(source, destination); break;
            case NpyElementType.Int64: FromIntegers<long, T>(source, destination); break;
            default: FromIntegers<ulong, T>(source, destination); break;
        }
    }

    /// <summary><c>for i: destination[i] = (T)source[i]</c>, to nearest.</summary>
    private static void FromIntegers<TInteger, T>(ReadOnlySpan<byte> source, Span<T> destination)
        where TInteger : unmanaged, IBinaryInteger<TInteger>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ReadOnlySpan<TInteger> integers = MemoryMarshal.Cast<byte, TInteger>(source);
        for (int i = 0; i < destination.Length; i++) destination[i] = T.CreateTruncating(integers[i]);
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
