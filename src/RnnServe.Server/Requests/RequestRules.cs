using System.ComponentModel.DataAnnotations;
using RnnServe.Inference;
using RnnServe.Server.Options;
using RnnServe.Server.Problems;

namespace RnnServe.Server.Requests;

/// <summary>Checks a request before any work is done for it; every refusal is reported at once.</summary>
internal static class RequestRules
{
    /// <summary>A body full of unknown fields gets a short answer.</summary>
    private const int MostUnknown = 10, LongestName = 64;

    /// <summary>Fields of the published contract that this version does not have.</summary>
    private static readonly string[] NotSupportedYet = ["sampling", "prefix"];

    private static readonly string[] Fields =
        [.. Json.ApiJson.Context.TranslateRequest.Properties.Where(p => !p.IsExtensionData).Select(p => p.Name)];

    /// <exception cref="ApiException">400 with every refused field, or 413.</exception>
    public static void Check(TranslateRequest request, LimitsOptions limits)
    {
        var errors = new Dictionary<string, string[]>();
        foreach (var name in (request.Unknown?.Keys ?? Enumerable.Empty<string>()).Take(MostUnknown).Select(Shorten))
            errors[name] = [Unknown(name)];

        var results = new List<ValidationResult>();
        Validator.TryValidateObject(request, new ValidationContext(request), results, validateAllProperties: true);
        foreach (var result in results)
            errors[Refusals.FieldName(result.MemberNames.First())] = [Message(result)];

        if (request.Text is { } texts && CheckCount(texts, limits) is { } message)
            errors["text"] = [message];

        if (errors.Count > 0)
            throw ApiException.ForFields(errors);

        CheckLengths(request.Text!, limits);
    }

    private static string Unknown(string name) => NotSupportedYet.Contains(name, StringComparer.Ordinal)
        ? $"'{name}' is not supported yet."
        : $"{Refusals.Quote(name)} is not a field of this request; the nearest is '{NearestName.Of(name, Fields)}'.";

    private static string Shorten(string name) => name.Length > LongestName ? name[..LongestName] : name;

    private static string Message(ValidationResult result) => result.MemberNames.First() == nameof(TranslateRequest.Text)
        ? "text is missing; it must be a string or an array of strings."
        : result.ErrorMessage!;

    private static string? CheckCount(Texts texts, LimitsOptions limits)
    {
        if (texts.Items.Count == 0 || texts.Items.Count > limits.MaxTexts)
            return Refusals.Wording("text", $"an array of {texts.Items.Count} texts", $"1 to {limits.MaxTexts} texts");

        for (var i = 0; i < texts.Items.Count; i++)
        {
            if (string.IsNullOrWhiteSpace(texts.Items[i]))
                return $"{Place(texts, i)} is empty; a text must have at least one character that is not white space.";
        }

        return null;
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
