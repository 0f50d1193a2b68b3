using System.Buffers.Binary;
using System.Text;
using HessianKernels.Storage;

namespace HessianKernels.Cli.Tests;

/// <summary>Inputs: matrices of known values, and files of them in every form, or deliberately broken.</summary>
internal static class Matrices
{
    /// <summary>A stack of spiked matrices, <c>[batch, n, n]</c>.</summary>
    public static double[] Spiked(int n, int batch = 1, int spikes = 3, ulong seed = 7)
    {
        SpikedMatrix matrix = new(n, spikes, seed);
        return [.. Enumerable.Range(0, batch).SelectMany(matrix.Generate)];
    }

    public static string Write(string path, double[] values, params long[] shape)
    {
        Npy.Write<double>(path, values, shape);
        return path;
    }

    public static string WriteSingle(string path, double[] values, params long[] shape)
    {
        Npy.Write<float>(path, Array.ConvertAll(values, value => (float)value), shape);
        return path;
    }

    /// <summary>A .npy file whose header says whatever the test wants it to.</summary>
    public static string WriteRaw(string path, string descr, bool fortran, string shape, ReadOnlySpan<byte> data)
    {
        string header = $"{{'descr': '{descr}', 'fortran_order': {(fortran ? "True" : "False")}, 'shape': {shape}, }}";
        header = header.PadRight((header.Length + 11 + 63) / 64 * 64 - 11) + "\n";
        byte[] length = new byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(length, (ushort)header.Length);
        File.WriteAllBytes(path, [0x93, .. "NUMPY"u8, 1, 0, .. length, .. Encoding.ASCII.GetBytes(header), .. data]);
        return path;
    }

    public static byte[] BigEndian(double[] values)
    {
        byte[] bytes = new byte[8 * values.Length];
        for (int i = 0; i < values.Length; i++) BinaryPrimitives.WriteDoubleBigEndian(bytes.AsSpan(8 * i), values[i]);
        return bytes;
    }

    public static byte[] LittleEndian(double[] values)
    {
        byte[] bytes = new byte[8 * values.Length];
        for (int i = 0; i < values.Length; i++) BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(8 * i), values[i]);
        return bytes;
    }
}
