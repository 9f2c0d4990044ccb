using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http.Features;

namespace RnnServe.Server.Http;

/// <summary>Reads a JSON body and says precisely what is wrong with it.</summary>
internal static class JsonBody
{
    /// <exception cref="ApiException">413, 415, or 400 with the place and the field.</exception>
    public static async Task<T> ReadAsync<T>(HttpContext http, JsonTypeInfo<T> type, CancellationToken cancellation) where T : class
    {
        if (!http.Request.HasJsonContentType())
            throw Unsupported(http.Request.ContentType);

        return Parse(await ReadBytesAsync(http.Request, cancellation), type);
    }

    /// <summary>Reads JSON that is a body or was made of one.</summary>
    /// <exception cref="ApiException">400 with the place and the field.</exception>
    public static T Parse<T>(ReadOnlyMemory<byte> body, JsonTypeInfo<T> type) where T : class
    {
        if (!Utf8.IsValid(body.Span))
            throw Malformed($"The body is not valid UTF-8 (byte {FirstInvalidByte(body.Span)}).");

        try
        {
            return JsonSerializer.Deserialize(body.Span, type) ?? throw Malformed("The body is null, but must be a JSON object.");
        }
        catch (JsonException e)
        {
            throw Explain(e, body, type);
        }
    }

    /// <exception cref="ApiException">413: the body is larger than the server takes.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadBytesAsync(HttpRequest request, CancellationToken cancellation)
    {
        try
        {
            var body = new MemoryStream(capacity: (int)Math.Min(request.ContentLength ?? 0, 65_536));
            await request.Body.CopyToAsync(body, cancellation);
            return body.GetBuffer().AsMemory(0, (int)body.Length);
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            long? limit = request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize;
            throw new ApiException(e.StatusCode, $"The body is larger than {limit} bytes.");
        }
    }

    private static int FirstInvalidByte(ReadOnlySpan<byte> bytes)
    {
        int valid = 0;
        while (valid < bytes.Length && System.Text.Rune.DecodeFromUtf8(bytes[valid..], out _, out int length) == OperationStatus.Done)
            valid += length;

        return valid;
    }

    /// <summary>Malformed JSON has a place; a value of the wrong type has a field.</summary>
    private static ApiException Explain(JsonException e, ReadOnlyMemory<byte> body, JsonTypeInfo type)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(body, new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (JsonException malformed)
        {
            return Malformed($"The body is not valid JSON: {Place(malformed)}{Reason(malformed)}");
        }
        catch (InvalidOperationException)     // the reader's way to refuse half a surrogate pair in a field's name
        {
            return Malformed("The body has a field whose name is not valid Unicode.");
        }

        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return Malformed($"The body is {Shown(document.RootElement)}, but must be a JSON object.");

            var field = type.Properties.FirstOrDefault(p => !p.IsExtensionData && IsPathOf(p.Name, e.Path));
            if (field is null || !document.RootElement.TryGetProperty(field.Name, out var value))
                return Malformed("The body does not have the form that this route expects.");

            return ApiException.ForField(field.Name, Refusals.Wording(field.Name, Shown(value), Allowed(field)));
        }
    }

    private static bool IsPathOf(string field, string? path) =>
        path is not null && path.StartsWith("$." + field, StringComparison.Ordinal)
        && (path.Length == field.Length + 2 || path[field.Length + 2] is '[' or '.');

    private static string Allowed(JsonPropertyInfo field) =>
        Refusals.Allowed(field)
        ?? (field.PropertyType == typeof(Texts) ? "a string or an array of strings, in valid Unicode" : "of another type");

    private static ApiException Malformed(string message) => new(StatusCodes.Status400BadRequest, message);

    private static ApiException Unsupported(string? type) =>
        new(StatusCodes.Status415UnsupportedMediaType, ProblemTitles.ContentType(type, "application/json"));

    /// <summary>The value as it was sent, and short.</summary>
    private static string Shown(JsonElement value) => Refusals.Shorten(value.GetRawText());

    private static string Place(JsonException e) => e.LineNumber is { } line ? $"line {line + 1}, byte {e.BytePositionInLine + 1}: " : "";

    /// <summary>The reader's own words without the place that it appends, which counts from zero.</summary>
    private static string Reason(JsonException e)
    {
        int place = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return place < 0 ? e.Message : e.Message[..place];
    }
}
