using System.Diagnostics;
using System.Text;
using NetVips;
using RnnServe.Inference.Images;

namespace RnnServe.Tests.Images;

public sealed class BadImageTests
{
    private static readonly byte[] Photo = Pictures.Detailed(160, 120);

    public static TheoryData<string, string> Formats => new()
    {
        { "jpeg", "Q" }, { "jpeg", "interlace" }, { "png", "compression" }, { "png", "interlace" },
        { "webp", "Q" }, { "gif", "effort" },
    };

    [Fact]
    public void Other_types_are_refused_whatever_they_are_called()
    {
        byte[] tiff = Pictures.Save(Pictures.Quarters, "tiff");

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
    [InlineData("svgload_buffer"), InlineData("tiffload_buffer"), InlineData("rawload", 1, 1, 1), InlineData("vipsload")]
    public void The_library_reads_no_other_type_even_when_asked(string loader, params int[] numbers)
    {
        VipsLibrary.Load();

        object[] arguments = [typeof(BadImageTests).Assembly.Location, .. numbers];
        Assert.Contains("block", Assert.Throws<VipsException>(() => Operation.Call(loader, arguments)).Message, StringComparison.Ordinal);
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
    [InlineData("jpeg", "Q"), InlineData("jpeg", "interlace")]
    [InlineData("png", "compression"), InlineData("png", "interlace")]
    public void Files_with_flipped_bytes_are_refused(string saver, string option)
    {
        // A JPEG has no checksum: a few flipped bytes are other pixels, but many are some code that does not exist.
        byte[] file = Saved(saver, option);
        for (int i = file.Length / 2; i < file.Length * 3 / 4; i++)
            file[i] ^= 0xA5;

        string message = Refused(ImageProblem.Undecodable, file);

        Assert.StartsWith($"The {(saver == "jpeg" ? "JPEG" : "PNG")} image cannot be decoded: ", message, StringComparison.Ordinal);
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
            Pictures.Claim(Saved("jpeg", "interlace"), 20_000, 20_000), Pictures.Claim(Saved("jpeg", "Q"), 20_000, 20_000),
            Png.Claim(20_000, 20_000, interlaced: true), Png.Claim(20_000, 20_000, interlaced: false),
        ];
        Refused(ImageProblem.TooManyPixels, bombs[0]);
        var watch = Stopwatch.StartNew();

        string message = bombs.Select(bomb => Refused(ImageProblem.TooManyPixels, bomb)).Last();

        Assert.InRange(watch.ElapsedMilliseconds, 0, 1000);
        Assert.Equal("The PNG image is 20000 x 20000 = 400000000 pixels large; at most 50000000 are allowed.", message);
    }

    [Theory]
    [InlineData("jpeg", "interlace", "progressive JPEG"), InlineData("png", "interlace", "interlaced PNG")]
    [InlineData("webp", "Q", "WebP"), InlineData("gif", "effort", "GIF")]
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

        Assert.Throws<OperationCanceledException>(
            () => ImageDecoder.Decode(Photo, 56, 56, ImageFit.Squash, new ImageLimits(), cancelled.Token));
        Assert.NotEmpty(Pictures.Decode(Photo, 56, 56));
    }

    [Fact]
    public void The_reason_of_a_failure_is_the_last_message_about_a_file_of_that_type()
    {
        const string Messages = "unable to call something\nVipsJpeg: one\nvipspng: two\nVipsJpeg: three\nwebp2vips: four";
        byte[] gif = Saved("gif", "effort");

        Assert.Equal("three", DecodingFault.Of(ImageType.Jpeg, Saved("jpeg", "Q"), Messages));
        Assert.Equal("two", DecodingFault.Of(ImageType.Png, Photo, Messages));
        Assert.Equal("the data is damaged", DecodingFault.Of(ImageType.Gif, gif, Messages));
        Assert.Equal("the data is damaged", DecodingFault.Of(ImageType.Gif, [.. gif, 0, 0], Messages));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_file_cut_short_is_called_so_whatever_the_library_says(string saver, string option)
    {
        byte[] file = Saved(saver, option);
        var type = ImageType.Of(file)!;

        Assert.All([12, file.Length / 3, file.Length - 1], length =>
            Assert.Equal("the file is cut short", DecodingFault.Of(type, file.AsSpan(0, length), $"{type.Domain}: another file's")));
        Assert.EndsWith("cannot be decoded: the file is cut short.", Refused(ImageProblem.Undecodable, file[..(file.Length / 2)]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_more_channels_than_colours_have_is_refused()
    {
        byte[] grey = Pictures.Save(Png.Write(16, 16, 1, (x, y, _) => x * y), "jpeg");

        Assert.Equal("The JPEG image has 5 channels; at most 4 are allowed.", Refused(ImageProblem.Undecodable, Pictures.ClaimChannels(grey, 5)));
    }

    [Fact]
    public void The_limit_itself_is_allowed()
    {
        byte[] file = Pictures.Quarters;

        Pictures.Decode(file, 8, 8, maxPixels: Pictures.Width * Pictures.Height);
        Refused(ImageProblem.TooManyPixels, file, Pictures.Width * Pictures.Height - 1);
    }

    private static byte[] Saved(string saver, string option) => Pictures.Save(
        Photo, saver, (option, option switch { "Q" => "80", "interlace" => "true", "compression" => "6", _ => "1" }));

    private static string Refused(ImageProblem problem, byte[] file, long maxPixels = 50_000_000)
    {
        var error = Assert.Throws<ImageException>(() => Pictures.Decode(file, 56, 56, maxPixels: maxPixels));
        Assert.Equal(problem, error.Problem);
        return error.Message;
    }
}
