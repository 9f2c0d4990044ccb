using System.Diagnostics;
using System.Text.Json;

namespace RnnServe.Tests.Server;

/// <summary>The model "tiny" of a running server, as a caller and its operator see it.</summary>
internal sealed class ServedModel(HttpClient client)
{
    /// <summary>A request that says nothing of versions.</summary>
    public const string Body = """{ "text": ["a bad cab.", "abc"], "model": "tiny" }""";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static ServedModel Of(RunningServer server) => new(server.Client);

    public Task<HttpResponseMessage> ReloadAsync(string query = "") => client.PostAsync($"/v1/models/tiny/reload{query}", null);

    public Task<HttpResponseMessage> UnloadAsync() => client.PostAsync("/v1/models/tiny/unload", null);

    public Task<HttpResponseMessage> AskAsync(string body = Body) => client.PostAsync("/v1/translate", RunningServer.Json(body));

    /// <summary>The version that answers, with its texts.</summary>
    public async Task<(string Version, string Texts)> AnswerAsync()
    {
        var answer = await RunningServer.OkAsync(await AskAsync());
        var texts = answer.GetProperty("translations").EnumerateArray().Select(one => one.GetProperty("text").GetString());
        return (answer.GetProperty("version").GetString()!, string.Join('|', texts));
    }

    public async Task<JsonElement> StateAsync() => await RunningServer.OkAsync(await client.GetAsync("/v1/models/tiny"));

    public async Task<string?> ReasonAsync() =>
        (await StateAsync()).TryGetProperty("reason", out var reason) ? reason.GetString() : null;

    public async Task<bool> IsReadyAsync() => (await client.GetAsync("/health/ready")).IsSuccessStatusCode;

    /// <summary>Waits until GET /v1/models/tiny answers what is wanted.</summary>
    public async Task<JsonElement> UntilAsync(Predicate<JsonElement> wanted)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var response = await client.GetAsync("/v1/models/tiny");
            string text = await response.Content.ReadAsStringAsync();
            var state = JsonDocument.Parse(text).RootElement;
            if (response.IsSuccessStatusCode && wanted(state))
                return state;
            Assert.True(clock.Elapsed < Patience, $"It is still {text}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }
}
