using System.Net;
using System.Net.Http.Headers;
using System.Text;
using RnnServe.Tests.Bundles;

namespace RnnServe.Tests.Server;

/// <summary>Requests to /v1/caption whose form is wrong; wrong images are in <see cref="BadImageRequestTests"/>.</summary>
public class CaptionRefusalTests(BothTasks both) : IClassFixture<BothTasks>
{
    private static readonly byte[] Image = TinyCaptionBundle.Image(1);
    private readonly RunningServer server = both.Server;

    [Theory]
    [InlineData("beamSize=0", "beamSize", "0", "1 to 16")]
    [InlineData("beamSize=17", "beamSize", "17", "1 to 16")]
    [InlineData("beamSize=three", "beamSize", "'three'", "1 to 16")]
    [InlineData("beamSize=2.5", "beamSize", "'2.5'", "1 to 16")]
    [InlineData("beamSize=", "beamSize", "''", "1 to 16")]
    [InlineData("beamSize=3&beamSize=4", "beamSize", "beamSize", "more than once")]
    [InlineData("alternatives=16", "alternatives", "16", "0 to 15")]
    [InlineData("beamSize=3&alternatives=3", "alternatives", "3", "0 to 2")]
    [InlineData("lengthPenalty=2.1", "lengthPenalty", "2.1", "0 to 2")]
    [InlineData("lengthPenalty=NaN", "lengthPenalty", "NaN", "0 to 2")]
    [InlineData("lengthPenalty=1,5", "lengthPenalty", "'1,5'", "0 to 2")]
    [InlineData("maxLength=513", "maxLength", "513", "1 to 512")]
    [InlineData("include=poems", "include", "'poems'", "tokens, attention, timing")]
    [InlineData("include=", "include", "''", "tokens, attention, timing")]
    [InlineData("model=", "model", "0 characters", "1 to 200")]
    [InlineData("beamsize=3", "beamsize", "'beamsize'", "'beamSize'")]
    [InlineData("coveragePenalty=1", "coveragePenalty", "'coveragePenalty'", "not a field")]
    [InlineData("sampling=topK", "sampling", "'sampling'", "not a field")]
    [InlineData("sampling.temperature=0", "sampling.temperature", "is 0", "from 0.01 to 5")]
    [InlineData("sampling.seed=x", "sampling.seed", "'x'", "a number from 0")]
    [InlineData("sampling.topK=5&beamSize=2", "beamSize", "is 2", "absent")]
    [InlineData("image=http://127.0.0.1/a.jpg", "image", "image", "fetches no address")]
    public async Task A_wrong_option_is_refused_by_name_with_its_value_and_the_allowed_range(
        string query, string field, string value, string allowed)
    {
        var inAddress = await RunningServer.ProblemAsync(await server.CaptionAsync(Image, query), HttpStatusCode.BadRequest);

        var error = Assert.Single(inAddress.GetProperty("errors").EnumerateObject());
        Assert.Equal(field, error.Name);
        Assert.All([value, allowed], part => Assert.Contains(part, error.Value[0].GetString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_wrong_field_of_the_form_is_refused_likewise_and_all_are_reported_at_once()
    {
        var response = await server.CaptionFormAsync([Image], ("beamSize", "17"), ("photo", "x"), ("maxLength", "99999"));

        var errors = (await RunningServer.ProblemAsync(response, HttpStatusCode.BadRequest)).GetProperty("errors");
        Assert.Equal(["beamSize", "maxLength", "photo"], errors.EnumerateObject().Select(e => e.Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("model"), InlineData("language"), InlineData("maxLength")]
    public async Task A_field_that_is_too_long_is_refused_by_name(string field)
    {
        var response = await server.CaptionFormAsync([Image], (field, new string('9', 1001)));

        var errors = (await RunningServer.ProblemAsync(response, HttpStatusCode.BadRequest)).GetProperty("errors");
        Assert.Equal($"{field} has more than 1000 bytes.", errors.GetProperty(field)[0].GetString());
    }

    [Fact]
    public async Task What_the_address_alone_shows_to_be_wrong_is_refused_before_the_image_is_read()
    {
        // The body ends only when the test says so: whoever read it first would wait.
        using var upload = new SlowUpload(1000, Image);
        using var content = new StreamContent(upload);
        content.Headers.ContentType = new MediaTypeHeaderValue("image/png");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/caption?model=nobody") { Content = content };
        request.Headers.ExpectContinue = true;

        var response = await server.Client.SendAsync(request).WaitAsync(TimeSpan.FromSeconds(20));

        upload.GoOn();
        await RunningServer.ProblemAsync(response, HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData(null), InlineData("application/octet-stream"), InlineData("image/jpg"), InlineData("IMAGE/PJPEG; q=1"), InlineData("image/*")]
    public async Task The_first_bytes_decide_what_an_untyped_body_is(string? type)
    {
        string[] expected = await RunningServer.CaptionsAsync(await server.CaptionAsync(Image, type: "image/png"));

        Assert.Equal(expected, await RunningServer.CaptionsAsync(await server.CaptionAsync(Image, type: type)));
        await RunningServer.ProblemAsync(await server.CaptionAsync("no image"u8.ToArray(), type: type), HttpStatusCode.UnsupportedMediaType);
    }

    [Theory]
    [InlineData("photo"), InlineData("file"), InlineData("images")]
    public async Task A_file_under_another_name_is_named(string name)
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(Image), name, "photo.png" } };

        var problem = await RunningServer.ProblemAsync(await server.Client.PostAsync("/v1/caption", form), HttpStatusCode.BadRequest);

        Assert.Equal(
            $"The form has a file named '{name}'; a file must be named 'image'.", problem.GetProperty("errors").GetProperty(name)[0].GetString());
    }

    [Theory]
    [InlineData("text/plain"), InlineData("application/json"), InlineData("image/tiff"), InlineData("image/svg+xml")]
    [InlineData("application/x-www-form-urlencoded"), InlineData("image/heic")]
    public async Task Another_content_type_is_unsupported_and_those_there_are_are_named(string type)
    {
        var problem = await RunningServer.ProblemAsync(await server.CaptionAsync(Image, type: type), HttpStatusCode.UnsupportedMediaType);

        Assert.Equal(
            $"The content type '{type}' is not accepted; send image/jpeg, image/png, image/webp, image/gif, application/octet-stream or multipart/form-data.",
            problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task A_form_without_an_image_is_refused()
    {
        var problem = await RunningServer.ProblemAsync(await server.CaptionFormAsync([], ("beamSize", "3")), HttpStatusCode.BadRequest);

        var message = problem.GetProperty("errors").GetProperty("image")[0].GetString();
        Assert.Contains("1 to 32 files named 'image'", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_images_than_allowed_are_refused()
    {
        var problem = await RunningServer.ProblemAsync(await server.CaptionFormAsync(Enumerable.Repeat(Image, 33)), HttpStatusCode.BadRequest);

        Assert.Contains("1 to 32", problem.GetProperty("errors").GetProperty("image")[0].GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("multipart/form-data", "", "no boundary")]
    [InlineData("multipart/form-data; boundary=x", "", "last boundary")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\n\r\nabc\r\n--x--\r\n", "no name")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"image\"\r\n\r\nabc", "last boundary")]
    public async Task A_body_that_is_no_form_is_refused(string type, string body, string reason)
    {
        var response = await server.CaptionAsync(Encoding.ASCII.GetBytes(body), type: type);

        var problem = await RunningServer.ProblemAsync(response, HttpStatusCode.BadRequest);
        Assert.Contains(reason, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(71), InlineData(10_000)]
    public async Task A_boundary_that_is_too_long_is_refused(int length)
    {
        var type = $"multipart/form-data; boundary={new string('x', length)}";

        var problem = await RunningServer.ProblemAsync(await server.CaptionAsync("--"u8.ToArray(), type: type), HttpStatusCode.BadRequest);

        Assert.Contains("1 to 70 characters", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_header_of_a_part_that_is_none_is_not_sent_back_at_length()
    {
        var body = $"--x\r\n{new string('h', 10_000)}\r\n\r\nabc\r\n--x--\r\n";

        var response = await server.CaptionAsync(Encoding.ASCII.GetBytes(body), type: "multipart/form-data; boundary=x");

        var problem = await RunningServer.ProblemAsync(response, HttpStatusCode.BadRequest);
        Assert.InRange(problem.GetProperty("detail").GetString()!.Length, 1, 200);
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public async Task An_image_with_too_many_bytes_is_too_large(bool chunked)
    {
        await using var small = await WithLimitsAsync(("Limits:MaxImageBytes", "2000"));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/caption");
        request.Headers.ExpectContinue = true;
        request.Headers.TransferEncodingChunked = chunked;
        request.Content = new ByteArrayContent(new byte[2001]);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("image/jpeg");

        var raw = await RunningServer.ProblemAsync(await small.Client.SendAsync(request), HttpStatusCode.RequestEntityTooLarge);
        var part = await RunningServer.ProblemAsync(
            await small.CaptionFormAsync([new byte[100], new byte[2001]]), HttpStatusCode.RequestEntityTooLarge);

        Assert.Equal("image has more than 2000 bytes.", raw.GetProperty("errors").GetProperty("image")[0].GetString());
        Assert.Equal("image[1] has more than 2000 bytes.", part.GetProperty("errors").GetProperty("image[1]")[0].GetString());
    }

    [Fact]
    public async Task A_form_with_too_many_bytes_is_too_large()
    {
        await using var small = await WithLimitsAsync(("Limits:MaxImageBytes", "2000"), ("Limits:MaxUploadBytes", "5000"));

        var problem = await RunningServer.ProblemAsync(
            await small.CaptionFormAsync(Enumerable.Repeat(new byte[1500], 4)), HttpStatusCode.RequestEntityTooLarge);

        Assert.Equal("The body is larger than 5000 bytes.", problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task An_image_larger_than_other_bodies_may_be_is_taken()
    {
        var large = TinyCaptionBundle.Image(7, 2000, 1500);
        await using var strict = await WithLimitsAsync(("Limits:MaxBodyBytes", "1024"));

        Assert.True(large.Length > 10_000);
        await RunningServer.OkAsync(await strict.CaptionAsync(large));
    }

    [Fact]
    public async Task More_images_than_any_queue_could_hold_are_too_large()
    {
        await using var small = await WithLimitsAsync(("Batching:MaxQueued", "2"), ("Batching:MaxRows", "1"));

        var problem = await RunningServer.ProblemAsync(
            await small.CaptionFormAsync([Image, Image, Image]), HttpStatusCode.RequestEntityTooLarge);

        Assert.Equal("The request has 3 images; the most is 2.", problem.GetProperty("errors").GetProperty("image")[0].GetString());
    }

    [Fact]
    public async Task No_log_line_of_any_level_has_the_name_or_content_of_an_image()
    {
        await using var quiet = await WithLimitsAsync();
        var secret = "zyxwvut"u8.ToArray();

        await quiet.CaptionFormAsync([secret, Image], ("model", "nobody"));
        await quiet.CaptionFormAsync([secret]);
        await quiet.CaptionFormAsync([[.. Image, .. secret]]);
        await quiet.CaptionAsync(secret);

        Assert.NotEmpty(quiet.Logs);
        Assert.DoesNotContain(quiet.Logs, l => l.Contains("zyxwvut", StringComparison.Ordinal));
        Assert.DoesNotContain(quiet.Logs, l => l.Contains("secret-name", StringComparison.Ordinal));
    }

    /// <summary>A server of its own, as others must not feel the limits.</summary>
    private static async Task<RunningServer> WithLimitsAsync(params (string Key, string Value)[] settings)
    {
        using var models = new ModelFolder();
        models.AddCaptioner("tiny-photos");
        return await new RunningServer(models.Path, settings).SettledAsync();
    }
}
