using Microsoft.Extensions.Options;
using RnnServe.Inference.Models;
using RnnServe.Server.Options;
using RnnServe.Server.Problems;
using RnnServe.Server.Requests;

namespace RnnServe.Server.Catalog;

/// <summary>Picks the model that a request means: by name, by language pair, or the only one there is.</summary>
internal sealed class ModelPicker(ModelCatalog catalog, IHostApplicationLifetime lifetime, IOptions<LimitsOptions> limits)
{
    /// <returns>A ready translation model.</returns>
    /// <exception cref="ApiException">400 when several fit, 404 when none does, 503 while loading, draining or failed.</exception>
    public CatalogEntry Pick(TranslateRequest request)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            throw Unavailable("The server is stopping.");

        return request.Model is { } name ? ByName(name, request) : ByLanguages(request);
    }

    /// <summary>404 that names the models there are.</summary>
    public static ApiException NoSuchModel(string field, string name, IReadOnlyList<CatalogEntry> entries) =>
        NotFound(field, $"There is no model {Refusals.Quote(name)}; there is {List(entries.Select(e => e.Name))}.");

    private CatalogEntry ByName(string name, TranslateRequest request)
    {
        var entry = catalog.Entries.FirstOrDefault(e => e.Name == name);
        if (entry is null && !catalog.Settled.IsCompleted)
            throw Unavailable("The models are loading.");

        switch (entry)
        {
            case null:
                throw NoSuchModel("model", name, catalog.Entries);
            case { State: ModelState.Loading }:
                throw Unavailable($"The model '{name}' is loading.");
            case { State: ModelState.Failed }:
                throw Unavailable($"The model '{name}' failed to load: {entry.Reason}");
            case { Manifest.Task: not ModelTask.Translate }:
                throw ApiException.ForField("model", $"The model '{name}' does not translate; its task is '{entry.Manifest!.Task}'.");
            case var _ when !Fits(entry, request):
                throw ApiException.ForField("model", $"The model '{name}' translates {entry.Pair}, not {Asked(request)}.");
            default:
                return entry;
        }
    }

    private CatalogEntry ByLanguages(TranslateRequest request)
    {
        // The same request must pick the same model whatever the order in which models load.
        if (!catalog.Settled.IsCompleted)
            throw Unavailable("The models are loading.");

        var translators = catalog.Entries.Where(e => e is { State: ModelState.Ready, Manifest.Task: ModelTask.Translate }).ToList();
        if (translators.Count == 0)
            throw Unavailable(catalog.Fault ?? "No translation model is loaded; GET /v1/models says why.");

        var fitting = translators.Where(e => Fits(e, request)).ToList();
        var field = request.Source is not null ? "source" : request.Target is not null ? "target" : "model";
        return fitting switch
        {
            [var only] => only,
            [] => throw NotFound(field, $"No model translates {Asked(request)}; there is {List(translators.Select(Shown))}."),
            _ => throw ApiException.ForField(
                field, $"Several models fit: {List(fitting.Select(Shown))}; name one in 'model', or give 'source' and 'target'."),
        };
    }

    private static bool Fits(CatalogEntry entry, TranslateRequest request) =>
        Speaks(entry.Manifest!.Languages.Source, request.Source) && Speaks(entry.Manifest.Languages.Target, request.Target);

    /// <summary>RFC 4647, section 3.4: a request for en-GB is served by a model for en; letter case does not matter.</summary>
    private static bool Speaks(string? model, string? asked) =>
        asked is null
        || string.Equals(model, asked, StringComparison.OrdinalIgnoreCase)
        || (model is not null && asked.StartsWith(model + "-", StringComparison.OrdinalIgnoreCase));

    private static string Asked(TranslateRequest request) => $"{Language(request.Source)} → {Language(request.Target)}";

    private static string Language(string? asked) => asked is null ? "any language" : Refusals.Quote(asked);

    private static string Shown(CatalogEntry entry) => $"'{entry.Name}' ({entry.Pair})";

    private static string List(IEnumerable<string> items) => string.Join(", ", items) is { Length: > 0 } list ? list : "none";

    private static ApiException NotFound(string field, string message) =>
        ApiException.ForField(field, message, StatusCodes.Status404NotFound);

    private ApiException Unavailable(string message) =>
        new(StatusCodes.Status503ServiceUnavailable, message) { RetryAfterSeconds = limits.Value.RetryAfterSeconds };
}
