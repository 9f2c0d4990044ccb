using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds.Translate;
using RnnServe.Inference.Search;
using RnnServe.Server.Catalog;
using RnnServe.Server.Http;
using RnnServe.Server.Kinds.Caption;
using RnnServe.Server.Kinds.Translate;
using RnnServe.Server.Search;
using RnnServe.Server.Settings;

namespace RnnServe.Server.Doors;

/// <summary>Translations of a request, with the languages of the model that made them.</summary>
internal sealed record DoorTranslations(LanguagePair Languages, IReadOnlyList<Translation> Items);

/// <summary>What every door asks of the models, under the checks and limits of /v1.</summary>
internal sealed class DoorEngine(ModelPicker models, ModelCatalog catalog, UploadBudget budget, IOptions<LimitsOptions> options)
{
    public LimitsOptions Limits => options.Value;

    /// <summary>From the images of a request to their captions.</summary>
    public Captioning Captions => new(models, budget, Limits);

    /// <summary>Languages of the ready translation models, in the order of the models' names.</summary>
    public IReadOnlyList<LanguagePair> Pairs =>
    [
        .. catalog.Entries.Where(entry => entry.State == ModelState.Ready && entry.Kind == TranslateKind.Model)
            .Select(entry => entry.Manifest!.Languages),
    ];

    /// <exception cref="ApiException">400, 404, 413, 429 or 503.</exception>
    public async Task<DoorTranslations> TranslateAsync(
        Texts texts, ModelChoice choice, SearchOptions search, CancellationToken cancellation)
    {
        TextRules.Check(texts, Limits);
        using var model = models.Pick(choice, manifest => SearchRequest.Check(search, manifest));
        var found = await TranslateKind.TranslateAsync(model, texts, search, Limits, cancellation);
        return new(model.Model.Bundle.Manifest.Languages, found);
    }

    /// <summary>Waits until a model is ready or failed, where that is still open.</summary>
    public async Task SettledAsync(string name, CancellationToken cancellation)
    {
        if (!catalog.Entries.Any(entry => entry.Name == name && entry.State != ModelState.Loading))
            await catalog.Settled.WaitAsync(cancellation);
    }
}
