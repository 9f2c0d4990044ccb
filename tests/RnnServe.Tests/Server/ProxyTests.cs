using System.Net;
using RnnServe.Tests.Bundles;

namespace RnnServe.Tests.Server;

public sealed class ProxyTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_document_and_the_page_name_no_absolute_address()
    {
        await using var server = new RunningServer(folder.Path);

        var document = await RunningServer.OkAsync(await server.Client.GetAsync("/openapi/v1.json"));
        string page = await server.Client.GetStringAsync("/swagger/index.js");

        Assert.Equal("..", Assert.Single(document.GetProperty("servers").EnumerateArray()).GetProperty("url").GetString());
        Assert.Contains("../openapi/v1.json", page, StringComparison.Ordinal);
        Assert.DoesNotContain("\"/openapi", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_base_and_a_trusted_proxys_prefix_come_before_every_route()
    {
        await using var server = new RunningServer(folder.Path, ("Proxy:PathBase", "/rnn"), ("Proxy:Trusted:0", "127.0.0.0/8"));

        Assert.Equal(HttpStatusCode.OK, (await server.Client.GetAsync("/rnn/v1/models")).StatusCode);
        var problem = await RunningServer.ProblemAsync(await server.Client.GetAsync("/rnn/v1/models/none"), HttpStatusCode.NotFound);
        Assert.Equal("/rnn/v1/models/none", problem.GetProperty("instance").GetString());
        Assert.Equal("/outer/v1/none", await InstanceAsync(server, "/v1/none", ("X-Forwarded-Prefix", "/outer"), ("X-Forwarded-For", "10.0.0.9")));
    }

    [Theory]
    [InlineData(null), InlineData("10.1.2.3"), InlineData("192.168.0.0/16")]
    public async Task Forwarded_headers_of_anybody_else_are_not_believed(string? trusted)
    {
        await using var server = trusted is null ? new RunningServer(folder.Path) : new RunningServer(folder.Path, ("Proxy:Trusted:0", trusted));

        Assert.Equal("/v1/none", await InstanceAsync(server, "/v1/none", ("X-Forwarded-Prefix", "/outer"), ("X-Forwarded-For", "10.0.0.9")));
    }

    [Theory]
    [InlineData("Proxy:Trusted:0", "proxy.example", "Trusted has 'proxy.example'; it must be a network such as 10.0.0.0/8 or an address.")]
    [InlineData("Proxy:PathBase", "rnn/", "PathBase must be empty or begin with '/' and not end with it.")]
    [InlineData("Browsers:Origins:0", "https://a.example/page", "Origins has 'https://a.example/page'; it must be '*' or scheme, host and port")]
    [InlineData("Browsers:Origins:0", "a.example", "Origins has 'a.example'; it must be '*' or scheme, host and port")]
    public async Task A_wrong_setting_stops_the_start_in_one_line(string key, string value, string message)
    {
        using var server = new ServerProcess($"--{key}", value);
        var (code, lines) = await server.ExitAsync();

        Assert.Equal(1, code);
        Assert.Contains(message, Assert.Single(lines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/models"), InlineData("/health/live"), InlineData("/openapi/v1.json"), InlineData("/swagger/index.html")]
    [InlineData("/v1/models/none"), InlineData("/v1/translate"), InlineData("/nowhere")]
    public async Task HEAD_gives_the_status_and_headers_of_GET_without_a_body(string path)
    {
        await using var server = new RunningServer(folder.Path);
        using var get = await server.Client.GetAsync(path);
        using var head = await server.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));

        Assert.Equal(get.StatusCode, head.StatusCode);
        Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
        Assert.Equal(get.Content.Headers.Allow, head.Content.Headers.Allow);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
        Assert.NotEmpty(await get.Content.ReadAsByteArrayAsync());
    }

    private static async Task<string?> InstanceAsync(RunningServer server, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        using var response = await server.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        return System.Text.Json.JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("instance").GetString();
    }
}
