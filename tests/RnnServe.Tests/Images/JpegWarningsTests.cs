using RnnServe.Inference.Images;

namespace RnnServe.Tests.Images;

/// <summary>JPEG files that break a rule and lose nothing by it, beside those that are damaged.</summary>
public sealed class JpegWarningsTests
{
    private static readonly byte[] Photo = Pictures.Save(Pictures.Detailed(160, 120), "jpegsave");

    [Fact]
    public void Bytes_between_the_segments_of_the_header_are_no_fault()
    {
        int frame = Pictures.FrameHeader(Photo);
        byte[] padded = [.. Photo[..frame], 0, 0, 7, 0, .. Photo[frame..]];

        Assert.Equal(Pictures.Decode(Photo, 40, 30), Pictures.Decode(padded, 40, 30));
    }

    [Fact]
    public void Parameters_of_a_scan_that_mean_nothing_are_no_fault()
    {
        byte[] phone = [.. Photo];
        int scan = phone.AsSpan().LastIndexOf([(byte)0xFF, (byte)0xDA]);
        int colours = phone[scan + 4];
        int lastCoefficient = scan + 5 + (2 * colours) + 1;
        Assert.Equal(63, phone[lastCoefficient]);
        phone[lastCoefficient] = 0;

        Assert.Equal(Pictures.Decode(Photo, 40, 30), Pictures.Decode(phone, 40, 30));
    }

    [Fact]
    public void Damage_is_refused_whatever_else_is_harmless()
    {
        int frame = Pictures.FrameHeader(Photo);
        byte[] cut = [.. Photo[..frame], 0, 0, .. Photo[frame..(Photo.Length * 6 / 10)]];

        Assert.Throws<ImageException>(() => Pictures.Decode(cut, 40, 30));
    }

    [Theory]
    [InlineData("Invalid SOS parameters for sequential JPEG", true)]
    [InlineData("Corrupt JPEG data: 4 extraneous bytes before marker 0xc0", true)]
    [InlineData("Corrupt JPEG data: 4 extraneous bytes before marker 0xd9", false)]
    [InlineData("Corrupt JPEG data: 4 extraneous bytes before marker 0xd3", false)]
    [InlineData("Corrupt JPEG data: bad Huffman code", false)]
    [InlineData("premature end of JPEG image", false)]
    public void Pixels_that_were_not_understood_are_damage(string warning, bool harmless) =>
        Assert.Equal(harmless, JpegWarnings.IsHarmless(warning, Photo));

    [Fact]
    public void Between_the_scans_of_a_progressive_file_bytes_are_pixels() => Assert.False(
        JpegWarnings.IsHarmless("Corrupt JPEG data: 4 extraneous bytes before marker 0xc4", ImageBombs.Scans(0)));
}
