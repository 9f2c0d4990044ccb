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

    /// <summary>Bytes of EXIF, as many as a JPEG can have: a note of its maker may point at the same megabytes hundreds of times, and
    /// libvips copies each before the size is known.</summary>
    public const int MostExifBytes = 65_535;

    /// <summary>What begins a marker of a JPEG, and the marker of a scan.</summary>
    internal const byte Escape = 0xFF, Scan = 0xDA;

    private const byte FirstFrame = 0xC0, FirstRestart = 0xD0, Start = 0xD8, End = 0xD9, Trailer = 0x3B;

    /// <exception cref="ImageException">The file has more parts than any sound image.</exception>
    public static void Check(ImageType type, ReadOnlySpan<byte> file)
    {
        if (type == ImageType.Jpeg)
            Expect(CountScans(file), MostScans, type, "scans");
        else if (type == ImageType.WebP)
            CheckWebP(file);
        else if (type == ImageType.Png)
            CheckPng(file);
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

    /// <summary>The walk is libwebp's, which looks for the next frame in a frame too, behind the 16 bytes of its header.</summary>
    private static void CheckWebP(ReadOnlySpan<byte> webp)
    {
        const int FrameHeader = 16;
        int frames = 0;
        long exif = 0;
        for (long at = 12; at + 8 <= webp.Length;)
        {
            var chunk = webp[(int)at..];
            long length = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            bool isFrame = chunk.StartsWith("ANMF"u8);
            if (isFrame)
                frames++;
            if (chunk.StartsWith("EXIF"u8))
                exif = Math.Max(exif, length);
            at += 8 + (isFrame ? Math.Min(FrameHeader, length) : length + (length & 1));
        }

        Expect(frames, MostFrames, ImageType.WebP, "frames");
        Expect(exif, MostExifBytes, ImageType.WebP, "bytes of EXIF");
    }

    private static void CheckPng(ReadOnlySpan<byte> png)
    {
        int texts = 0;
        long bytes = 0, exif = 0;
        for (long at = 8; at + 8 <= png.Length;)
        {
            var chunk = png[(int)at..];
            long length = BinaryPrimitives.ReadUInt32BigEndian(chunk);
            if (IsCompressedText(chunk[4..]))
            {
                texts++;
                bytes += length;
            }

            if (chunk[4..].StartsWith("eXIf"u8))
                exif = Math.Max(exif, length);
            at += 12 + length;
        }

        Expect(texts, MostTexts, ImageType.Png, "compressed texts");
        Expect(bytes, MostTextBytes, ImageType.Png, "bytes of compressed text");
        Expect(exif, MostExifBytes, ImageType.Png, "bytes of EXIF");
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
