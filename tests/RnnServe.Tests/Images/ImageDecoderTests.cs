using NetVips;
using RnnServe.Inference.Images;

namespace RnnServe.Tests.Images;

public sealed class ImageDecoderTests
{
    [Fact]
    public void Pixels_of_the_wanted_size_are_taken_as_they_are()
    {
        byte[] rgb = Pictures.Decode(Png.Write(5, 3, 3, (x, y, c) => (50 * x) + (20 * y) + c), 5, 3);

        Assert.Equal(Enumerable.Range(0, 45).Select(i => (byte)((50 * (i / 3 % 5)) + (20 * (i / 15)) + (i % 3))), rgb);
    }

    [Theory]
    [InlineData("jpeg", "Q", "90", 12)]
    [InlineData("jpeg", "interlace", "true", 20)]
    [InlineData("webp", "lossless", "true", 0)]
    [InlineData("webp", "Q", "90", 25)]
    [InlineData("gif", "dither", "0", 3)]
    [InlineData("png", "interlace", "true", 0)]
    [InlineData("png", "palette", "true", 3)]
    [InlineData("png", "compression", "9", 0)]
    public void Every_format_shows_the_same_picture(string saver, string option, string value, int tolerance) =>
        ShowsQuarters(Pictures.Save(Pictures.Quarters, saver, (option, value)), tolerance);

    [Fact]
    public void Files_of_16_bits_show_the_same_picture() => ShowsQuarters(
        Png.Write(Pictures.Width, Pictures.Height, 3, (x, y, c) => Pictures.Colour(x, y)[c] * 257, depth: 16), tolerance: 1);

    [Theory]
    [InlineData("all"), InlineData("none")]
    public void Files_for_print_show_the_same_picture(string metadata)
    {
        // Colours that inks can show, with the profile of the inks or without.
        int[][] colours = [[180, 110, 100], [110, 160, 120], [100, 110, 160], [190, 180, 110]];
        byte[] png = Png.Write(64, 48, 3, (x, y, c) => colours[(y / 24 * 2) + (x / 32)][c]);

        byte[] cmyk = Pictures.Save(
            png, image => image.Colourspace(Enums.Interpretation.Cmyk), "jpeg", ("Q", "95"), ("keep", metadata));

        Assert.Equal(4, cmyk[Pictures.FrameHeader(cmyk) + 9]);
        byte[] rgb = Pictures.Decode(cmyk, 32, 24);
        for (int i = 0; i < 4; i++)
        {
            int[] found = Pictures.At(rgb, 32, 8 + (16 * (i % 2)), 6 + (12 * (i / 2)));
            Assert.All(found.Zip(colours[i]), p => Assert.InRange(p.First, p.Second - 15, p.Second + 15));
        }
    }

    [Fact]
    public void Colour_profiles_are_honoured()
    {
        // The same numbers in a wider space are stronger colours; converted into that space and back they are what they were.
        byte[] p3 = Pictures.Save(
            Pictures.Quarters, image => image.IccTransform("p3", inputProfile: "srgb"), "png");

        ShowsQuarters(p3, tolerance: 4);
        byte[] unmarked = Pictures.Save(p3, "png", ("keep", "none"));
        Assert.True(Math.Abs(Pictures.At(Pictures.Decode(unmarked, 32, 24), 32, 8, 6)[0] - Pictures.Colours[0][0]) > 8);
    }

    [Theory]
    [InlineData(8), InlineData(16)]
    public void Grey_becomes_equal_colours(int depth)
    {
        int scale = depth == 16 ? 257 : 1;
        byte[] rgb = Pictures.Decode(Png.Write(4, 4, 1, (x, y, _) => ((16 * y) + (4 * x)) * 4 * scale, depth), 4, 4);

        for (int i = 0; i < 16; i++)
        {
            Assert.Equal(rgb[3 * i], rgb[(3 * i) + 1]);
            Assert.Equal(rgb[3 * i], rgb[(3 * i) + 2]);
            Assert.InRange(rgb[3 * i], (16 * ((4 * (i / 4)) + (i % 4))) - 2, (16 * ((4 * (i / 4)) + (i % 4))) + 2);
        }
    }

    [Theory]
    [InlineData(8), InlineData(16)]
    public void What_is_transparent_becomes_white(int depth)
    {
        int scale = depth == 16 ? 257 : 1;
        int[] alphas = [0, 128, 255];
        byte[] file = Png.Write(3, 1, 4, (x, _, c) => (c == 3 ? alphas[x] : c == 0 ? 200 : 0) * scale, depth);

        byte[] rgb = Pictures.Decode(file, 3, 1);

        Assert.Equal([255, 255, 255], Pictures.At(rgb, 3, 0, 0));
        Assert.All(Pictures.At(rgb, 3, 1, 0).Zip([227, 127, 127]), p => Assert.InRange(p.First, p.Second - 2, p.Second + 2));
        Assert.Equal([200, 0, 0], Pictures.At(rgb, 3, 2, 0));
    }

    [Theory]
    [InlineData("png", 8, 4), InlineData("png", 16, 4), InlineData("png", 8, 2), InlineData("png", 16, 2), InlineData("webp", 8, 4)]
    public void A_transparent_image_is_laid_on_white_before_it_is_resized(string format, int depth, int channels)
    {
        var random = new Random(5);
        int most = depth == 16 ? ushort.MaxValue : byte.MaxValue;
        byte[] png = Png.Write(150, 120, channels, (_, _, c) => c == channels - 1 ? random.Next(3) * most / 2 : random.Next(most + 1), depth);
        byte[] file = Pictures.Save(png, format, format == "webp" ? [("lossless", "1"), ("exact", "1")] : []);
        byte[] flat = Pictures.Save(png, image => image.Flatten([most]), "png");

        foreach (var fit in Enum.GetValues<ImageFit>())
            Assert.Equal(Pictures.Decode(flat, 40, 30, fit), Pictures.Decode(file, 40, 30, fit));
    }

    [Fact]
    public void The_first_frame_of_an_animation_counts()
    {
        byte[] twoFrames = Pictures.Save(
            Png.Write(16, 32, 3, (_, y, c) => Pictures.Colours[y < 16 ? 0 : 2][c]), "gif", ("page-height", "16"), ("dither", "0"));

        byte[] rgb = Pictures.Decode(twoFrames, 16, 16);

        Assert.All(Pictures.At(rgb, 16, 8, 15).Zip(Pictures.Colours[0]), p => Assert.InRange(p.First, p.Second - 3, p.Second + 3));
    }

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5), InlineData(6), InlineData(7), InlineData(8)]
    public void An_image_with_an_EXIF_orientation_has_the_pixels_of_the_turned_image(int orientation)
    {
        byte[] jpeg = Pictures.Save(Pictures.Detailed(700, 460), "jpeg");
        const int Width = 30, Height = 20;
        byte[] stored = Pictures.Decode(jpeg, Width, Height);
        bool sideways = orientation >= 5;
        var (shownWidth, shownHeight) = sideways ? (Height, Width) : (Width, Height);

        byte[] shown = Pictures.Decode(Pictures.WithOrientation(jpeg, orientation), shownWidth, shownHeight);

        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                // Where the EXIF standard shows the stored pixel.
                var (toX, toY) = orientation switch
                {
                    1 => (x, y),
                    2 => (Width - 1 - x, y),
                    3 => (Width - 1 - x, Height - 1 - y),
                    4 => (x, Height - 1 - y),
                    5 => (y, x),
                    6 => (Height - 1 - y, x),
                    7 => (Height - 1 - y, Width - 1 - x),
                    _ => (y, Width - 1 - x),
                };
                Assert.Equal(Pictures.At(stored, Width, x, y), Pictures.At(shown, shownWidth, toX, toY));
            }
        }
    }

    [Fact]
    public void A_large_photo_looks_the_same_as_when_it_is_reduced_without_a_shortcut()
    {
        // A JPEG is decoded at a quarter of its size, a PNG at its full size.
        byte[] png = Pictures.Save(Pictures.Detailed(1600, 1200), image => image.Gaussblur(4), "png");
        byte[] jpeg = Pictures.Save(png, "jpeg", ("Q", "95"), ("subsample-mode", "off"));

        byte[] expected = Pictures.Decode(png, 112, 112), found = Pictures.Decode(jpeg, 112, 112);

        Assert.InRange(expected.Zip(found).Average(p => Math.Abs(p.First - p.Second)), 0, 2);
    }

    /// <summary>The middles of the four quarters have their colours, at another size.</summary>
    private static void ShowsQuarters(byte[] file, int tolerance)
    {
        byte[] rgb = Pictures.Decode(file, 32, 24);
        foreach (var (x, y) in new[] { (8, 6), (24, 6), (8, 18), (24, 18) })
        {
            int[] found = Pictures.At(rgb, 32, x, y), expected = Pictures.Colour(2 * x, 2 * y);
            Assert.All(found.Zip(expected), p => Assert.InRange(p.First, p.Second - tolerance, p.Second + tolerance));
        }
    }
}
