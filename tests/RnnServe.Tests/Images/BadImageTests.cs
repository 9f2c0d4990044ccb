using System.Diagnostics;
using System.Text;
using RnnServe.Inference.Images;

namespace RnnServe.Tests.Images;

public sealed class BadImageTests
{
    private static readonly byte[] Photo = Pictures.Detailed(160, 120);

    public static TheoryData<string, string> Formats => new()
    {
        { "jpegsave", "Q" }, { "jpegsave", "interlace" }, { "pngsave", "compression" }, { "pngsave", "interlace" },
        { "webpsave", "Q" }, { "gifsave", "effort" },
    };

    [Fact]
    public void Other_types_are_refused_whatever_they_are_called()
    {
        byte[] tiff = Pictures.Save(Pictures.Quarters, "tiffsave");

        Refused(ImageProblem.UnknownType, []);
        Refused(ImageProblem.UnknownType, Encoding.UTF8.GetBytes("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"));
        Refused(ImageProblem.UnknownType, tiff);
        Refused(ImageProblem.UnknownType, "%PDF-1.7 garbage"u8.ToArray());
        Refused(ImageProblem.UnknownType, "RIFF\0\0\0\0WAVE"u8.ToArray());
        var random = new byte[5000];
        new Random(1).NextBytes(random);
        Assert.Contains("JPEG, PNG, WebP and GIF", Refused(ImageProblem.UnknownType, random), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("svgload_buffer"), InlineData("tiffload_buffer"), InlineData("rawload"), InlineData("vipsload")]
    public void The_library_reads_no_other_type_even_when_asked(string loader)
    {
        VipsLibrary.Load();

        Assert.Contains("block", Assert.ThrowsAny<Exception>(() =>
        {
            using var operation = new VipsOperation(loader);
            using var image = operation.RunToImage();
        }).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Files_cut_short_are_refused(string saver, string option)
    {
        byte[] file = Saved(saver, option);

        foreach (int percent in new[] { 0, 5, 30, 60, 90 })
            Refused(ImageProblem.Undecodable, file[..Math.Max(12, file.Length * percent / 100)]);
    }

    [Theory]
    [InlineData("jpegsave", "Q"), InlineData("jpegsave", "interlace")]
    [InlineData("pngsave", "compression"), InlineData("pngsave", "interlace")]
    public void Files_with_flipped_bytes_are_refused(string saver, string option)
    {
        // A JPEG has no checksum: a few flipped bytes are other pixels, but many are some code that does not exist.
        byte[] file = Saved(saver, option);
        for (int i = file.Length / 2; i < file.Length * 3 / 4; i++)
            file[i] ^= 0xA5;

        string message = Refused(ImageProblem.Undecodable, file);

        Assert.StartsWith($"The {(saver == "jpegsave" ? "JPEG" : "PNG")} image cannot be decoded: ", message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_bytes_alone_make_no_image()
    {
        Refused(ImageProblem.Undecodable, [0xFF, 0xD8, 0xFF, .. "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"u8]);
        Refused(ImageProblem.Undecodable, [.. Pictures.Quarters[..8], .. new byte[100]]);
        Refused(ImageProblem.Undecodable, "GIF89a"u8.ToArray());
        Refused(ImageProblem.Undecodable, "RIFF\x10\0\0\0WEBPVP8 "u8.ToArray());
    }

    [Fact]
    public void Bombs_are_refused_by_their_headers_in_no_time()
    {
        byte[][] bombs =
        [
            Pictures.Claim(Saved("jpegsave", "interlace"), 20_000, 20_000), Pictures.Claim(Saved("jpegsave", "Q"), 20_000, 20_000),
            Png.Claim(20_000, 20_000, interlaced: true), Png.Claim(20_000, 20_000, interlaced: false),
        ];
        Refused(ImageProblem.TooManyPixels, bombs[0]);
        var watch = Stopwatch.StartNew();

        string message = bombs.Select(bomb => Refused(ImageProblem.TooManyPixels, bomb)).Last();

        Assert.InRange(watch.ElapsedMilliseconds, 0, 1000);
        Assert.Equal("The PNG image is 20000 x 20000 = 400000000 pixels large; at most 50000000 are allowed.", message);
    }

    [Theory]
    [InlineData("jpegsave", "interlace", "progressive JPEG"), InlineData("pngsave", "interlace", "interlaced PNG")]
    [InlineData("webpsave", "Q", "WebP"), InlineData("gifsave", "effort", "GIF")]
    public void What_is_decoded_as_a_whole_may_have_half_as_many_pixels(string saver, string option, string kind)
    {
        byte[] file = Saved(saver, option);

        Pictures.Decode(file, 8, 8, maxPixels: 2 * 160 * 120);
        string message = Refused(ImageProblem.TooManyPixels, file, (2 * 160 * 120) - 1);

        Assert.Equal($"The {kind} image is 160 x 120 = 19200 pixels large; at most 19199 are allowed.", message);
    }

    [Fact]
    public void A_cancelled_call_ends_the_decoding()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Assert.Throws<OperationCanceledException>(() => ImageDecoder.Decode(
            Photo, 56, 56, ImageFit.Squash, new ImageLimits(), new byte[56 * 56 * 3], cancelled.Token));
        Assert.NotEmpty(Pictures.Decode(Photo, 56, 56));
    }

    [Fact]
    public void The_reason_of_a_failure_is_the_last_message_about_a_file_of_that_type()
    {
        var error = new VipsException("VipsJpeg: one\nvipspng: two\nVipsJpeg: three\nwebp2vips: four");

        Assert.Equal("three", error.Reason(ImageType.Jpeg));
        Assert.Equal("two", error.Reason(ImageType.Png));
        Assert.Equal("the data is damaged or cut short", error.Reason(ImageType.Gif));
    }

    [Fact]
    public void The_limit_itself_is_allowed()
    {
        byte[] file = Pictures.Quarters;

        Pictures.Decode(file, 8, 8, maxPixels: Pictures.Width * Pictures.Height);
        Refused(ImageProblem.TooManyPixels, file, Pictures.Width * Pictures.Height - 1);
    }

    [Fact]
    public void Room_of_another_size_is_refused() => Assert.Contains(
        "8 x 8 pixels are 192 bytes; there is room for 191",
        Assert.Throws<ArgumentException>(
            () => ImageDecoder.Decode(Pictures.Quarters, 8, 8, ImageFit.Squash, new ImageLimits(), new byte[191])).Message,
        StringComparison.Ordinal);

    private static byte[] Saved(string saver, string option) => Pictures.Save(
        Photo, saver, (option, option switch { "Q" => "80", "interlace" => "true", "compression" => "6", _ => "1" }));

    private static string Refused(ImageProblem problem, byte[] file, long maxPixels = 50_000_000)
    {
        var error = Assert.Throws<ImageException>(() => Pictures.Decode(file, 56, 56, maxPixels: maxPixels));
        Assert.Equal(problem, error.Problem);
        return error.Message;
    }
}
