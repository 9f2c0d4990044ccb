using System.Text.Json;

namespace RnnServe.Tests.Server.Doors;

/// <summary>Runs public clients from npm, unmodified, against a server.</summary>
internal static class NodeClients
{
    private static readonly NodeFolder Folder = new("door-clients", "tests", "RnnServe.Tests", "Server", "Doors", "clients");

    /// <summary>Makes calls one after the other.</summary>
    /// <param name="client">The client's program, without its ending.</param>
    /// <param name="server">Whom to ask.</param>
    /// <param name="calls">Each one the name of an operation and its values.</param>
    /// <returns>Of each call "value", or "error" (the class) and "message".</returns>
    public static IReadOnlyList<JsonElement> Ask(string client, RunningServer server, params object?[][] calls) =>
        AskWithKey(client, server, key: null, calls);

    /// <summary>Makes calls with a key; null: as the client does without one.</summary>
    public static IReadOnlyList<JsonElement> AskWithKey(string client, RunningServer server, string? key, params object?[][] calls)
    {
        var input = new { url = server.Url.ToString().TrimEnd('/'), key, calls };
        string output = Folder.Run(client + ".mjs", JsonSerializer.Serialize(input));
        return [.. JsonDocument.Parse(output).RootElement.EnumerateArray()];
    }

    /// <summary>What a call gave, which must not have failed.</summary>
    public static JsonElement Value(JsonElement outcome)
    {
        Assert.True(outcome.TryGetProperty("value", out var value), outcome.GetRawText());
        return value;
    }

    /// <summary>Checks how a call failed.</summary>
    public static void AssertFailed(JsonElement outcome, string error, params ReadOnlySpan<string> parts)
    {
        Assert.True(outcome.TryGetProperty("error", out var found), outcome.GetRawText());
        Assert.Equal(error, found.GetString());
        foreach (string part in parts)
            Assert.Contains(part, outcome.GetProperty("message").GetString(), StringComparison.Ordinal);
    }
}
