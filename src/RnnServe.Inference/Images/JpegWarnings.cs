using System.Globalization;
using System.Text.RegularExpressions;

namespace RnnServe.Inference.Images;

/// <summary>Tells libjpeg's warnings about sloppy writers from those about damage.</summary>
internal static partial class JpegWarnings
{
    /// <summary>Whether a sound photo may give the warning: cameras and phones write parameters of a scan that mean nothing, and pad
    /// their headers.</summary>
    /// <param name="warning">libjpeg's words.</param>
    /// <param name="jpeg">The file.</param>
    public static bool IsHarmless(string warning, ReadOnlySpan<byte> jpeg)
    {
        if (warning == "Invalid SOS parameters for sequential JPEG")
            return true;

        // With one scan, only the file's header has segments, and bytes between them are no pixels. Bytes that are left over before a
        // restart (0xD0 to 0xD7) or the end (0xD9) are pixels that were not understood.
        return Extraneous().Match(warning) is { Success: true } match
            && int.Parse(match.Groups[1].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture) is < 0xD0 or > 0xD9
            && ImageStructure.CountScans(jpeg) == 1;
    }

    [GeneratedRegex("^Corrupt JPEG data: [0-9]+ extraneous bytes before marker 0x([0-9a-f]{2})$")]
    private static partial Regex Extraneous();
}
