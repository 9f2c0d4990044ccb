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
    /// <param name="most">How often a form may have one of the fields that it may have several times.</param>
    /// <param name="repeated">Their names. Of the others, those that nobody reads may come several times too.</param>
    /// <exception cref="ApiException">400, 413 or 415.</exception>
    public static async Task<T> ReadAsync<T>(HttpContext http, JsonTypeInfo<T> type, int most, params string[] repeated) where T : class
    {
        if (!IsForm(http.Request.ContentType))
            return await JsonBody.ReadAsync(http, type, http.RequestAborted);
        var body = await JsonBody.ReadBytesAsync(http.Request, http.RequestAborted);
        var fields = Fields(body.Span, Refusals.FieldNames(type), most, repeated);
        return JsonBody.Parse(Encoding.UTF8.GetBytes(fields.ToJsonString()), type);
    }

    private static bool IsForm(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type) && type.MediaType.Equals(Form, StringComparison.OrdinalIgnoreCase);

    private static JsonObject Fields(ReadOnlySpan<byte> body, string[] known, int most, string[] repeated)
    {
        var fields = new JsonObject();
        var lists = repeated.ToDictionary(field => field, _ => new JsonArray());
        foreach (var range in body.Split((byte)'&'))
        {
            var pair = body[range];
            if (pair.IsEmpty)
                continue;
            int equals = pair.IndexOf((byte)'=');
            string name = Text(equals < 0 ? pair : pair[..equals], "a field's name");
            string value = equals < 0 ? "" : Text(pair[(equals + 1)..], Refusals.Shorten(name));
            if (lists.TryGetValue(name, out var list) && list.Count > most)
                continue;       // one too many is enough to be refused
            if (list is not null)
                list.Add(JsonValue.Create(value));
            else if (fields.Count == MostFields)
                throw Malformed($"The form has more than {MostFields} fields.");
            else if (!fields.TryAdd(name, value) && known.Contains(name))
                throw ApiException.ForField(Refusals.Shorten(name), $"{Refusals.Shorten(name)} is given more than once.");
        }

        foreach (var (field, items) in lists.Where(list => list.Value.Count > 0))
            fields[field] = items.Count == 1 ? items[0]!.DeepClone() : items;
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
