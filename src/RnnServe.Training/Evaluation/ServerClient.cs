using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RnnServe.Training.Evaluation;

/// <summary>Calls a running server: waits while it is busy, and passes on what it refuses.</summary>
/// <param name="client">Its base address is the server; disposed with this.</param>
internal sealed class ServerClient(HttpClient client) : IDisposable
{
    private const int MaxAttempts = 20;

    /// <summary>As the server reads and writes; what is null is left out.</summary>
    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Connects to an address that a user gave.</summary>
    /// <exception cref="UserException">It is none.</exception>
    public static ServerClient Of(string server) =>
        Uri.TryCreate(server.TrimEnd('/') + "/", UriKind.Absolute, out var address)
            && address.Scheme.StartsWith("http", StringComparison.Ordinal)
            ? new ServerClient(new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromMinutes(10) })
            : throw new UserException($"--server is '{server}'; it must be an address such as http://localhost:8080.");

    /// <summary>Sends inputs together; what is too much for the server at a time is sent in halves.</summary>
    /// <param name="inputs">What there must be an answer to, each.</param>
    /// <param name="send">Sends some of them.</param>
    /// <exception cref="ServerRefusalException">The server refuses, also a single input.</exception>
    public static async Task<IReadOnlyList<TItem>> InHalvesAsync<TInput, TItem>(
        IReadOnlyList<TInput> inputs, Func<IReadOnlyList<TInput>, Task<IReadOnlyList<TItem>>> send)
    {
        try
        {
            return await send(inputs);
        }
        catch (ServerRefusalException refusal) when (refusal.IsOfNumber && inputs.Count > 1)
        {
            int half = inputs.Count / 2;
            return [.. await InHalvesAsync([.. inputs.Take(half)], send), .. await InHalvesAsync([.. inputs.Skip(half)], send)];
        }
    }

    /// <summary>Posts a body and reads the answer.</summary>
    /// <param name="route">Relative to the server, with its query.</param>
    /// <param name="body">Makes the body, anew for every attempt.</param>
    /// <param name="items">Answers that must be in it.</param>
    /// <param name="list">The answers in it.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="ServerRefusalException">The server refuses; the message is its own.</exception>
    public async Task<IReadOnlyList<TItem>> PostAsync<TAnswer, TItem>(
        string route, Func<HttpContent> body, int items, Func<TAnswer, IReadOnlyList<TItem>?> list, CancellationToken cancellation)
        where TAnswer : class
    {
        for (int attempt = 1; ; attempt++)
        {
            using var content = body();
            using var response = await SendAsync(route, content, cancellation);
            bool busy = response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable;
            if (busy && attempt < MaxAttempts)
            {
                await Task.Delay(response.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1), cancellation);
                continue;
            }

            if (!response.IsSuccessStatusCode)
            {
                string reason = await ReasonAsync(response, cancellation);
                throw new ServerRefusalException(response.StatusCode, $"{client.BaseAddress} answered {(int)response.StatusCode}: "
                    + $"{reason}");
            }

            var answer = await AnswerAsync<TAnswer>(response, cancellation);
            var found = answer is null ? null : list(answer);
            return found?.Count == items
                ? found
                : throw new UserException($"{client.BaseAddress} gave {found?.Count ?? 0} answers instead of {items}.");
        }
    }

    public void Dispose() => client.Dispose();

    private async Task<HttpResponseMessage> SendAsync(string route, HttpContent content, CancellationToken cancellation)
    {
        try
        {
            return await client.PostAsync(new Uri(route, UriKind.Relative), content, cancellation);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new ServerRefusalException(
                HttpStatusCode.GatewayTimeout, $"{client.BaseAddress} gave no answer within {client.Timeout.TotalMinutes:F0} minutes.");
        }
    }

    private async Task<TAnswer?> AnswerAsync<TAnswer>(HttpResponseMessage response, CancellationToken cancellation)
    {
        try
        {
            return await response.Content.ReadFromJsonAsync<TAnswer>(Json, cancellation);
        }
        catch (JsonException error)
        {
            throw new UserException($"{client.BaseAddress} gave an answer that is not RnnServe's: {error.Message}", error);
        }
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

    private sealed record Problem(string? Title, string? Detail, Dictionary<string, string[]>? Errors);
}
