using RnnServe.Inference.Images;

namespace RnnServe.Tests.Images;

public sealed class ImageFitTests
{
    private const int Size = 30;

    /// <summary>Three stripes, red, green, blue, side by side or one above the other.</summary>
    private static byte[] Stripes(bool wide) => Png.Write(
        wide ? 90 : 30, wide ? 30 : 90, 3, (x, y, c) => c == (wide ? x : y) / 30 ? 255 : 0);

    [Theory]
    [InlineData(true), InlineData(false)]
    public void Squash_keeps_all_of_the_image(bool wide)
    {
        byte[] rgb = Pictures.Decode(Stripes(wide), Size, Size, ImageFit.Squash);

        Assert.Equal([255, 0, 0], Along(rgb, 4, wide));
        Assert.Equal([0, 255, 0], Along(rgb, 15, wide));
        Assert.Equal([0, 0, 255], Along(rgb, 25, wide));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public void Crop_keeps_the_middle(bool wide)
    {
        byte[] rgb = Pictures.Decode(Stripes(wide), Size, Size, ImageFit.Crop);

        Assert.All(Enumerable.Range(0, Size), i => Assert.Equal([0, 255, 0], Along(rgb, i, wide)));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public void Pad_keeps_the_proportions_and_fills_up_with_black(bool wide)
    {
        byte[] rgb = Pictures.Decode(Stripes(wide), Size, Size, ImageFit.Pad);

        Assert.Equal([255, 0, 0], Along(rgb, 4, wide));
        Assert.Equal([0, 0, 255], Along(rgb, 25, wide));
        Assert.All(
            Enumerable.Range(0, Size),
            i => Assert.Equal(i is >= 10 and < 20 ? [0, 255, 0] : [0, 0, 0], Along(rgb, i, !wide)));
    }

    [Theory]
    [InlineData(ImageFit.Squash), InlineData(ImageFit.Crop), InlineData(ImageFit.Pad)]
    public void An_image_with_alpha_that_is_opaque_fits_as_one_without(ImageFit fit)
    {
        byte[] rgba = Png.Write(90, 30, 4, (x, _, c) => c == 3 || c == x / 30 ? 255 : 0);

        byte[] expected = Pictures.Decode(Stripes(wide: true), Size, Size, fit), found = Pictures.Decode(rgba, Size, Size, fit);

        Assert.InRange(expected.Zip(found).Max(p => Math.Abs(p.First - p.Second)), 0, 2);
    }

    [Theory]
    [InlineData(ImageFit.Squash), InlineData(ImageFit.Crop), InlineData(ImageFit.Pad)]
    public void An_image_of_one_pixel_fills_the_size(ImageFit fit) => Assert.All(
        Pictures.Decode(Png.Write(1, 1, 3, (_, _, c) => 10 + c), Size, Size, fit).Chunk(3), pixel => Assert.Equal([10, 11, 12], pixel));

    [Theory]
    [InlineData(1, 20_000), InlineData(20_000, 1)]
    public void A_line_is_an_image_too(int width, int height)
    {
        byte[] line = Png.Write(width, height, 3, (_, _, c) => 100 + c);

        foreach (var fit in Enum.GetValues<ImageFit>())
            Assert.Equal([100, 101, 102], Pictures.At(Pictures.Decode(line, Size, Size, fit), Size, 14, 14));
    }

    [Theory]
    [InlineData(1), InlineData(6)]
    public void Crop_keeps_the_middle_of_the_upright_image(int orientation)
    {
        // Upright it is 30 wide and 60 high, or 60 wide and 30 high: its middle is green, the rest is red or blue.
        byte[] png = Png.Write(60, 30, 3, (x, _, c) => c == (x is >= 15 and < 45 ? 1 : x < 15 ? 0 : 2) ? 200 : 0);
        byte[] file = Pictures.WithOrientation(Pictures.Save(png, "jpeg", ("subsample-mode", "off"), ("Q", "100")), orientation);

        byte[] rgb = Pictures.Decode(file, 12, 12, ImageFit.Crop);

        foreach (var (x, y) in new[] { (1, 1), (10, 1), (1, 10), (10, 10) })
            Assert.InRange(Pictures.At(rgb, 12, x, y)[1], 190, 210);
    }

    [Fact]
    public void Width_and_height_may_differ()
    {
        byte[] rgb = Pictures.Decode(Pictures.Quarters, 16, 48, ImageFit.Pad);

        Assert.Equal([0, 0, 0], Pictures.At(rgb, 16, 8, 5));
        Assert.Equal(Pictures.Colours[0], Pictures.At(rgb, 16, 3, 20));
        Assert.Equal(Pictures.Colours[3], Pictures.At(rgb, 16, 12, 28));
    }

    /// <summary>The pixel in the middle of the other axis.</summary>
    private static int[] Along(byte[] rgb, int position, bool wide) =>
        wide ? Pictures.At(rgb, Size, position, 15) : Pictures.At(rgb, Size, 15, position);
}
