using System.Buffers.Binary;

namespace RnnServe.Tests.Images;

/// <summary>Small files of many parts, which take gigabytes or minutes where a decoder trusts them.</summary>
internal static class ImageBombs
{
    /// <summary>A PNG with packed texts.</summary>
    /// <param name="texts">How many.</param>
    /// <param name="international">Whether as iTXt or as zTXt.</param>
    /// <param name="length">Bytes of each before it was packed, to about a thousandth.</param>
    public static byte[] Texts(int texts, bool international, int length = 50_000_000)
    {
        byte[] text = Png.CompressedText(international, length);
        return Png.With(Pictures.Quarters, Enumerable.Repeat(text, texts));
    }

    /// <summary>A WebP whose one frame comes many times.</summary>
    public static byte[] Frames(int frames)
    {
        byte[] file = Pictures.Save(
            Png.Write(16, 32, 3, (x, y, c) => (x * y * (c + 1)) & 255), "webp", ("page-height", "16"), ("lossless", "true"));
        int first = file.AsSpan().IndexOf("ANMF"u8);
        int length = 8 + BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(first + 4));
        byte[] frame = file[first..(first + length + (length & 1))];
        byte[] animation = [.. file[..first], .. Enumerable.Repeat(frame, frames).SelectMany(f => f)];
        return Sized(animation);
    }

    /// <summary>An animation whose frames all lie in one.</summary>
    public static byte[] Nested(byte[] webp)
    {
        int first = webp.AsSpan().IndexOf("ANMF"u8);
        byte[] frame = [.. webp[first..(first + 24)], .. webp[first..]];
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(4), frame.Length - 8);
        return Sized([.. webp[..first], .. frame]);
    }

    /// <summary>A WebP with a further chunk at its end.</summary>
    public static byte[] WithChunk(byte[] webp, ReadOnlySpan<byte> type, byte[] data)
    {
        byte[] header = [.. type, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(4), data.Length);
        return Sized([.. webp, .. header, .. data, .. new byte[data.Length & 1]]);
    }

    private static byte[] Sized(byte[] webp)
    {
        BinaryPrimitives.WriteInt32LittleEndian(webp.AsSpan(4), webp.Length - 8);
        return webp;
    }

    /// <summary>A progressive JPEG whose last scan comes many times.</summary>
    /// <param name="scans">How many further times.</param>
    public static byte[] Scans(int scans)
    {
        byte[] file = Pictures.Save(Png.Write(64, 48, 3, (x, y, c) => (x + y) * c), "jpeg", ("interlace", "true"));
        int last = file.AsSpan().LastIndexOf([(byte)0xFF, (byte)0xDA]);
        int tables = file.AsSpan(0, last).LastIndexOf([(byte)0xFF, (byte)0xC4]);
        byte[] scan = file[Math.Max(tables, 0)..^2];
        return [.. file[..^2], .. Enumerable.Repeat(scan, scans).SelectMany(s => s), .. file[^2..]];
    }
}
