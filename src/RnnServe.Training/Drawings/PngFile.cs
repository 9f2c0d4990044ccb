using System.Buffers.Binary;
using System.IO.Compression;

namespace RnnServe.Training.Drawings;

/// <summary>Writes PNG files of 8-bit RGB pixels.</summary>
/// <remarks>Source: W3C, "Portable Network Graphics (PNG) Specification".</remarks>
internal static class PngFile
{
    /// <param name="rgb">Row-major, shape [height, width, 3].</param>
    /// <param name="width">In pixels.</param>
    /// <param name="height">In pixels.</param>
    public static byte[] Write(ReadOnlySpan<byte> rgb, int width, int height)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (8, 2);    // 8 bits, RGB
        return [0x89, .. "PNG\r\n\x1a\n"u8, .. Chunk("IHDR"u8, header), .. Chunk("IDAT"u8, Deflate(rgb, width * 3)), .. Chunk("IEND"u8, [])];
    }

    private static byte[] Deflate(ReadOnlySpan<byte> rgb, int rowBytes)
    {
        using var bytes = new MemoryStream();
        using (var zlib = new ZLibStream(bytes, CompressionLevel.SmallestSize))
        {
            for (int row = 0; row < rgb.Length; row += rowBytes)
            {
                zlib.WriteByte(0);      // no filter
                zlib.Write(rgb.Slice(row, rowBytes));
            }
        }

        return bytes.ToArray();
    }

    /// <summary>Length, type, data, CRC-32 of type and data (section 5.3).</summary>
    private static byte[] Chunk(ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        var chunk = new byte[12 + data.Length];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        type.CopyTo(chunk.AsSpan(4));
        data.CopyTo(chunk.AsSpan(8));
        uint crc = uint.MaxValue;
        foreach (byte value in chunk.AsSpan(4, 4 + data.Length))
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ ((crc & 1) == 0 ? 0 : 0xEDB88320);
        }

        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + data.Length), ~crc);
        return chunk;
    }
}
