using System.Buffers.Binary;
using System.IO.Compression;

namespace RnnServe.Training.Export;

/// <summary>A drawing to try a captioning bundle with: a brown animal on grass under the sun. Made here, so that nobody's photo is shipped.</summary>
internal static class CanaryDrawing
{
    private const int Side = 224;

    /// <summary>The drawing as a PNG file.</summary>
    public static byte[] Png()
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, Side);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), Side);
        (header[8], header[9]) = (8, 2);    // 8 bits, RGB
        return [0x89, .. "PNG\r\n\x1a\n"u8, .. Chunk("IHDR"u8, header), .. Chunk("IDAT"u8, Deflated()), .. Chunk("IEND"u8, [])];
    }

    private static (byte Red, byte Green, byte Blue) Colour(int x, int y)
    {
        bool animal = Inside(x, y, 110, 140, 55, 26) || Inside(x, y, 165, 108, 22, 18) || Inside(x, y, 182, 116, 12, 8)
            || (y is > 150 and < 200 && x is (> 66 and < 78) or (> 88 and < 100) or (> 124 and < 136) or (> 146 and < 158));
        if (animal)
            return (120, 72, 30);
        if (Inside(x, y, 40, 36, 18, 18))
            return (255, 220, 60);
        return y > 120 + (x % 9) ? ((byte)(40 + (x * y % 23)), (byte)(130 + (((x * 7) + (y * 3)) % 31)), (byte)45) : ((byte)150, (byte)200, (byte)245);
    }

    private static bool Inside(int x, int y, int centreX, int centreY, int radiusX, int radiusY)
    {
        double dx = (x - centreX) / (double)radiusX, dy = (y - centreY) / (double)radiusY;
        return (dx * dx) + (dy * dy) < 1;
    }

    private static byte[] Deflated()
    {
        using var bytes = new MemoryStream();
        using (var zlib = new ZLibStream(bytes, CompressionLevel.SmallestSize))
        {
            for (int y = 0; y < Side; y++)
            {
                zlib.WriteByte(0);      // no filter
                for (int x = 0; x < Side; x++)
                {
                    var (red, green, blue) = Colour(x, y);
                    zlib.Write([red, green, blue]);
                }
            }
        }

        return bytes.ToArray();
    }

    // Length, type, data, CRC-32 of type and data (PNG specification, section 5.3).
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
