using System.Net.Http.Headers;
using RnnServe.Server.Keys;
using RnnServe.Tests.Bundles;

namespace RnnServe.Tests.Server.Keys;

/// <summary>A file of keys of a test's own, and the keys; deleted in the end.</summary>
internal sealed class KeyRing : IDisposable
{
    private readonly TemporaryFolder folder = new();

    /// <summary>An entry that has no key yet.</summary>
    public static KeyEntry Empty => new() { Id = "", Name = "test", Salt = [], Hash = [], Scopes = [], Created = DateTimeOffset.UtcNow };

    public KeyRing() => KeyFile.Change(Path, _ => { });

    public string Path => System.IO.Path.Combine(folder.Path, "keys.json");

    /// <summary>The setting that names the file.</summary>
    public (string Key, string Value) Setting => ("Keys:File", Path);

    /// <summary>A new key for some scopes.</summary>
    public string Add(params string[] scopes) => Add(null, scopes);

    /// <summary>A new key with quotas.</summary>
    public string Add(KeyQuotas? quotas, params string[] scopes) => Add(entry => entry with { Quotas = quotas, Scopes = scopes });

    /// <summary>A new key of any kind.</summary>
    public string Add(Func<KeyEntry, KeyEntry> shape)
    {
        var (text, entry) = KeyText.Create(shape(Empty));
        KeyFile.Change(Path, keys => keys.Add(entry));
        return text;
    }

    /// <summary>The identifier in a key.</summary>
    public static string IdOf(string key) => key.Split('_')[1];

    public void Revoke(string key) => KeyFile.Change(Path, keys => keys.RemoveAll(entry => entry.Id == IdOf(key)));

    public void Dispose() => folder.Dispose();
}

internal static class KeyRequests
{
    /// <summary>Sends a request with a key.</summary>
    public static async Task<HttpResponseMessage> SendAsync(
        this HttpClient client, string? key, HttpMethod method, string path, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return await client.SendAsync(request);
    }

    public static Task<HttpResponseMessage> GetAsync(this HttpClient client, string? key, string path) =>
        client.SendAsync(key, HttpMethod.Get, path);

    public static Task<HttpResponseMessage> PostAsync(this HttpClient client, string? key, string path, string json) =>
        client.SendAsync(key, HttpMethod.Post, path, RunningServer.Json(json));

    public static Task<HttpResponseMessage> PostAsync(this HttpClient client, string? key, string path, byte[] image) =>
        client.SendAsync(key, HttpMethod.Post, path, new ByteArrayContent(image));
}
