using System.Buffers.Binary;

namespace RnnServe.Inference.Images;

/// <summary>Counts the parts of a file before a decoder sees them: a small file of many parts takes gigabytes or minutes to open.</summary>
/// <remarks>Reads lengths and types only. Where a file contradicts itself the walk ends, and the decoder says what is wrong.</remarks>
internal static class ImageStructure
{
    /// <summary>Scans of a JPEG, each of which passes over the whole image; the usual progressive file has 10.</summary>
    public const int MostScans = 100;

    /// <summary>Frames of an animated WebP, which libvips looks up one by one from the first.</summary>
    public const int MostFrames = 1000;

    /// <summary>Compressed texts of a PNG and bytes in them: a thousand times as much comes out, before the size is known.</summary>
    public const int MostTexts = 16, MostTextBytes = 64 << 10;

    /// <summary>What begins a marker of a JPEG, and the marker of a scan.</summary>
    internal const byte Escape = 0xFF, Scan = 0xDA;

    private const byte FirstFrame = 0xC0, FirstRestart = 0xD0, Start = 0xD8, End = 0xD9, Trailer = 0x3B;

    /// <exception cref="ImageException">The file has more parts than any sound image.</exception>
    public static void Check(ImageType type, ReadOnlySpan<byte> file)
    {
        if (type == ImageType.Jpeg)
            Expect(CountScans(file), MostScans, type, "scans");
        else if (type == ImageType.WebP)
            Expect(CountFrames(file), MostFrames, type, "frames");
        else if (type == ImageType.Png)
            CheckTexts(file);
    }

    /// <summary>Whether the end of a file is missing.</summary>
    public static bool IsCutShort(ImageType type, ReadOnlySpan<byte> file)
    {
        if (type == ImageType.Jpeg)
            return file.LastIndexOf([Escape, End]) <= file.LastIndexOf([Escape, Scan]);
        if (type == ImageType.Png)
            return file.LastIndexOf("IEND"u8) is var end && (end < 0 || end + 8 > file.Length);
        if (type == ImageType.WebP)
            return BinaryPrimitives.ReadUInt32LittleEndian(file[4..]) + 8L > file.Length;
        return file.TrimEnd((byte)0)[^1] != Trailer;
    }

    /// <summary>Scans of a JPEG. The walk is libjpeg's: markers in a segment are not seen, those after damaged data are.</summary>
    public static int CountScans(ReadOnlySpan<byte> jpeg)
    {
        int scans = 0;
        var rest = jpeg[2..];
        while (rest.IndexOf(Escape) is >= 0 and var escape)
        {
            rest = rest[escape..].TrimStart(Escape);
            if (rest.IsEmpty || rest[0] == End)
                break;
            byte marker = rest[0];
            rest = rest[1..];
            if (marker is < FirstFrame or (>= FirstRestart and <= Start))
                continue;       // no segment follows
            if (marker == Scan)
                scans++;
            if (rest.Length < 2)
                break;
            int length = Math.Max(2, (int)BinaryPrimitives.ReadUInt16BigEndian(rest));
            rest = rest[Math.Min(length, rest.Length)..];
        }

        return scans;
    }

    private static int CountFrames(ReadOnlySpan<byte> webp)
    {
        int frames = 0;
        for (long at = 12; at + 8 <= webp.Length;)
        {
            var chunk = webp[(int)at..];
            if (chunk.StartsWith("ANMF"u8))
                frames++;
            long length = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            at += 8 + length + (length & 1);
        }

        return frames;
    }

    private static void CheckTexts(ReadOnlySpan<byte> png)
    {
        int texts = 0;
        long bytes = 0;
        for (long at = 8; at + 8 <= png.Length;)
        {
            var chunk = png[(int)at..];
            long length = BinaryPrimitives.ReadUInt32BigEndian(chunk);
            if (IsCompressedText(chunk[4..]))
            {
                texts++;
                bytes += length;
            }

            at += 12 + length;
        }

        Expect(texts, MostTexts, ImageType.Png, "compressed texts");
        Expect(bytes, MostTextBytes, ImageType.Png, "bytes of compressed text");
    }

    /// <summary>zTXt, or iTXt whose keyword, a zero byte and the flag of compression say so.</summary>
    private static bool IsCompressedText(ReadOnlySpan<byte> chunk)
    {
        if (!chunk.StartsWith("iTXt"u8))
            return chunk.StartsWith("zTXt"u8);
        const int LongestKeyword = 79;
        int keyword = chunk[4..Math.Min(chunk.Length, 4 + LongestKeyword + 1)].IndexOf((byte)0);
        return keyword >= 0 && keyword + 5 < chunk.Length && chunk[keyword + 5] != 0;
    }

    private static void Expect(long found, long most, ImageType type, string parts)
    {
        if (found > most)
            throw new ImageException(ImageProblem.Undecodable, $"The {type.Name} image has {found} {parts}; at most {most} are allowed.");
    }
}
