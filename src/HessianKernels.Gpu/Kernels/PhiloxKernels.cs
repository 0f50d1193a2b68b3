using ILGPU;

namespace HessianKernels.Gpu.Kernels;

/// <summary>
/// Philox 4x32-10 on the device (Salmon, Moraes, Dror and Shaw, SC 2011): the words of (seed, stream, block) are those of the CPU, bit for
/// bit; signs too; normal numbers agree to the rounding of a logarithm, a sine and a cosine. Every batch item gets the same vector.
/// </summary>
internal static class PhiloxKernels<T, TOps>
    where T : unmanaged
    where TOps : struct, IWide<T, T>
{
    /// <summary>Normal numbers, a thread a pair; grid <c>(blocks)</c>.</summary>
    public static void Normal(ArrayView<T> result, int batch, int length, int stride, ulong seed, ulong stream)
    {
        int pairs = length / 2 + (length & 1);
        for (int i = Grid.IdxX * Group.DimX + Group.IdxX; i < pairs; i += Grid.DimX * Group.DimX)
        {
            (uint a, uint b, uint c, uint d) = Block(seed, stream, (ulong)i);
            double u = (((((ulong)a << 32) | b) >> 11) + 1) * (1.0 / (1L << 53));
            double v = ((((ulong)c << 32) | d) >> 11) * (1.0 / (1L << 53));
            double radius = Math.Sqrt(-2 * DeviceMath.Log(u));
            (double sine, double cosine) = DeviceMath.SinCosTurn(v);
            T first = TOps.Rounded(radius * cosine), second = TOps.Rounded(radius * sine);
            for (int item = 0; item < batch; item++)
            {
                long at = (long)item * stride + 2 * (long)i;
                result[at] = first;
                if (2 * i + 1 < length) result[at + 1] = second;
            }
        }
    }

    /// <summary>Signs, a thread a block of 32; grid <c>(blocks)</c>.</summary>
    public static void Rademacher(ArrayView<T> result, int batch, int length, int stride, ulong seed, ulong stream)
    {
        int blocks = length / 32 + ((length & 31) == 0 ? 0 : 1);
        for (int i = Grid.IdxX * Group.DimX + Group.IdxX; i < blocks; i += Grid.DimX * Group.DimX)
        {
            (uint word, uint _, uint _, uint _) = Block(seed, stream, (ulong)i);
            int count = IntrinsicMath.Min(32, length - 32 * i);
            for (int k = 0; k < count; k++)
            {
                T sign = TOps.Rounded(((word >> k) & 1) == 0 ? 1.0 : -1.0);
                for (int item = 0; item < batch; item++) result[(long)item * stride + 32 * (long)i + k] = sign;
            }
        }
    }

    private static (uint A, uint B, uint C, uint D) Block(ulong seed, ulong stream, ulong index)
    {
        uint c0 = (uint)index, c1 = (uint)(index >> 32), c2 = (uint)stream, c3 = (uint)(stream >> 32);
        uint k0 = (uint)seed, k1 = (uint)(seed >> 32);
        for (int round = 0; round < 10; round++)
        {
            ulong product0 = (ulong)0xD2511F53u * c0, product1 = (ulong)0xCD9E8D57u * c2;
            uint n0 = (uint)(product1 >> 32) ^ c1 ^ k0, n2 = (uint)(product0 >> 32) ^ c3 ^ k1;
            c0 = n0;
            c1 = (uint)product1;
            c2 = n2;
            c3 = (uint)product0;
            k0 += 0x9E3779B9u;
            k1 += 0xBB67AE85u;
        }

        return (c0, c1, c2, c3);
    }
}
