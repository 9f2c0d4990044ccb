using System.Collections.Concurrent;
using System.Text.Json;

namespace RnnServe.Benchmarks;

/// <summary>Asks, and holds every answer against the first one to the same request: the same texts, whatever else is under way.</summary>
internal sealed class RecordedAnswers(HttpRequests requests)
{
    private readonly ConcurrentDictionary<int, string> recorded = [];

    /// <summary>Sends a request.</summary>
    /// <returns>Its status, or <see cref="Load.OtherAnswer"/>.</returns>
    public async Task<int> AskAsync(int number, CancellationToken stop)
    {
        var (status, body) = await requests.AnswerAsync(number, stop);
        if (status != Load.Answered)
            return status;
        string texts = Texts(body);
        return recorded.GetOrAdd(number % requests.Bodies.Count, texts) == texts ? status : Load.OtherAnswer;
    }

    private static string Texts(byte[] body)
    {
        using var answer = JsonDocument.Parse(body);
        var root = answer.RootElement;
        var items = root.TryGetProperty("translations", out var translations) ? translations : root.GetProperty("captions");
        return string.Join('\n', items.EnumerateArray().Select(item => item.GetProperty("text").GetString()));
    }
}
