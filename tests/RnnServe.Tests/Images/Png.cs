using System.Buffers.Binary;
using System.IO.Compression;

namespace RnnServe.Tests.Images;

/// <summary>Writes PNG files by the letter of the format, so that a test knows every pixel in them.</summary>
internal static class Png
{
    private static readonly uint[] CrcTable = [.. Enumerable.Range(0, 256).Select(CrcEntry)];

    /// <summary>A file of the given pixels.</summary>
    /// <param name="width">In pixels.</param>
    /// <param name="height">In pixels.</param>
    /// <param name="channels">1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha.</param>
    /// <param name="value">Of the channel c at x, y.</param>
    /// <param name="depth">8 or 16 bits.</param>
    public static byte[] Write(int width, int height, int channels, Func<int, int, int, int> value, int depth = 8)
    {
        var rows = new MemoryStream();
        for (int y = 0; y < height; y++)
        {
            rows.WriteByte(0);      // no filter
            for (int x = 0; x < width; x++)
            {
                for (int c = 0; c < channels; c++)
                {
                    int v = value(x, y, c);
                    if (depth == 16) rows.WriteByte((byte)(v >> 8));
                    rows.WriteByte((byte)v);
                }
            }
        }

        byte[] header = Header(width, height, channels, depth, interlaced: false);
        return [.. Signature, .. header, .. Chunk("IDAT"u8, Deflate(rows.ToArray())), .. Chunk("IEND"u8, [])];
    }

    /// <summary>A file whose header claims another size, and nothing else is true.</summary>
    public static byte[] Claim(int width, int height, bool interlaced, int depth = 8) =>
        [.. Signature, .. Header(width, height, 3, depth, interlaced), .. Chunk("IDAT"u8, Deflate(new byte[1000])), .. Chunk("IEND"u8, [])];

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    private static byte[] Header(int width, int height, int channels, int depth, bool interlaced)
    {
        byte[] data = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(data, width);
        BinaryPrimitives.WriteInt32BigEndian(data.AsSpan(4), height);
        data[8] = (byte)depth;
        data[9] = (byte)(channels switch { 1 => 0, 2 => 4, 3 => 2, _ => 6 });
        data[12] = (byte)(interlaced ? 1 : 0);
        return Chunk("IHDR"u8, data);
    }

    /// <summary>A file with further chunks after its header.</summary>
    /// <param name="png">A file that <see cref="Write"/> made.</param>
    /// <param name="chunks">Made by <see cref="Chunk"/> or <see cref="CompressedText"/>.</param>
    public static byte[] With(byte[] png, IEnumerable<byte[]> chunks)
    {
        const int HeaderEnd = 8 + 25;
        return [.. png[..HeaderEnd], .. chunks.SelectMany(chunk => chunk), .. png[HeaderEnd..]];
    }

    /// <summary>A text of so many zero bytes, packed.</summary>
    /// <param name="international">Whether as iTXt, which has more fields, or as zTXt.</param>
    /// <param name="length">Its bytes before it was packed.</param>
    public static byte[] CompressedText(bool international, int length)
    {
        byte[] packed = Deflate(new byte[length]);
        return international ? Chunk("iTXt"u8, [.. "note\0\u0001\0\0\0"u8, .. packed]) : Chunk("zTXt"u8, [.. "note\0\0"u8, .. packed]);
    }

    public static byte[] Chunk(ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        byte[] chunk = new byte[data.Length + 12];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        type.CopyTo(chunk.AsSpan(4));
        data.CopyTo(chunk.AsSpan(8));
        uint crc = ~0u;
        foreach (byte b in chunk.AsSpan(4, data.Length + 4))
            crc = CrcTable[(crc ^ b) & 255] ^ (crc >> 8);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(data.Length + 8), ~crc);
        return chunk;
    }

    private static byte[] Deflate(byte[] data)
    {
        var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            zlib.Write(data);
        return packed.ToArray();
    }

    private static uint CrcEntry(int index)
    {
        uint c = (uint)index;
        for (int bit = 0; bit < 8; bit++)
            c = (c & 1) != 0 ? 0xEDB88320 ^ (c >> 1) : c >> 1;
        return c;
    }
}
