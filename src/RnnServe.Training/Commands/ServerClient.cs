using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RnnServe.Training.Commands;

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
        Uri.TryCreate(server.TrimEnd('/') + "/", UriKind.Absolute, out var address) && address.Scheme.StartsWith("http", StringComparison.Ordinal)
            ? new ServerClient(new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromMinutes(10) })
            : throw new UserException($"--server is '{server}'; it must be an address such as http://localhost:8080.");

    /// <summary>Posts a body and reads the answer.</summary>
    /// <param name="route">Relative to the server, with its query.</param>
    /// <param name="body">Makes the body, anew for every attempt.</param>
    /// <param name="items">Answers that must be in it.</param>
    /// <param name="list">The answers in it.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="UserException">The server refuses; the message is its own.</exception>
    public async Task<IReadOnlyList<TItem>> PostAsync<TAnswer, TItem>(
        string route, Func<HttpContent> body, int items, Func<TAnswer, IReadOnlyList<TItem>?> list, CancellationToken cancellation)
        where TAnswer : class
    {
        for (int attempt = 1; ; attempt++)
        {
            using var content = body();
            using var response = await client.PostAsync(new Uri(route, UriKind.Relative), content, cancellation);
            bool busy = response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable;
            if (busy && attempt < MaxAttempts)
            {
                await Task.Delay(response.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1), cancellation);
                continue;
            }

            if (!response.IsSuccessStatusCode)
                throw new UserException($"{client.BaseAddress} answered {(int)response.StatusCode}: {await ReasonAsync(response, cancellation)}");

            var answer = await response.Content.ReadFromJsonAsync<TAnswer>(Json, cancellation);
            var found = answer is null ? null : list(answer);
            return found?.Count == items
                ? found
                : throw new UserException($"{client.BaseAddress} gave {found?.Count ?? 0} answers instead of {items}.");
        }
    }

    public void Dispose() => client.Dispose();

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
