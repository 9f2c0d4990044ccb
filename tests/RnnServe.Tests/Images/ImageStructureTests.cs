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
