using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace RnnServe.Training.Commands;

/// <summary>Translates through a running server's POST /v1/translate.</summary>
internal sealed class ServerTranslator : ITextTranslator
{
    private const int MaxAttempts = 20;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly HttpClient client;
    private readonly string? model;
    private readonly SearchSettings search;

    /// <param name="client">Its base address is the server; disposed with this.</param>
    /// <param name="model">Name of a model; null when the server has only one.</param>
    /// <param name="search">The search's settings.</param>
    public ServerTranslator(HttpClient client, string? model, SearchSettings search) => (this.client, this.model, this.search) = (client, model, search);

    /// <exception cref="UserException">The server refuses; the message is its own.</exception>
    public async Task<IReadOnlyList<string>> TranslateAsync(IReadOnlyList<string> texts, CancellationToken cancellation)
    {
        var request = new Request(texts, model, search.BeamSize, search.LengthPenalty);
        for (int attempt = 1; ; attempt++)
        {
            using var response = await client.PostAsJsonAsync("v1/translate", request, Json, cancellation);
            bool busy = response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable;
            if (busy && attempt < MaxAttempts)
            {
                await Task.Delay(response.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1), cancellation);
                continue;
            }

            if (!response.IsSuccessStatusCode)
                throw new UserException($"{client.BaseAddress} answered {(int)response.StatusCode}: {await ReasonAsync(response, cancellation)}");

            var answer = await response.Content.ReadFromJsonAsync<Response>(Json, cancellation);
            if (answer?.Translations?.Count != texts.Count)
                throw new UserException($"{client.BaseAddress} answered {answer?.Translations?.Count ?? 0} translations to {texts.Count} texts.");
            return [.. answer.Translations.Select(t => t.Text)];
        }
    }

    public ValueTask DisposeAsync()
    {
        client.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async Task<string> ReasonAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        try
        {
            var problem = await response.Content.ReadFromJsonAsync<Problem>(Json, cancellation);
            string fields = string.Join(" ", problem?.Errors?.SelectMany(e => e.Value) ?? []);
            return string.Join(" ", new[] { problem?.Detail ?? problem?.Title, fields }.Where(text => !string.IsNullOrEmpty(text)));
        }
        catch (JsonException)
        {
            return response.ReasonPhrase ?? "";
        }
    }

    private sealed record Request(IReadOnlyList<string> Text, string? Model, int? BeamSize, float? LengthPenalty);

    private sealed record Response(IReadOnlyList<ResponseText>? Translations);

    private sealed record ResponseText(string Text);

    private sealed record Problem(string? Title, string? Detail, Dictionary<string, string[]>? Errors);
}
