using RnnServe.Server.Catalog;
using RnnServe.Server.Http;

namespace RnnServe.Server.Kinds.Translate;

/// <summary>Which model a request means whose texts may be in any language.</summary>
internal sealed class SourceChoice(ModelCatalog catalog, ILanguageDetector detector)
{
    /// <summary>The value of source that asks for detection; leaving it out does too, where several languages come into question.</summary>
    public const string Auto = "auto";

    /// <param name="asked">What the request says.</param>
    /// <param name="texts">Its texts.</param>
    /// <param name="cancellation">Drops the work.</param>
    /// <returns>The choice, with the language that was detected; null where none had to be.</returns>
    /// <exception cref="ApiException">400: nobody can detect the language that the request leaves open.</exception>
    public async Task<(ModelChoice Choice, DetectedLanguage? Detected)> OfAsync(
        ModelChoice asked, IReadOnlyList<string> texts, CancellationToken cancellation)
    {
        bool auto = string.Equals(asked.Source, Auto, StringComparison.OrdinalIgnoreCase);
        var choice = auto ? asked with { Source = null } : asked;
        if (choice.Model is not null || choice.Source is not null || !catalog.Settled.IsCompleted)
            return (choice, null);
        string[] sources =
        [
            .. catalog.Able(choice.Kind).Select(e => e.Manifest!.Languages).Where(choice.Fits)
                .Select(languages => languages.Source!).Distinct(StringComparer.OrdinalIgnoreCase),
        ];
        if (sources.Length == 0 || (sources.Length == 1 && !auto))
            return (choice, null);
        if (await detector.DetectAsync(texts, sources, cancellation) is [var likeliest, ..])
            return (choice with { Source = likeliest.Language }, likeliest);
        if (!auto || sources.Length == 1)
            return (choice, null);
        string allowed = $"{string.Join(" or ", sources)}: no model of this server tells them apart";
        throw ApiException.ForField(choice.SourceField, Refusals.Wording(choice.SourceField, $"'{Auto}'", allowed));
    }
}
