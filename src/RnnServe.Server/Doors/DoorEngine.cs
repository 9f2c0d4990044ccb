using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds.Translate;
using RnnServe.Inference.Search;
using RnnServe.Server.Catalog;
using RnnServe.Server.Http;
using RnnServe.Server.Kinds;
using RnnServe.Server.Kinds.Caption;
using RnnServe.Server.Kinds.Translate;
using RnnServe.Server.Search;
using RnnServe.Server.Settings;

namespace RnnServe.Server.Doors;

/// <summary>Translations of a request, with the languages of the model that made them, and what was detected where the source was
/// open.</summary>
internal sealed record DoorTranslations(LanguagePair Languages, IReadOnlyList<Translation> Items, DetectedLanguage? Detected);

/// <summary>What every door asks of the models, under the checks and limits of /v1.</summary>
internal sealed class DoorEngine(
    ModelPicker models,
    ModelCatalog catalog,
    SourceChoice source,
    ILanguageDetector detector,
    UploadBudget budget,
    IOptions<LimitsOptions> options)
{
    public LimitsOptions Limits => options.Value;

    /// <summary>From the images of a request to their captions.</summary>
    public Captioning Captions => new(models, budget, Limits);

    /// <summary>Languages of the ready translation models, in the order of the models' names.</summary>
    public IReadOnlyList<LanguagePair> Pairs => [.. catalog.Able(TranslateKind.Model).Select(entry => entry.Manifest!.Languages)];

    /// <exception cref="ApiException">400, 404, 413, 429 or 503.</exception>
    public async Task<DoorTranslations> TranslateAsync(
        HttpContext http, Texts texts, ModelChoice choice, SearchOptions search)
    {
        TextRules.Check(texts, Limits);
        await http.ChargeAsync(texts);
        var cancellation = http.RequestAborted;
        var (chosen, detected) = await EngineRefusals.AnswerAsync(
            () => source.OfAsync(choice, texts.Items, cancellation), texts.Field, "texts", Limits);
        using var model = models.Pick(chosen, manifest => SearchRequest.Check(Fitted(search, manifest), manifest));
        var picked = model.Model.Bundle.Manifest;
        var found = await TranslateKind.TranslateAsync(model, texts, Fitted(search, picked), Limits, cancellation);
        return new(picked.Languages, found, detected);
    }

    /// <summary>The languages that a text may be in, among those that can be translated, the likeliest first.</summary>
    /// <exception cref="ApiException">404: no model tells them apart, or none translates; 400, 413 or 429.</exception>
    public async Task<IReadOnlyList<DetectedLanguage>> DetectAsync(HttpContext http, Texts texts)
    {
        TextRules.Check(texts, Limits);
        if (!catalog.Settled.IsCompleted)
            throw ApiException.Unavailable("The models are loading.", Limits);
        await http.ChargeAsync(texts);
        string[] sources = [.. Pairs.Select(pair => pair.Source!).Distinct(StringComparer.OrdinalIgnoreCase)];
        if (sources.Length == 0)
            throw new ApiException(StatusCodes.Status404NotFound, "No model of this server translates.");
        return await EngineRefusals.AnswerAsync(
            () => detector.DetectAsync(texts.Items, sources, http.RequestAborted), texts.Field, "texts", Limits)
            ?? throw new ApiException(
                StatusCodes.Status404NotFound, $"No model of this server tells these languages apart: {string.Join(", ", sources)}.");
    }

    /// <summary>Waits until a model is ready or failed, where that is still open.</summary>
    public async Task SettledAsync(string name, CancellationToken cancellation)
    {
        if (!catalog.Entries.Any(entry => entry.Name == name && entry.State != ModelState.Loading))
            await catalog.Settled.WaitAsync(cancellation);
    }

    /// <summary>Clients that want alternatives can name no beam: it becomes as wide as these need and, where the model allows no such
    /// beam, they become fewer.</summary>
    private static SearchOptions Fitted(SearchOptions search, ModelManifest manifest)
    {
        if (search.Alternatives == 0)
            return search;
        var decoding = ((SearchManifest)manifest).Decoding;
        int beam = Math.Min(Math.Max(decoding.BeamSize, search.Alternatives + 1), decoding.Limits.BeamSize);
        return search with { BeamSize = beam, Alternatives = Math.Min(search.Alternatives, beam - 1) };
    }
}
