using System.Buffers.Binary;

namespace HessianKernels.Storage;

/// <summary>
/// The checksum of zip archives: CRC-32 with the reflected polynomial EDB88320. Eight bytes a step with eight tables (Kounavis and
/// Berry, 2005: slicing by 8); <c>table[k][b]</c> is byte b followed by k zero bytes.
/// </summary>
internal struct Crc32
{
    private static readonly uint[] Tables = MakeTables();

    private uint _inverted;

    /// <summary>The checksum of everything appended so far; 0 of nothing.</summary>
    public readonly uint Value => _inverted;

    /// <summary>Appends bytes. Equals, byte by byte: <c>crc = table[0][(byte)(crc ^ b)] ^ (crc >> 8)</c> on the inverted value.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        uint crc = ~_inverted;
        ReadOnlySpan<uint> t = Tables;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            uint low = BinaryPrimitives.ReadUInt32LittleEndian(bytes) ^ crc;
            uint high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc = t[(int)(0x700 | (low & 255))] ^ t[(int)(0x600 | ((low >> 8) & 255))]
                ^ t[(int)(0x500 | ((low >> 16) & 255))] ^ t[(int)(0x400 | (low >> 24))]
                ^ t[(int)(0x300 | (high & 255))] ^ t[(int)(0x200 | ((high >> 8) & 255))]
                ^ t[(int)(0x100 | ((high >> 16) & 255))] ^ t[(int)(high >> 24)];
        }

        foreach (byte b in bytes)
            crc = t[(int)((crc ^ b) & 255)] ^ (crc >> 8);
        _inverted = ~crc;
    }

    private static uint[] MakeTables()
    {
        var tables = new uint[8 * 256];
        for (uint b = 0; b < 256; b++)
        {
            uint crc = b;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ (0xEDB88320 & (0 - (crc & 1)));
            tables[b] = crc;
        }

        for (int i = 256; i < tables.Length; i++)
            tables[i] = (tables[i - 256] >> 8) ^ tables[tables[i - 256] & 255];
        return tables;
    }
}
