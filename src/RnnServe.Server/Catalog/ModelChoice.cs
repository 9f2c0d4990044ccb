using RnnServe.Inference.Bundles;
using RnnServe.Server.Http;

namespace RnnServe.Server.Catalog;

/// <summary>What a request says about the model that it means.</summary>
/// <param name="Kind">What the model must do.</param>
/// <param name="Model">Its name; null leaves the choice to the languages.</param>
internal sealed record ModelChoice(ModelKind Kind, string? Model)
{
    /// <summary>The version of the model that is named; null leaves the choice to the server.</summary>
    public string? Version { get; init; }

    /// <summary>Language of the input; null for any, and for kinds whose input has none.</summary>
    public string? Source { get; init; }

    /// <summary>Language of the output; null for any, and for kinds whose output has none.</summary>
    public string? Target { get; init; }

    /// <summary>The request's field that has <see cref="Source"/>.</summary>
    public string SourceField { get; init; } = "source";

    /// <summary>The request's field that has <see cref="Target"/>.</summary>
    public string TargetField { get; init; } = "target";

    /// <summary>What the caller can say to be clearer.</summary>
    public required string Hint { get; init; }

    /// <summary>Of models that can do it, those that fit best: more than one where the request leaves that open.</summary>
    public List<CatalogEntry> Preferred(IEnumerable<(CatalogEntry Entry, ModelManifest Manifest)> able)
    {
        var fitting = able.Where(e => Fits(e.Manifest.Languages)).ToList();
        int greatest = fitting.Count > 0 ? fitting.Max(e => e.Manifest.Priority) : 0;
        return [.. fitting.Where(e => e.Manifest.Priority == greatest).Select(e => e.Entry)];
    }

    /// <summary>Whether a model speaks the languages that are asked for.</summary>
    public bool Fits(LanguagePair languages) => Speaks(languages.Source, Source) && Speaks(languages.Target, Target);

    /// <summary>The languages that are asked for, such as "'en' → any language".</summary>
    public string Languages => Kind.Pair(Language(Source), Language(Target));

    /// <summary>RFC 4647, section 3.4: a request for en-GB is served by a model for en; letter case does not matter.</summary>
    private static bool Speaks(string? model, string? asked) =>
        asked is null
        || string.Equals(model, asked, StringComparison.OrdinalIgnoreCase)
        || (model is not null && asked.StartsWith(model + "-", StringComparison.OrdinalIgnoreCase));

    private static string Language(string? asked) => asked is null ? "any language" : Refusals.Quote(asked);
}
