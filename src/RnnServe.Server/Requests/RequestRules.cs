using RnnServe.Server.Options;
using RnnServe.Server.Problems;

namespace RnnServe.Server.Requests;

/// <summary>Checks a request before any work is done for it; every refusal is reported at once.</summary>
internal static class RequestRules
{
    /// <summary>Most texts that one message names.</summary>
    private const int MostNamed = 20;

    private static readonly string[] Fields =
        [.. Json.ApiJson.Context.TranslateRequest.Properties.Where(p => !p.IsExtensionData).Select(p => p.Name)];

    /// <exception cref="ApiException">400 with every refused field, or 413.</exception>
    public static void Check(TranslateRequest request, LimitsOptions limits)
    {
        var errors = new Dictionary<string, string[]>();
        FieldRules.CheckNames(request.Unknown?.Keys ?? Enumerable.Empty<string>(), Fields, errors);
        FieldRules.CheckValues(request, errors);
        if (request.Text is null)
            errors["text"] = ["text is missing; it must be a string or an array of strings."];

        if (request.Text is { } texts && CheckCount(texts, limits) is { } message)
            errors["text"] = [message];

        if (errors.Count > 0)
            throw ApiException.ForFields(errors);

        CheckLengths(request.Text!, limits);
    }

    private static string? CheckCount(Texts texts, LimitsOptions limits)
    {
        if (texts.Items.Count == 0 || texts.Items.Count > limits.MaxTexts)
            return Refusals.Wording("text", $"an array of {texts.Items.Count} texts", $"1 to {limits.MaxTexts} texts");

        int[] blank = [.. Enumerable.Range(0, texts.Items.Count).Where(i => string.IsNullOrWhiteSpace(texts.Items[i]))];
        if (blank.Length == 0)
            return null;
        var places = string.Join(", ", blank.Take(MostNamed).Select(i => Place(texts, i)));
        var more = blank.Length > MostNamed ? $" and {blank.Length - MostNamed} more" : "";
        return $"{places}{more} {(blank.Length == 1 ? "is" : "are")} empty; a text must have at least one character that is not white space.";
    }

    private static void CheckLengths(Texts texts, LimitsOptions limits)
    {
        for (var i = 0; i < texts.Items.Count; i++)
        {
            if (texts.Items[i].Length > limits.MaxCharactersPerText)
                throw TooLarge($"{Place(texts, i)} has {texts.Items[i].Length} characters; the most is {limits.MaxCharactersPerText}.");
        }

        var total = texts.Items.Sum(t => (long)t.Length);
        if (total > limits.MaxCharactersPerRequest)
            throw TooLarge($"The texts have {total} characters together; the most is {limits.MaxCharactersPerRequest}.");
    }

    private static ApiException TooLarge(string message) => ApiException.ForField("text", message, StatusCodes.Status413PayloadTooLarge);

    private static string Place(Texts texts, int index) => texts.IsArray ? $"text[{index}]" : "text";
}
