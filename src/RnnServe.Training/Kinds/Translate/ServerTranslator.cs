using System.Net.Http.Json;
using RnnServe.Training.Evaluation;

namespace RnnServe.Training.Kinds.Translate;

/// <summary>Translates through a running server's POST /v1/translate.</summary>
/// <param name="server">The server; disposed with this.</param>
/// <param name="model">Name of a model; null when the server has only one.</param>
/// <param name="search">The search's settings.</param>
internal sealed class ServerTranslator(ServerClient server, string? model, SearchSettings search) : IAnswerer
{
    /// <exception cref="ServerRefusalException">The server refuses; the message is its own.</exception>
    public Task<IReadOnlyList<string>> AnswerAsync(IReadOnlyList<string> texts, CancellationToken cancellation) =>
        ServerClient.InHalvesAsync(texts, some => PostAsync(some, cancellation));

    /// <summary>Posts texts; one that is too much for the server by itself is cut, and the translations of its parts are joined.</summary>
    private async Task<IReadOnlyList<string>> PostAsync(IReadOnlyList<string> texts, CancellationToken cancellation)
    {
        var request = new Request(texts, model, search.BeamSize, search.LengthPenalty);
        try
        {
            var translations = await server.PostAsync<Response, ResponseText>(
                "v1/translate",
                () => JsonContent.Create(request, options: ServerClient.Json),
                texts.Count,
                answer => answer.Translations,
                cancellation);
            return [.. translations.Select(t => t.Text)];
        }
        catch (ServerRefusalException refusal) when (refusal.IsOfSize && texts is [var text] && text.Trim().Length > 2)
        {
            var (first, space, second) = TextHalves.Of(text.Trim());
            return [$"{(await PostAsync([first], cancellation))[0]}{space}{(await PostAsync([second], cancellation))[0]}"];
        }
    }

    public ValueTask DisposeAsync()
    {
        server.Dispose();
        return ValueTask.CompletedTask;
    }

    private sealed record Request(IReadOnlyList<string> Text, string? Model, int? BeamSize, float? LengthPenalty);

    private sealed record Response(IReadOnlyList<ResponseText>? Translations);

    private sealed record ResponseText(string Text);
}
