using RnnServe.Inference.Kinds.Translate;
using RnnServe.Server.Catalog;
using RnnServe.Server.Http;

namespace RnnServe.Server.Doors;

/// <summary>The translation of a request whose q is a string.</summary>
public sealed record LibreResponse
{
    /// <summary>The translation.</summary>
    /// <example>Ein Hund läuft durch das Gras.</example>
    public required string TranslatedText { get; init; }

    /// <summary>Only where the source is auto.</summary>
    public LibreDetectedLanguage? DetectedLanguage { get; init; }

    /// <summary>Further translations, best first: as many as the model's widest beam has room for. Only where alternatives asks for
    /// them.</summary>
    /// <example>["Ein Hund rennt durch das Gras."]</example>
    public IReadOnlyList<string>? Alternatives { get; init; }

    internal static LibreResponse Of(Translation found, LibreDetectedLanguage? detected, bool hasAlternatives) => new()
    {
        TranslatedText = found.Text,
        DetectedLanguage = detected,
        Alternatives = hasAlternatives ? Others(found) : null,
    };

    internal static IReadOnlyList<string> Others(Translation found) => [.. found.Alternatives.Select(other => other.Text)];
}

/// <summary>The translations of a request whose q is an array.</summary>
public sealed record LibreTextsResponse
{
    /// <summary>One translation for each text, in the order of the request.</summary>
    /// <example>["Ein Hund läuft durch das Gras."]</example>
    public required IReadOnlyList<string> TranslatedText { get; init; }

    /// <summary>One for each text, all the same: the language of all texts together is detected. Only where the source is
    /// auto.</summary>
    public IReadOnlyList<LibreDetectedLanguage>? DetectedLanguage { get; init; }

    /// <summary>For each text its further translations, best first: as many as the model's widest beam has room for. Only where
    /// alternatives asks for them.</summary>
    /// <example>[["Ein Hund rennt durch das Gras."]]</example>
    public IReadOnlyList<IReadOnlyList<string>>? Alternatives { get; init; }

    internal static LibreTextsResponse Of(IReadOnlyList<Translation> found, LibreDetectedLanguage? detected, bool hasAlternatives) => new()
    {
        TranslatedText = [.. found.Select(one => one.Text)],
        DetectedLanguage = detected is null ? null : [.. Enumerable.Repeat(detected, found.Count)],
        Alternatives = hasAlternatives ? [.. found.Select(LibreResponse.Others)] : null,
    };
}

/// <summary>A language that texts may be in.</summary>
public sealed record LibreDetectedLanguage
{
    /// <summary>Its code.</summary>
    /// <example>en</example>
    public required string Language { get; init; }

    /// <summary>Its probability in percent; 0: no model detects languages, and it is the only one that can be translated
    /// into the target.</summary>
    /// <example>99.0</example>
    [Bounds(Minimum = 0, Maximum = 100)]
    public double Confidence { get; init; }

    internal static LibreDetectedLanguage Of(DetectedLanguage found) =>
        new() { Language = found.Language, Confidence = Math.Round(100 * found.Confidence, 1) };
}
