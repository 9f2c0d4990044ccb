using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using RnnServe.Server.Keys;
using RnnServe.Tests.Bundles;
using RnnServe.Tests.Server.Doors;

namespace RnnServe.Tests.Server.Keys;

/// <summary>Quotas of one server. Its clock stands still unless a test moves it.</summary>
public sealed class QuotaTests : IAsyncLifetime
{
    private readonly ModelFolder models = new();
    private readonly KeyRing keys = new();
    private readonly FakeTimeProvider clock = new(DateTimeOffset.UtcNow);

    private RunningServer server = null!;

    public ValueTask InitializeAsync()
    {
        models.Add("tiny-en-de", "en", "de");
        models.AddCaptioner("tiny-photos");
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        keys.Dispose();
        models.Dispose();
    }

    [Fact]
    public async Task Requests_are_granted_up_to_the_quota_and_again_in_the_next_minute()
    {
        string key = keys.Add(new KeyQuotas { Requests = 2, Characters = 100 }, "translate");
        await StartAsync();

        using var first = await server.Client.GetAsync(key, "/v1/models");
        clock.Advance(TimeSpan.FromSeconds(20.5));
        using var second = await TranslateAsync(key, "abc");
        using var third = await TranslateAsync(key, "abc");

        Assert.Equal(("\"requests\";q=2;w=60, \"characters\";q=100;w=60", "\"requests\";r=1;t=60"), Headers(first));
        Assert.Equal("\"requests\";r=0;t=40, \"characters\";r=97;t=60", Headers(second).State);
        Assert.Equal("\"requests\";r=0;t=40", Headers(third).State);
        Assert.Equal(TimeSpan.FromSeconds(40), third.Headers.RetryAfter!.Delta);
        var problem = await RunningServer.ProblemAsync(third, HttpStatusCode.TooManyRequests);
        Assert.Equal(
            "Of the key's quota of 2 requests a minute 0 are left; it begins anew in 40 seconds.", problem.GetProperty("detail").GetString());

        clock.Advance(TimeSpan.FromSeconds(40));
        await RunningServer.OkAsync(await TranslateAsync(key, "abc"));
    }

    [Fact]
    public async Task A_text_is_charged_before_it_is_worked_on_and_one_above_the_whole_quota_is_a_bad_request()
    {
        string key = keys.Add(new KeyQuotas { Characters = 10 }, "translate");
        await StartAsync();

        using var fits = await TranslateAsync(key, "abc", "abc");
        using var tooMuch = await TranslateAsync(key, "abcab");
        using var never = await TranslateAsync(key, "abcabcabcab");
        using var rest = await TranslateAsync(key, "abca");

        await RunningServer.OkAsync(fits);
        var problem = await RunningServer.ProblemAsync(tooMuch, HttpStatusCode.TooManyRequests);
        Assert.StartsWith(
            "Of the key's quota of 10 characters a minute 4 are left, and text has 5;", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        problem = await RunningServer.ProblemAsync(never, HttpStatusCode.BadRequest);
        Assert.Equal(
            "text has 11 characters; the key's quota is 10 a minute.", problem.GetProperty("errors").GetProperty("text")[0].GetString());
        Assert.Null(never.Headers.RetryAfter);
        Assert.Equal("\"characters\";r=0;t=60", Headers(rest).State);
    }

    [Fact]
    public async Task Images_are_charged_one_by_one()
    {
        string key = keys.Add(new KeyQuotas { Images = 3 }, "caption");
        await StartAsync();
        byte[] image = TinyCaptionBundle.Image(1);

        using var two = await CaptionAsync(key, image, image);
        using var twoMore = await CaptionAsync(key, image, image);
        using var one = await server.Client.PostAsync(key, "/v1/caption", image);

        await RunningServer.OkAsync(two);
        await RunningServer.ProblemAsync(twoMore, HttpStatusCode.TooManyRequests);
        await RunningServer.OkAsync(one);
        Assert.Equal("\"images\";r=0;t=60", Headers(one).State);
    }

    [Fact]
    public async Task Images_that_a_door_cannot_answer_are_not_charged()
    {
        string key = keys.Add(new KeyQuotas { Images = 2 }, "caption");
        await StartAsync();
        byte[] image = TinyCaptionBundle.Image(1);

        foreach (int count in (int[])[2, 1, 1])
        {
            using var form = new MultipartFormDataContent();
            for (int i = 0; i < count; i++)
                form.Add(new ByteArrayContent(image), "image", "image.png");
            using var answer = await server.Client.SendAsync(key, HttpMethod.Post, "/model/predict", form);

            Assert.Equal(count == 1 ? HttpStatusCode.OK : HttpStatusCode.BadRequest, answer.StatusCode);
        }
    }

    [Fact]
    public async Task A_key_without_quotas_has_neither_limits_nor_headers_and_keys_are_counted_apart()
    {
        string free = keys.Add("translate"), one = keys.Add(new KeyQuotas { Requests = 1 }), other = keys.Add(new KeyQuotas { Requests = 1 });
        await StartAsync();

        foreach (string key in (string[])[free, free, one, other])
        {
            using var answer = await server.Client.GetAsync(key, "/v1/models");
            Assert.Equal((HttpStatusCode.OK, key != free), (answer.StatusCode, answer.Headers.Contains("RateLimit-Policy")));
        }

        using var refused = await server.Client.GetAsync(one, "/v1/models");
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
    }

    [Fact]
    public async Task Of_64_clients_at_once_exactly_so_many_are_granted_as_the_quota_has()
    {
        string key = keys.Add(new KeyQuotas { Requests = 150, Characters = 70 }, "translate");
        await StartAsync();

        var statuses = await Parallel64.AskAsync(4, _ => server.Client.GetAsync(key, "/v1/models"));
        clock.Advance(TimeSpan.FromMinutes(1));
        var texts = await Parallel64.AskAsync(2, _ => TranslateAsync(key, "abc"));

        Assert.Equal((150, 106), (statuses.Count(s => s == HttpStatusCode.OK), statuses.Count(s => s == HttpStatusCode.TooManyRequests)));
        Assert.Equal((23, 105), (texts.Count(s => s == HttpStatusCode.OK), texts.Count(s => s == HttpStatusCode.TooManyRequests)));
    }

    [Fact]
    public async Task Every_door_charges()
    {
        await StartAsync();
        var quotas = new KeyQuotas { Characters = 9, Images = 1 };
        byte[] image = TinyCaptionBundle.Image(1);
        (string Path, Func<HttpContent> Body)[] calls =
        [
            ("/v2/translate", () => RunningServer.Json("""{ "text": ["abcabc"], "source_lang": "EN", "target_lang": "DE" }""")),
            ("/translate", () => RunningServer.Json("""{ "q": "abcabc", "source": "en", "target": "de" }""")),
            ("/models/tiny-en-de", () => RunningServer.Json("""{ "inputs": "abcabc" }""")),
            ("/models/tiny-photos", () => new ByteArrayContent(image)),
            ("/model/predict", () => new MultipartFormDataContent { { new ByteArrayContent(image), "image", "a.png" } }),
            ("/v2/models/tiny-en-de/infer", () => RunningServer.Json(Infer("text", OpenDoors.Text[..6]))),
            ("/v2/models/tiny-photos/infer", () => RunningServer.Json(Infer("image", Convert.ToBase64String(image)))),
            ("/detect", () => RunningServer.Json("""{ "q": "abcabc" }""")),
        ];

        foreach (var (path, body) in calls)
        {
            string key = keys.Add(quotas, "translate", "caption", "classify");
            clock.Advance(KeyStore.Interval);
            await Waiting.UntilAsync(async () => (await server.Client.GetAsync(key, "/v1/models")).StatusCode == HttpStatusCode.OK);
            // No model here knows languages: the text is charged before one is looked for.
            var first = await server.Client.SendAsync(key, HttpMethod.Post, path, body());
            Assert.Equal(path == "/detect" ? HttpStatusCode.NotFound : HttpStatusCode.OK, first.StatusCode);
            var refused = await RunningServer.ProblemAsync(
                await server.Client.SendAsync(key, HttpMethod.Post, path, body()), HttpStatusCode.TooManyRequests);
            Assert.Contains("Of the key's quota of", refused.GetProperty("error").GetString(), StringComparison.Ordinal);
        }
    }

    private static string Infer(string name, string data) => JsonSerializer.Serialize(new
    {
        inputs = new[] { new { name, datatype = "BYTES", shape = new[] { 1 }, data = new[] { data } } },
    });

    private async Task StartAsync() => server = await new RunningServer(
        models.Path,
        services => services.AddSingleton<TimeProvider>(clock),
        [.. OpenDoors.Settings, keys.Setting]).SettledAsync();

    private Task<HttpResponseMessage> TranslateAsync(string key, params string[] text) =>
        server.Client.PostAsync(key, "/v1/translate", JsonSerializer.Serialize(new { text, model = "tiny-en-de", beamSize = 1, maxLength = 2 }));

    private async Task<HttpResponseMessage> CaptionAsync(string key, params byte[][] images)
    {
        using var form = new MultipartFormDataContent();
        foreach (byte[] image in images)
            form.Add(new ByteArrayContent(image), "image", "a.png");
        return await server.Client.SendAsync(key, HttpMethod.Post, "/v1/caption", form);
    }

    private static (string Policy, string State) Headers(HttpResponseMessage answer) =>
        (string.Join(", ", answer.Headers.GetValues("RateLimit-Policy")), string.Join(", ", answer.Headers.GetValues("RateLimit")));
}

internal static class Parallel64
{
    /// <summary>64 clients at once make some calls each, one after the other.</summary>
    public static async Task<IReadOnlyList<HttpStatusCode>> AskAsync(int calls, Func<int, Task<HttpResponseMessage>> ask)
    {
        var found = await Task.WhenAll(Enumerable.Range(0, 64).Select(client => Task.Run(async () =>
        {
            var statuses = new List<HttpStatusCode>();
            for (int call = 0; call < calls; call++)
            {
                using var answer = await ask(client);
                statuses.Add(answer.StatusCode);
            }

            return statuses;
        })));
        return [.. found.SelectMany(statuses => statuses)];
    }
}
