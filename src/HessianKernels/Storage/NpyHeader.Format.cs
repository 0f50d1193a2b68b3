using System.Buffers.Binary;
using System.Text;

namespace HessianKernels.Storage;

public sealed partial record NpyHeader
{
    private const int Alignment = 64;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>The header as the Python literal that stands in the file, such as
    /// <c>{'descr': '&lt;f8', 'fortran_order': False, 'shape': (3, 4), }</c>.</summary>
    public override string ToString()
    {
        string descr = $"{(ElementSize == 1 ? '|' : LittleEndian ? '<' : '>')}{ElementEncoding.DescrOf(ElementType)}";
        return $"{{'descr': '{descr}', 'fortran_order': {FortranOrder}, 'shape': {ShapeText(Shape.AsSpan())}, }}";
    }

    /// <summary>
    /// The bytes before the data, those of numpy 1.23 and later:
    /// <code>
    ///  93 N U M P Y | 1 0 | length, uint16 | {'descr': ..., 'fortran_order': ..., 'shape': ..., } | spaces | \n
    ///                                      |&lt;-------------------- length --------------------------------&gt;|
    /// </code>
    /// Data start at a multiple of 64. Version 1 always fits: 32 axes of 19 digits are far below 65535 bytes.
    /// </summary>
    internal byte[] ToBytes()
    {
        const int fixedBytes = 10;
        string text = ToString();

        // numpy leaves room to grow the slowest axis in place to 21 digits; equal bytes let files be compared by a hash.
        if (Rank > 0)
            text = text.PadRight(text.Length + 21 - Shape[FortranOrder ? Rank - 1 : 0].ToString().Length);
        int unpadded = fixedBytes + text.Length + 1;
        int total = unpadded + Alignment - (unpadded % Alignment);

        var bytes = new byte[total];
        bytes.AsSpan().Fill((byte)' ');
        Magic.CopyTo(bytes);
        (bytes[6], bytes[7]) = (1, 0);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), checked((ushort)(total - fixedBytes)));
        Encoding.ASCII.GetBytes(text, bytes.AsSpan(fixedBytes));
        bytes[^1] = (byte)'\n';
        return bytes;
    }
}
