using RnnServe.Inference.Images;

namespace RnnServe.Tests.Images;

/// <summary>JPEG files that break a rule and lose nothing by it, beside those that are damaged.</summary>
public sealed class JpegHeaderTests
{
    private static readonly byte[] Photo = Pictures.Save(Pictures.Detailed(160, 120), "jpeg");

    [Fact]
    public void Bytes_between_the_segments_of_the_header_are_no_fault()
    {
        int frame = Pictures.FrameHeader(Photo);
        byte[] padded = [.. Photo[..frame], 0, 0, 7, 0, .. Photo[frame..]];

        Assert.Equal(Pictures.Decode(Photo, 40, 30), Pictures.Decode(padded, 40, 30));
    }

    [Fact]
    public void Damage_is_refused_whatever_else_is_harmless()
    {
        int frame = Pictures.FrameHeader(Photo);
        byte[] cut = [.. Photo[..frame], 0, 0, .. Photo[frame..(Photo.Length * 6 / 10)]];

        Assert.Throws<ImageException>(() => Pictures.Decode(cut, 40, 30));
    }

    [Fact]
    public void Parameters_of_a_scan_that_mean_nothing_are_no_fault_while_other_files_fail()
    {
        byte[] phone = Phone(), damaged = Damaged(), expected = Pictures.Decode(Photo, 40, 30);

        Parallel.For(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            Assert.Equal(expected, Pictures.Decode(phone, 40, 30));
            Assert.Throws<ImageException>(() => Pictures.Decode(damaged, 40, 30));
        });
    }

    [Fact]
    public void A_header_by_the_rules_is_no_excuse_for_damage()
    {
        Assert.True(JpegHeader.IsSloppy(Phone()));
        Assert.False(JpegHeader.IsSloppy(Photo));
        Assert.False(JpegHeader.IsSloppy(Damaged()));
        byte[] filled = [.. Photo[..2], 0xFF, 0xFF, .. Photo[2..]];
        Assert.False(JpegHeader.IsSloppy(filled));
    }

    [Fact]
    public void Bytes_that_are_left_over_before_the_end_are_pixels_that_were_not_understood() =>
        Assert.False(JpegHeader.IsSloppy([.. Photo[..^2], 1, 2, 3, .. Photo[^2..]]));

    [Fact]
    public void In_a_progressive_file_the_bytes_between_segments_may_be_pixels()
    {
        byte[] progressive = ImageBombs.Scans(0);
        int frame = Pictures.FrameHeader(progressive);

        Assert.False(JpegHeader.IsSloppy(progressive));
        Assert.False(JpegHeader.IsSloppy([.. progressive[..frame], 0, 0, 7, 0, .. progressive[frame..]]));
    }

    [Fact]
    public void Headers_that_are_cut_or_lie_are_not_sloppy()
    {
        for (int length = 3; length < 700; length++)
        {
            byte[] cut = Photo[..length];
            Assert.False(JpegHeader.IsSloppy(cut));
            cut.AsSpan(3).Fill(0xFF);
            Assert.False(JpegHeader.IsSloppy(cut));
        }
    }

    /// <summary>Written as some phones do: the last coefficient of its scan is said to be 0.</summary>
    private static byte[] Phone()
    {
        byte[] phone = [.. Photo];
        int scan = phone.AsSpan().LastIndexOf([(byte)0xFF, (byte)0xDA]);
        int colours = phone[scan + 4];
        int lastCoefficient = scan + 5 + (2 * colours) + 1;
        Assert.Equal(63, phone[lastCoefficient]);
        phone[lastCoefficient] = 0;
        return phone;
    }

    private static byte[] Damaged()
    {
        byte[] damaged = [.. Photo];
        for (int i = damaged.Length / 2; i < damaged.Length * 3 / 4; i++)
            damaged[i] ^= 0xA5;
        return damaged;
    }
}
