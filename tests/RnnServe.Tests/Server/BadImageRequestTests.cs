using System.Net;
using NetVips;
using RnnServe.Tests.Bundles;
using RnnServe.Tests.Images;

namespace RnnServe.Tests.Server;

/// <summary>Images that are bad, or only strange, through HTTP; after each the server answers as before.</summary>
public class BadImageRequestTests(BothTasks both) : IClassFixture<BothTasks>
{
    private static readonly byte[] Good = TinyCaptionBundle.Image(77);
    private readonly RunningServer server = both.Server;

    public static TheoryData<string> Bad => [.. BadImages.All.Keys];

    [Theory, MemberData(nameof(Bad))]
    public async Task A_bad_image_is_refused_with_its_reason_and_the_server_goes_on(string name)
    {
        var (file, status, reason) = BadImages.All[name];
        var before = await RunningServer.CaptionsAsync(await server.CaptionAsync(Good));

        var alone = await RunningServer.ProblemAsync(await server.CaptionAsync(file, type: "image/jpeg"), status);
        var among = await RunningServer.ProblemAsync(await server.CaptionFormAsync([Good, file, Good]), status);

        Assert.Contains(reason, alone.GetProperty("errors").GetProperty("image")[0].GetString(), StringComparison.Ordinal);
        var message = among.GetProperty("errors").GetProperty("image[1]")[0].GetString();
        Assert.StartsWith("image[1]", message, StringComparison.Ordinal);
        Assert.Contains(reason, message, StringComparison.Ordinal);
        await RunningServer.OkAsync(await server.Client.GetAsync("/health/ready"));
        Assert.Equal(before, await RunningServer.CaptionsAsync(await server.CaptionAsync(Good)));
    }

    private static readonly Dictionary<string, byte[]> Sound = new()
    {
        { "1 x 1", Png.Write(1, 1, 3, (_, _, c) => 90 * c) },
        { "1 x 3000", Png.Write(1, 3000, 3, (_, y, c) => (y * c) & 255) },
        { "grey", Png.Write(20, 30, 1, (x, y, _) => (x * y) & 255) },
        { "grey JPEG", Pictures.Save(Png.Write(20, 30, 1, (x, y, _) => (x * y) & 255), "jpeg") },
        { "grey with alpha", Png.Write(20, 30, 2, (x, y, c) => (x * y * (c + 1)) & 255) },
        { "RGBA", Png.Write(20, 30, 4, (x, y, c) => (x * y * (c + 1)) & 255) },
        { "16 bits", Png.Write(20, 30, 3, (x, y, c) => (x * y * (c + 1) * 257) & 65535, depth: 16) },
        { "CMYK", Pictures.Save(Pictures.Quarters, image => image.Colourspace(Enums.Interpretation.Cmyk), "jpeg") },
        { "progressive", Pictures.Save(Pictures.Quarters, "jpeg", ("interlace", "true")) },
        { "WebP", Pictures.Save(Pictures.Quarters, "webp") },
    };

    public static TheoryData<string> Strange => [.. Sound.Keys];

    [Theory, MemberData(nameof(Strange))]
    public async Task A_strange_but_sound_image_is_captioned(string name) =>
        Assert.Single(await RunningServer.CaptionsAsync(await server.CaptionAsync(Sound[name], type: "image/png")));

    [Fact]
    public async Task Of_two_bad_images_the_first_is_named()
    {
        var problem = await RunningServer.ProblemAsync(
            await server.CaptionFormAsync([Good, BadImages.All["truncated PNG"].File, BadImages.All["text"].File]),
            HttpStatusCode.UnprocessableEntity);

        Assert.Equal("image[1]", Assert.Single(problem.GetProperty("errors").EnumerateObject()).Name);
    }

    [Theory]
    [InlineData("jpeg"), InlineData("png"), InlineData("webp"), InlineData("gif")]
    public async Task Random_damage_is_refused_or_captioned_but_never_a_fault_of_the_server(string saver)
    {
        var file = Pictures.Save(Pictures.Detailed(60, 50), saver);
        var random = new Random(9);
        var statuses = new HashSet<HttpStatusCode>();
        for (var round = 0; round < 40; round++)
        {
            byte[] damaged = [.. file];
            for (var i = random.Next(1, 8); i > 0; i--)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            statuses.Add((await server.CaptionAsync(damaged)).StatusCode);
        }

        Assert.Contains(HttpStatusCode.UnprocessableEntity, statuses);
        Assert.All(statuses, status => Assert.Contains((int)status, (int[])[200, 413, 415, 422]));
        Assert.Single(await RunningServer.CaptionsAsync(await server.CaptionAsync(Good)));
    }

    [Fact]
    public async Task Of_an_animation_the_first_frame_is_captioned()
    {
        // Two frames of 24 x 24, one above the other.
        var frames = Png.Write(24, 48, 3, (x, y, c) => y < 24 ? 255 * ((x / 8) & 1) : 60 * c);
        var animation = Pictures.Save(frames, "gif", ("page-height", "24"), ("dither", "0"));
        var first = Png.Write(24, 24, 3, (x, _, _) => 255 * ((x / 8) & 1));
        var second = Png.Write(24, 24, 3, (_, _, c) => 60 * c);

        var captions = await RunningServer.CaptionsAsync(await server.CaptionFormAsync([animation, first, second]));

        Assert.Equal(captions[1], captions[0]);
        Assert.NotEqual(captions[2], captions[0]);
    }

    [Fact]
    public async Task An_image_that_EXIF_turns_gets_the_caption_of_the_turned_pixels()
    {
        // Squares of 8 x 8 pixels of one colour each are the same in JPEG however they are turned.
        var random = new Random(5);
        var grey = Enumerable.Range(0, 15).Select(_ => random.Next(256)).ToList();
        var upright = Pictures.Save(Png.Write(40, 24, 3, (x, y, _) => grey[(y / 8 * 5) + (x / 8)]), "jpeg", ("Q", "100"));
        // Orientation 6: what is shown is the file turned clockwise, so that its left column becomes the top row.
        var turned = Pictures.Save(Png.Write(24, 40, 3, (x, y, _) => grey[((2 - (x / 8)) * 5) + (y / 8)]), "jpeg", ("Q", "100"));

        var captions = await RunningServer.CaptionsAsync(
            await server.CaptionFormAsync([Pictures.WithOrientation(upright, 6), turned, upright, Pictures.WithOrientation(upright, 1)]));

        Assert.Equal(captions[1], captions[0]);
        Assert.Equal(captions[2], captions[3]);
        Assert.NotEqual(captions[2], captions[0]);
    }

    [Fact]
    public async Task The_pixels_that_an_image_may_have_are_a_setting()
    {
        using var models = new ModelFolder();
        models.AddCaptioner("tiny-photos");
        await using var small = await new RunningServer(models.Path, ("Limits:MaxPixels", "1200")).SettledAsync();

        await RunningServer.OkAsync(await small.CaptionAsync(TinyCaptionBundle.Image(1, 40, 30)));
        var problem = await RunningServer.ProblemAsync(
            await small.CaptionAsync(TinyCaptionBundle.Image(1, 41, 30)), HttpStatusCode.RequestEntityTooLarge);

        var message = problem.GetProperty("errors").GetProperty("image")[0].GetString();
        Assert.All(["41 x 30", "1230", "1200"], part => Assert.Contains(part, message, StringComparison.Ordinal));
    }
}
