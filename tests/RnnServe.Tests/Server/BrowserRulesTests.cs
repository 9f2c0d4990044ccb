using System.Net;

namespace RnnServe.Tests.Server;

public sealed class BrowserRulesTests : IDisposable
{
    private readonly ModelFolder models = new();

    public BrowserRulesTests() => models.Add("tiny", "en", "de");

    public void Dispose() => models.Dispose();

    [Theory]
    [InlineData("/v1/models"), InlineData("/v1/nothing"), InlineData("/health/live"), InlineData("/swagger/index.html"), InlineData("/")]
    [InlineData("/v1/models/none")]
    public async Task Every_answer_tells_browsers_to_take_it_for_what_it_is(string path)
    {
        await using var server = new RunningServer(models.Path);

        using var response = await server.Client.GetAsync(path);

        Assert.Equal(["nosniff"], response.Headers.GetValues("X-Content-Type-Options"));
        Assert.Equal(["no-referrer"], response.Headers.GetValues("Referrer-Policy"));
        Assert.Contains("frame-ancestors 'none'", Assert.Single(response.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "https://a.example", null)]
    [InlineData("https://a.example", "https://a.example", "https://a.example")]
    [InlineData("https://a.example", "https://b.example", null)]
    [InlineData("*", "https://b.example", "*")]
    public async Task Scripts_of_other_pages_read_answers_only_where_a_setting_says_so(string? setting, string origin, string? allowed)
    {
        await using var server = await (setting is null
            ? new RunningServer(models.Path)
            : new RunningServer(models.Path, ("Browsers:Origins:0", setting))).SettledAsync();

        using var asked = await SendAsync(server, HttpMethod.Options, origin, preflight: true);
        using var answer = await SendAsync(server, HttpMethod.Post, origin, preflight: false);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.All([asked, answer], response => Assert.Equal(
            allowed, response.Headers.TryGetValues("Access-Control-Allow-Origin", out var values) ? Assert.Single(values) : null));
    }

    [Theory, InlineData("/v1/models/tiny/reload"), InlineData("/v1/models/tiny/unload")]
    public async Task Scripts_of_other_pages_change_no_model(string path)
    {
        await using var server = await new RunningServer(models.Path, ("Browsers:Origins:0", "https://a.example")).SettledAsync();

        using var other = await ChangeAsync("https://b.example");
        using var allowed = await ChangeAsync("https://a.example");
        await ChangeAsync("", "reload");
        using var own = await ChangeAsync(server.Url.GetLeftPart(UriPartial.Authority));
        // As behind a proxy that took https off.
        await ChangeAsync("", "reload");
        using var proxied = await ChangeAsync($"https://{server.Url.Authority}");

        var problem = await RunningServer.ProblemAsync(other, HttpStatusCode.Forbidden);
        Assert.Contains("'https://b.example'", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK], [allowed.StatusCode, own.StatusCode, proxied.StatusCode]);

        Task<HttpResponseMessage> ChangeAsync(string origin, string? what = null)
        {
            var request = new HttpRequestMessage(HttpMethod.Post, what is null ? path : $"/v1/models/tiny/{what}");
            if (origin.Length > 0)
                request.Headers.Add("Origin", origin);
            return server.Client.SendAsync(request);
        }
    }

    private static Task<HttpResponseMessage> SendAsync(RunningServer server, HttpMethod method, string origin, bool preflight)
    {
        var request = new HttpRequestMessage(method, "/v1/translate");
        request.Headers.Add("Origin", origin);
        if (preflight)
            request.Headers.Add("Access-Control-Request-Method", "POST");
        else
            request.Content = RunningServer.Json("""{ "text": "Abc." }""");
        return server.Client.SendAsync(request);
    }
}
