using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;

namespace RnnServe.Benchmarks;

/// <summary>What is sent over and over.</summary>
internal sealed record HttpRequests(HttpClient Client, IReadOnlyList<HttpRequests.Body> Bodies)
{
    /// <summary>A client that opens as many connections as there are requests under way, and keeps them.</summary>
    public static HttpClient Connect(string server) =>
        new(new SocketsHttpHandler { UseCookies = false, MaxConnectionsPerServer = 4096 })
        {
            BaseAddress = new Uri(server),
            Timeout = TimeSpan.FromMinutes(5),
        };

    /// <summary>Requests for translations.</summary>
    /// <param name="client">Of the server.</param>
    /// <param name="texts">The texts of each request.</param>
    /// <param name="model">Null: the server's only one.</param>
    /// <param name="beam">Hypotheses kept.</param>
    public static HttpRequests Texts(HttpClient client, IEnumerable<string[]> texts, string? model, int beam) => new(
        client,
        [.. texts.Select(some => new Body(
            "/v1/translate",
            "application/json",
            JsonSerializer.SerializeToUtf8Bytes(model is null
                ? new { text = some, beamSize = beam }
                : (object)new { text = some, beamSize = beam, model })))]);

    /// <summary>Requests for captions of a folder's photos.</summary>
    public static HttpRequests Photos(HttpClient client, DirectoryInfo folder, string? model, int beam)
    {
        string query = string.Create(CultureInfo.InvariantCulture, $"/v1/caption?beamSize={beam}{(model is null ? "" : $"&model={model}")}");
        var files = folder.EnumerateFiles("*.jpg").OrderBy(file => file.Name, StringComparer.Ordinal);
        return new(client, [.. files.Select(file => new Body(query, "image/jpeg", File.ReadAllBytes(file.FullName)))]);
    }

    /// <summary>Sends one of them and reads the answer.</summary>
    public async Task<int> AskAsync(int number, CancellationToken stop) => (await AnswerAsync(number, stop)).Status;

    /// <summary>Sends one of them and gives the answer; its status is <see cref="Load.NoAnswer"/> where there is none.</summary>
    public async Task<(int Status, byte[] Body)> AnswerAsync(int number, CancellationToken stop)
    {
        var body = Bodies[number % Bodies.Count];
        try
        {
            using var content = new ByteArrayContent(body.Content);
            content.Headers.ContentType = new MediaTypeHeaderValue(body.Type);
            using var response = await Client.PostAsync(new Uri(body.Path, UriKind.Relative), content, stop);
            return ((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(stop));
        }
        catch (HttpRequestException)
        {
            // Counted as no answer: the load goes on.
            return (Load.NoAnswer, []);
        }
    }

    internal sealed record Body(string Path, string Type, byte[] Content);
}
