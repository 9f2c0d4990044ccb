using System.Diagnostics;
using System.Text;
using RnnServe.Inference.Images;

namespace RnnServe.Tests.Images;

public sealed class ImageStructureTests
{
    [Theory]
    [InlineData(20, false), InlineData(20, true), InlineData(98, false)]
    public void A_PNG_of_many_packed_texts_is_refused_before_any_is_unpacked(int texts, bool international)
    {
        byte[] bomb = ImageBombs.Texts(texts, international);
        var watch = Stopwatch.StartNew();

        Assert.Contains($"has {texts} compressed texts; at most 16", Refused(bomb), StringComparison.Ordinal);

        // Unpacking them would take seconds, and gigabytes.
        Assert.InRange(watch.ElapsedMilliseconds, 0, 500);
    }

    [Fact]
    public void Few_but_long_packed_texts_are_refused_too() => Assert.Contains(
        "bytes of compressed text; at most 65536", Refused(ImageBombs.Texts(2, international: true)), StringComparison.Ordinal);

    [Fact]
    public void Texts_that_are_short_or_not_packed_are_no_fault()
    {
        byte[] note = Png.Chunk("iTXt"u8, [.. "XML:com.adobe.xmp\0\0\0\0\0"u8, .. Encoding.UTF8.GetBytes(new string('x', 200_000))]);
        byte[] plain = Png.With(Pictures.Quarters, [note, Png.Chunk("tEXt"u8, "Author\0somebody"u8)]);
        byte[] packed = ImageBombs.Texts(16, international: false, length: 1000);

        byte[] expected = Pictures.Decode(Pictures.Quarters, 16, 12);

        Assert.Equal(expected, Pictures.Decode(plain, 16, 12));
        Assert.Equal(expected, Pictures.Decode(packed, 16, 12));
    }

    [Fact]
    public void An_animation_of_too_many_frames_is_refused_in_no_time()
    {
        byte[] bomb = ImageBombs.Frames(2_000);
        var watch = Stopwatch.StartNew();

        Assert.Contains("has 2000 frames; at most 1000", Refused(bomb), StringComparison.Ordinal);

        Assert.InRange(watch.ElapsedMilliseconds, 0, 1000);
        Assert.NotEmpty(Pictures.Decode(ImageBombs.Frames(1000), 16, 16));
    }

    [Fact]
    public void Frames_in_a_frame_are_counted_as_they_are_decoded()
    {
        byte[] nested = ImageBombs.Nested(ImageBombs.Frames(1001));

        Assert.Contains("has 1002 frames; at most 1000", Refused(nested), StringComparison.Ordinal);
    }

    [Fact]
    public void EXIF_is_no_larger_than_a_JPEG_could_have_it()
    {
        // Zeros: no EXIF that anybody could read, and harmless.
        byte[] most = new byte[ImageStructure.MostExifBytes], more = [.. most, 0];
        byte[] webp = ImageBombs.Frames(1);

        Assert.NotEmpty(Pictures.Decode(Png.With(Pictures.Quarters, [Png.Chunk("eXIf"u8, most)]), 16, 12));
        Assert.NotEmpty(Pictures.Decode(ImageBombs.WithChunk(webp, "EXIF"u8, most), 16, 16));
        Assert.Contains(
            "has 65536 bytes of EXIF; at most 65535", Refused(Png.With(Pictures.Quarters, [Png.Chunk("eXIf"u8, more)])), StringComparison.Ordinal);
        Assert.Contains("has 65536 bytes of EXIF", Refused(ImageBombs.WithChunk(webp, "EXIF"u8, more)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(65_536, 1, 8, false, "The PNG image is 65536 pixels wide; at most 65535 are allowed.")]
    [InlineData(32_768, 1, 16, false, "The 16-bit PNG image is 32768 pixels wide; at most 32767 are allowed.")]
    [InlineData(2_500, 5_001, 16, true, "The 16-bit interlaced PNG image is 2500 x 5001 = 12502500 pixels large; at most 12500000 are allowed.")]
    public void Rows_and_deep_colours_are_bounded_by_what_they_take_in_memory(int width, int height, int depth, bool interlaced, string refusal)
    {
        var error = Assert.Throws<ImageException>(() => Pictures.Decode(Png.Claim(width, height, interlaced, depth), 16, 16));

        Assert.Equal((ImageProblem.TooManyPixels, refusal), (error.Problem, error.Message));
    }

    [Fact]
    public void A_JPEG_of_too_many_scans_is_refused_in_no_time()
    {
        byte[] file = ImageBombs.Scans(0);
        int scans = ImageStructure.CountScans(file);
        byte[] bomb = Pictures.Claim(ImageBombs.Scans(1000), 4000, 3500);
        var watch = Stopwatch.StartNew();

        Assert.Contains($"has {scans + 1000} scans; at most 100", Refused(bomb), StringComparison.Ordinal);

        Assert.InRange(watch.ElapsedMilliseconds, 0, 1000);
        Assert.InRange(scans, 5, 20);
        Assert.NotEmpty(Pictures.Decode(file, 16, 16));
    }

    [Fact]
    public void Only_true_scans_are_counted()
    {
        byte[] file = Pictures.Save(Pictures.Quarters, "jpeg");
        byte[] comment = [0xFF, 0xFE, 0x01, 0x02, .. Enumerable.Repeat((byte[])[0xFF, 0xDA], 128).SelectMany(b => b)];
        byte[] commented = [.. file[..2], .. comment, .. file[2..], .. comment];

        Assert.Equal(1, ImageStructure.CountScans(file));
        Assert.Equal(1, ImageStructure.CountScans(commented));
        Assert.Equal(Pictures.Decode(file, 16, 12), Pictures.Decode(commented, 16, 12));
    }

    [Fact]
    public void Lengths_that_lie_end_the_walk()
    {
        byte[] jpeg = Pictures.Save(Pictures.Quarters, "jpeg"), png = Pictures.Quarters, webp = ImageBombs.Frames(3);
        foreach (byte[] file in (byte[][])[jpeg, png, webp])
        {
            var type = ImageType.Of(file)!;
            for (int length = 12; length < Math.Min(file.Length, 400); length++)
            {
                byte[] cut = file[..length];
                ImageStructure.Check(type, cut);
                cut.AsSpan(12).Fill(0xFF);
                ImageStructure.Check(type, cut);
                cut.AsSpan(12).Clear();
                ImageStructure.Check(type, cut);
            }
        }
    }

    private static string Refused(byte[] file)
    {
        var error = Assert.Throws<ImageException>(() => Pictures.Decode(file, 16, 16));
        Assert.Equal(ImageProblem.Undecodable, error.Problem);
        return error.Message;
    }
}
