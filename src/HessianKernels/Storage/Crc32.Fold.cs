using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace HessianKernels.Storage;

internal partial struct Crc32
{
    /// <summary>
    /// The 16 bytes that, appended to a state of zero bits, have the checksum of this state and the whole 16s of a long message: the
    /// message is a polynomial over GF(2), and a 128-bit piece of it moves 512 (or 128) bits towards its end when multiplied by
    /// x^512 (or x^128) modulo the checksum's polynomial. Four pieces at once; the constants are those of Gopal et al., Fast CRC
    /// Computation for Generic Polynomials Using PCLMULQDQ (Intel, 2009), in reflected order.
    /// </summary>
    /// <param name="bytes">At least 64; the last of them, fewer than 16, are not folded.</param>
    private readonly Vector128<byte> Fold(ReadOnlySpan<byte> bytes)
    {
        Vector128<long> by512 = Vector128.Create(0x1_5444_2bd4, 0x1_c6e4_1596);
        Vector128<long> by128 = Vector128.Create(0x1_7519_97d0, 0x0_ccaa_009e);
        ReadOnlySpan<Vector128<long>> x = MemoryMarshal.Cast<byte, Vector128<long>>(bytes);
        Vector128<long> a = x[0] ^ Vector128.CreateScalar((long)~Value), b = x[1], c = x[2], d = x[3];
        int i = 4;
        for (; i + 4 <= x.Length; i += 4)
        {
            a = Multiply(a, by512) ^ x[i];
            b = Multiply(b, by512) ^ x[i + 1];
            c = Multiply(c, by512) ^ x[i + 2];
            d = Multiply(d, by512) ^ x[i + 3];
        }

        a = Multiply(a, by128) ^ b;
        a = Multiply(a, by128) ^ c;
        a = Multiply(a, by128) ^ d;
        for (; i < x.Length; i++)
            a = Multiply(a, by128) ^ x[i];
        return a.AsByte();
    }

    private static Vector128<long> Multiply(Vector128<long> piece, Vector128<long> power) =>
        Pclmulqdq.CarrylessMultiply(piece, power, 0x00) ^ Pclmulqdq.CarrylessMultiply(piece, power, 0x11);
}
