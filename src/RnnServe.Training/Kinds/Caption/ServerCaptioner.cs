using System.Globalization;
using RnnServe.Training.Evaluation;

namespace RnnServe.Training.Kinds.Caption;

/// <summary>Captions through a running server's POST /v1/caption.</summary>
/// <param name="server">The server; disposed with this.</param>
/// <param name="model">Name of a model; null when the server has only one.</param>
/// <param name="search">The search's settings.</param>
internal sealed class ServerCaptioner(ServerClient server, string? model, SearchSettings search) : IAnswerer
{
    private readonly string route = "v1/caption" + Query(
        ("model", model),
        ("beamSize", search.BeamSize?.ToString(CultureInfo.InvariantCulture)),
        ("lengthPenalty", search.LengthPenalty?.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Within what a server accepts at a time by default, unless photos are very large: then they go in halves.</summary>
    public const int PhotosPerCall = 8;

    /// <exception cref="ServerRefusalException">The server refuses; the message is its own.</exception>
    public Task<IReadOnlyList<string>> AnswerAsync(IReadOnlyList<string> paths, CancellationToken cancellation) =>
        ServerClient.InHalvesAsync(paths, some => PostAsync(some, cancellation));

    private async Task<IReadOnlyList<string>> PostAsync(IReadOnlyList<string> paths, CancellationToken cancellation)
    {
        byte[][] files = [.. paths.Select(File.ReadAllBytes)];
        var captions = await server.PostAsync<Response, ResponseText>(
            route, () => Form(files), files.Length, answer => answer.Captions, cancellation);
        return [.. captions.Select(c => c.Text)];
    }

    public ValueTask DisposeAsync()
    {
        server.Dispose();
        return ValueTask.CompletedTask;
    }

    private static MultipartFormDataContent Form(byte[][] files)
    {
        var form = new MultipartFormDataContent();
        foreach (byte[] file in files)
            form.Add(new ByteArrayContent(file), "image", "image");
        return form;
    }

    private static string Query(params IEnumerable<(string Name, string? Value)> options)
    {
        string query = string.Join('&', options.Where(o => o.Value is not null).Select(o => $"{o.Name}={Uri.EscapeDataString(o.Value!)}"));
        return query.Length > 0 ? $"?{query}" : "";
    }

    private sealed record Response(IReadOnlyList<ResponseText>? Captions);

    private sealed record ResponseText(string Text);
}
