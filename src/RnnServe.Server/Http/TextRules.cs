using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using RnnServe.Server.Settings;

namespace RnnServe.Server.Http;

/// <summary>A JSON request that has texts.</summary>
internal interface ITextRequest
{
    Texts? Text { get; }

    /// <summary>Fields that are none.</summary>
    Dictionary<string, JsonElement>? Unknown { get; }
}

/// <summary>Checks a request that has texts before any work is done for it; every refused field is reported at once.</summary>
internal static class TextRules
{
    /// <summary>Most texts that one message names.</summary>
    private const int MostNamed = 20;

    /// <summary>Reads such a request, checks it and charges its caller.</summary>
    /// <exception cref="ApiException">413, 415, 429, or 400 with the place or every refused field.</exception>
    public static async Task<T> ReadAsync<T>(HttpContext http, JsonTypeInfo<T> type, LimitsOptions limits) where T : class, ITextRequest
    {
        var request = await JsonBody.ReadAsync(http, type, http.RequestAborted);
        Check(request, type, limits);
        await http.ChargeAsync(request.Text!);
        return request;
    }

    /// <exception cref="ApiException">400 with every refused field, or 413.</exception>
    public static void Check(ITextRequest request, JsonTypeInfo type, LimitsOptions limits)
    {
        var errors = new FieldErrors();
        errors.CheckNames(request.Unknown?.Keys ?? Enumerable.Empty<string>(), Refusals.FieldNames(type));
        errors.CheckValues(request);
        foreach (var (name, fields) in (request as IGroupedFields)?.Groups ?? [])
        {
            string[] names = Refusals.FieldNames(type.Options.GetTypeInfo(fields.GetType()));
            errors.CheckNames(fields.Unknown?.Keys ?? Enumerable.Empty<string>(), names, name + ".");
        }

        if (request.Text is { } texts && CheckCount(texts, limits) is { } message)
            errors.Add(texts.Field, message);
        errors.ThrowIfAny();
        CheckLengths(request.Text!, limits);
    }

    /// <summary>Checks texts that came in a request of another form.</summary>
    /// <exception cref="ApiException">400 or 413.</exception>
    public static void Check(Texts texts, LimitsOptions limits)
    {
        if (CheckCount(texts, limits) is { } message)
            throw ApiException.ForField(texts.Field, message);
        CheckLengths(texts, limits);
    }

    private static string? CheckCount(Texts texts, LimitsOptions limits)
    {
        if (texts.Items.Count == 0 || texts.Items.Count > limits.MaxTexts)
            return Refusals.Wording(texts.Field, $"an array of {texts.Items.Count} texts", $"1 to {limits.MaxTexts} texts");

        int[] blank = [.. Enumerable.Range(0, texts.Items.Count).Where(i => string.IsNullOrWhiteSpace(texts.Items[i]))];
        if (blank.Length == 0)
            return null;
        string places = string.Join(", ", blank.Take(MostNamed).Select(i => texts.Place(i)));
        string more = blank.Length > MostNamed ? $" and {blank.Length - MostNamed} more" : "";
        string verb = blank.Length == 1 ? "is" : "are";
        return $"{places}{more} {verb} empty; a text must have at least one character that is not white space.";
    }

    private static void CheckLengths(Texts texts, LimitsOptions limits)
    {
        for (int i = 0; i < texts.Items.Count; i++)
        {
            if (texts.Items[i].Length > limits.MaxCharactersPerText)
            {
                string message = $"{texts.Place(i)} has {texts.Items[i].Length} characters; the most is {limits.MaxCharactersPerText}.";
                throw TooLarge(texts, message);
            }
        }

        long total = texts.Items.Sum(t => (long)t.Length);
        if (total > limits.MaxCharactersPerRequest)
            throw TooLarge(texts, $"The texts have {total} characters together; the most is {limits.MaxCharactersPerRequest}.");
    }

    private static ApiException TooLarge(Texts texts, string message) =>
        ApiException.ForField(texts.Field, message, StatusCodes.Status413PayloadTooLarge);
}
