using HessianKernels.Storage;
using Xunit;

namespace HessianKernels.Tests.Storage;

public class Crc32Tests
{
    [Fact]
    public void The_check_value_of_the_standard_comes_for_any_split()
    {
        byte[] text = "123456789"u8.ToArray();
        for (int split = 0; split <= 9; split++)
        {
            var crc = default(Crc32);
            crc.Append(text.AsSpan(0, split));
            crc.Append(text.AsSpan(split));
            Assert.Equal(0xCBF43926u, crc.Value);
        }
    }

    [Fact]
    public void Folding_and_tables_equal_the_bitwise_definition_at_every_length()
    {
        var bytes = new byte[700];
        new Random(5).NextBytes(bytes);
        for (int length = 0; length <= 600; length++)
        {
            ReadOnlySpan<byte> piece = bytes.AsSpan(length % 7, length);
            uint expected = Bitwise(Bitwise(0, bytes.AsSpan(0, 70)), piece);
            var folded = default(Crc32);
            folded.Append(bytes.AsSpan(0, 70));
            folded.Append(piece);
            var byTable = default(Crc32);
            byTable.AppendByTable(bytes.AsSpan(0, 70));
            byTable.AppendByTable(piece);
            Assert.Equal((length, expected, expected), (length, folded.Value, byTable.Value));
        }
    }

    private static uint Bitwise(uint value, ReadOnlySpan<byte> bytes)
    {
        uint crc = ~value;
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320;
        }

        return ~crc;
    }
}
