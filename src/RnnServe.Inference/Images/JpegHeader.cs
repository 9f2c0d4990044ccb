using System.Buffers.Binary;

namespace RnnServe.Inference.Images;

/// <summary>Tells the faults of sloppy writers from damage.</summary>
internal static class JpegHeader
{
    private const byte Baseline = 0xC0, Extended = 0xC1;

    /// <summary>Whether the header breaks a rule as those of sound photos may, so that libjpeg warns and nothing is lost: cameras and
    /// phones pad their headers, and write parameters of a scan that mean nothing.</summary>
    /// <remarks>libjpeg's own words are no help: another thread may have taken them.</remarks>
    public static bool IsSloppy(ReadOnlySpan<byte> jpeg)
    {
        bool padded = false, sequential = false;
        var rest = jpeg[2..];
        while (rest.IndexOf(ImageStructure.Escape) is >= 0 and var escape)
        {
            padded |= escape > 0;
            rest = rest[escape..].TrimStart(ImageStructure.Escape);
            if (rest.Length < 3)
                return false;
            byte marker = rest[0];
            rest = rest[1..];
            if (marker == 0)
            {
                padded = true;      // an escaped byte, which is no marker
                continue;
            }

            int length = BinaryPrimitives.ReadUInt16BigEndian(rest);
            if (length < 2 || length > rest.Length)
                return false;
            // With one scan, all segments are the header's. Bytes between those of later scans are pixels that were not understood.
            if (marker == ImageStructure.Scan)
            {
                return (padded && ImageStructure.CountScans(jpeg) == 1)
                    || (sequential && !rest[..length].EndsWith((ReadOnlySpan<byte>)[0, 63, 0]));
            }

            sequential |= marker is Baseline or Extended;
            rest = rest[length..];
        }

        return false;
    }
}
