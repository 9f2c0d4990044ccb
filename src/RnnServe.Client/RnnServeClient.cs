using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace RnnServe.Client;

/// <summary>Asks an RnnServe server. Safe to use from several threads at once.</summary>
/// <param name="http">Its base address is the server's and ends in '/'.</param>
/// <remarks>Every method throws <see cref="RnnServeException"/> where the server refuses, <see cref="HttpRequestException"/> where it
/// cannot be reached, <see cref="IOException"/> where a stream breaks off, and <see cref="OperationCanceledException"/> where the caller
/// cancels, which ends the work on the server, or after the timeout of <paramref name="http"/>; of a stream, after so long without a part.
/// An image is a JPEG, PNG, WebP or GIF file.</remarks>
public sealed class RnnServeClient(HttpClient http)
{
    /// <summary>Translates texts.</summary>
    public Task<TranslateResponse> TranslateAsync(TranslateRequest request, CancellationToken cancellation = default) =>
        SendAsync(Post("v1/translate", request, ClientJson.Default.TranslateRequest), ClientJson.Default.TranslateResponse, cancellation);

    /// <summary>Translates one text, piece by piece. Leaving the enumeration ends the work on the server.</summary>
    public IAsyncEnumerable<StreamPart<TranslateResponse>> TranslateStreamAsync(
        TranslateRequest request, CancellationToken cancellation = default) => StreamAsync(
        () => Post("v1/translate", request, ClientJson.Default.TranslateRequest), ClientJson.Default.TranslateResponse, cancellation);

    /// <summary>Captions an image.</summary>
    public Task<CaptionResponse> CaptionAsync(
        ReadOnlyMemory<byte> image, CaptionOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync(Post(image, options), ClientJson.Default.CaptionResponse, cancellation);

    /// <summary>Captions 1 to 32 images (the server may allow up to 256) at once.</summary>
    public Task<CaptionResponse> CaptionAsync(
        IEnumerable<ReadOnlyMemory<byte>> images, CaptionOptions? options = null, CancellationToken cancellation = default)
    {
        var form = new MultipartFormDataContent();
        foreach (var image in images)
            form.Add(new ReadOnlyMemoryContent(image), "image", "image");
        return SendAsync(Post(form, options), ClientJson.Default.CaptionResponse, cancellation);
    }

    /// <summary>Captions an image, piece by piece. Leaving the enumeration ends the work on the server.</summary>
    public IAsyncEnumerable<StreamPart<CaptionResponse>> CaptionStreamAsync(
        ReadOnlyMemory<byte> image, CaptionOptions? options = null, CancellationToken cancellation = default) =>
        StreamAsync(() => Post(image, options), ClientJson.Default.CaptionResponse, cancellation);

    /// <summary>Finds the labels of texts.</summary>
    public Task<ClassifyResponse> ClassifyAsync(ClassifyRequest request, CancellationToken cancellation = default) =>
        SendAsync(Post("v1/classify", request, ClientJson.Default.ClassifyRequest), ClientJson.Default.ClassifyResponse, cancellation);

    /// <summary>Finds the languages of texts.</summary>
    public Task<DetectResponse> DetectAsync(DetectRequest request, CancellationToken cancellation = default) =>
        SendAsync(Post("v1/detect", request, ClientJson.Default.DetectRequest), ClientJson.Default.DetectResponse, cancellation);

    /// <summary>All models of the server, sorted by name.</summary>
    public async Task<IReadOnlyList<ModelInfo>> ModelsAsync(CancellationToken cancellation = default) =>
        (await SendAsync(new(HttpMethod.Get, "v1/models"), ClientJson.Default.ModelList, cancellation).ConfigureAwait(false)).Models;

    /// <summary>One model; one that there is not is refused (404).</summary>
    public Task<ModelInfo> ModelAsync(string name, CancellationToken cancellation = default) =>
        SendAsync(new(HttpMethod.Get, $"v1/models/{Uri.EscapeDataString(name)}"), ClientJson.Default.ModelInfo, cancellation);

    /// <summary>Whether every model serves now.</summary>
    public async Task<bool> ReadyAsync(CancellationToken cancellation = default)
    {
        using var response = await http.GetAsync("health/ready", cancellation).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.ServiceUnavailable)
            await CheckAsync(response, cancellation).ConfigureAwait(false);
        return response.IsSuccessStatusCode;
    }

    // Bodies are in memory, so that a request can be sent again.
    private static HttpRequestMessage Post<T>(string route, T body, JsonTypeInfo<T> type)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, type));
        content.Headers.ContentType = new("application/json");
        return new(HttpMethod.Post, route) { Content = content };
    }

    private static HttpRequestMessage Post(ReadOnlyMemory<byte> image, CaptionOptions? options)
    {
        var content = new ReadOnlyMemoryContent(image);
        content.Headers.ContentType = new("application/octet-stream");      // the server looks at the first bytes
        return Post(content, options);
    }

    private static HttpRequestMessage Post(HttpContent images, CaptionOptions? options)
    {
        // An address has no place for an object without fields: the default of one of them says that it is there.
        if (options?.Sampling == new Sampling())
            options = options with { Sampling = new(Temperature: 1) };
        var fields = Fields(JsonSerializer.SerializeToElement(options ?? new(), ClientJson.Default.CaptionOptions), "");
        var request = new HttpRequestMessage(HttpMethod.Post, $"v1/caption?{string.Join('&', fields)}") { Content = images };
        request.Headers.ExpectContinue = true;      // what is refused is refused before megabytes are sent
        return request;

        // Fields of an object have its name before them, as in sampling.topK.
        static IEnumerable<string> Fields(JsonElement value, string name) => value.ValueKind switch
        {
            JsonValueKind.Object => value.EnumerateObject()
                .SelectMany(field => Fields(field.Value, name.Length > 0 ? $"{name}.{field.Name}" : field.Name)),
            JsonValueKind.Array => value.EnumerateArray().SelectMany(item => Fields(item, name)),
            _ => [$"{name}={Uri.EscapeDataString(value.ToString())}"],
        };
    }

    private async Task<T> SendAsync<T>(HttpRequestMessage request, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        using var sent = request;
        using var response = await http.SendAsync(request, cancellation).ConfigureAwait(false);
        await CheckAsync(response, cancellation).ConfigureAwait(false);
        return (await response.Content.ReadFromJsonAsync(type, cancellation).ConfigureAwait(false))!;
    }

    /// <summary>Tried again are only requests that are refused: what has begun to come is never asked for twice.</summary>
    private async IAsyncEnumerable<StreamPart<T>> StreamAsync<T>(
        Func<HttpRequestMessage> ask, JsonTypeInfo<T> type, [EnumeratorCancellation] CancellationToken cancellation) where T : class
    {
        using var request = ask();
        request.Headers.Accept.Add(new("text/event-stream"));
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
        // The client's own timeout ends with the headers: a stream may take long, but not stand still, nor may a refusal. What the caller
        // does with a part is no standstill.
        using var stalled = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        stalled.CancelAfter(http.Timeout);
        await CheckAsync(response, stalled.Token).ConfigureAwait(false);
        var events = await response.Content.ReadAsStreamAsync(stalled.Token).ConfigureAwait(false);
        T? result = null;
        await foreach (var item in SseParser.Create(events).EnumerateAsync(stalled.Token).ConfigureAwait(false))
        {
            stalled.CancelAfter(Timeout.InfiniteTimeSpan);
            if (item.EventType == "problem")
                throw new RnnServeException(JsonSerializer.Deserialize(item.Data, ClientJson.Default.Problem)!);
            if (item.EventType == "token")
                yield return new(JsonSerializer.Deserialize(item.Data, ClientJson.Default.Piece)!.Text, null);
            else if (item.EventType == "result")
                result = JsonSerializer.Deserialize(item.Data, type);
            stalled.CancelAfter(http.Timeout);
        }

        // Only a stream that was read to its end leaves its connection to the next request.
        yield return new(null, result ?? throw new HttpIOException(HttpRequestError.ResponseEnded, "The stream ended without a result."));
    }

    private static async Task CheckAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (!response.IsSuccessStatusCode)
            throw await RnnServeException.OfAsync(response, cancellation).ConfigureAwait(false);
    }
}
