using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Net.Http.Headers;
using RnnServe.Server.Http;

namespace RnnServe.Server.Doors;

/// <summary>Reads a request that is JSON or a form: both are read into the same type, and so checked alike.</summary>
internal static class DoorBody
{
    public const string Json = "application/json", Form = "application/x-www-form-urlencoded";

    /// <summary>More fields than any request has besides its texts.</summary>
    private const int MostFields = 64;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="http">The request.</param>
    /// <param name="type">What its body is.</param>
    /// <param name="repeated">The field that a form may have several times.</param>
    /// <param name="most">How often at most.</param>
    /// <exception cref="ApiException">400, 413 or 415.</exception>
    public static async Task<T> ReadAsync<T>(HttpContext http, JsonTypeInfo<T> type, string repeated, int most) where T : class
    {
        if (!IsForm(http.Request.ContentType))
            return await JsonBody.ReadAsync(http, type, http.RequestAborted);
        var body = await JsonBody.ReadBytesAsync(http.Request, http.RequestAborted);
        return JsonBody.Parse(Encoding.UTF8.GetBytes(Fields(body.Span, repeated, most).ToJsonString()), type);
    }

    private static bool IsForm(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type) && type.MediaType.Equals(Form, StringComparison.OrdinalIgnoreCase);

    private static JsonObject Fields(ReadOnlySpan<byte> body, string repeated, int most)
    {
        var fields = new JsonObject();
        var items = new JsonArray();
        foreach (var range in body.Split((byte)'&'))
        {
            var pair = body[range];
            if (pair.IsEmpty)
                continue;
            int equals = pair.IndexOf((byte)'=');
            string name = Text(equals < 0 ? pair : pair[..equals], "a field's name");
            string value = equals < 0 ? "" : Text(pair[(equals + 1)..], Refusals.Shorten(name));
            if (name == repeated && items.Count > most)
                continue;       // one too many is enough to be refused
            if (name == repeated)
                items.Add(JsonValue.Create(value));
            else if (fields.Count == MostFields)
                throw Malformed($"The form has more than {MostFields} fields.");
            else if (!fields.TryAdd(name, value))
                throw ApiException.ForField(Refusals.Shorten(name), $"{Refusals.Shorten(name)} is given more than once.");
        }

        if (items.Count > 0)
            fields[repeated] = items.Count == 1 ? items[0]!.DeepClone() : items;
        return fields;
    }

    private static string Text(ReadOnlySpan<byte> encoded, string place)
    {
        byte[] bytes = WebUtility.UrlDecodeToBytes(encoded.ToArray(), 0, encoded.Length)!;
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw Malformed($"The form is not valid UTF-8 in {place}.");
        }
    }

    private static ApiException Malformed(string message) => new(StatusCodes.Status400BadRequest, message);
}
