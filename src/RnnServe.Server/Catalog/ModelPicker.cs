using RnnServe.Inference.Bundles;
using RnnServe.Server.Http;
using RnnServe.Server.Settings;
using RnnServe.Server.Telemetry;

namespace RnnServe.Server.Catalog;

/// <summary>Picks the model that a request means: by name, by language, or the only one there is. Of several that fit
/// the one with the greatest priority is meant.</summary>
internal sealed class ModelPicker(
    ModelCatalog catalog, IHostApplicationLifetime lifetime, IOptions<LimitsOptions> limits, IHttpContextAccessor requests)
{
    /// <param name="choice">What the request says.</param>
    /// <param name="check">Refuses what the model does not allow.</param>
    /// <returns>A ready model of the wanted task, held for the request.</returns>
    /// <exception cref="ApiException">400 when several fit, 404 when none does, 503 while loading, draining or failed.</exception>
    public PickedModel Pick(ModelChoice choice, Action<ModelManifest> check)
    {
        var record = RequestRecord.Of(requests.HttpContext);
        record?.Look(choice.Kind.Task);
        while (true)
        {
            CheckRunning();
            var entry = choice.Model is { } name ? ByName(name, choice) : ByLanguages(choice);
            check(entry.Manifest!);

            // One that was retired since has another in its place already.
            if (entry.Handle!.TryLease() is { } lease)
                return new PickedModel(entry, lease, record);
        }
    }

    /// <exception cref="ApiException">503: the server is stopping.</exception>
    public void CheckRunning()
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            throw Unavailable("The server is stopping.");
    }

    /// <summary>404 that names the models there are.</summary>
    public static ApiException NoSuchModel(string field, string name, IReadOnlyList<CatalogEntry> entries) =>
        NotFound(field, $"There is no model {Refusals.Quote(name)}; there is {List(entries.Select(e => e.Name))}.");

    private CatalogEntry ByName(string name, ModelChoice choice)
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
            case var _ when entry.Kind != choice.Kind:
                throw ApiException.ForField("model", $"The model '{name}' does not {choice.Kind.Verb}; its task is '{entry.Kind!.Task}'.");
            case var _ when !choice.Fits(entry.Manifest!.Languages):
                throw ApiException.ForField("model", $"The model '{name}' is for {entry.Pair}, not {choice.Languages}.");
            default:
                return entry;
        }
    }

    private CatalogEntry ByLanguages(ModelChoice choice)
    {
        // The same request must pick the same model whatever the order in which models load.
        if (!catalog.Settled.IsCompleted)
            throw Unavailable("The models are loading.");

        var able = catalog.Able(choice.Kind).ToList();
        if (able.Count == 0)
            throw NoneAble(choice);

        var fitting = able.Where(e => choice.Fits(e.Manifest!.Languages)).ToList();
        string field = choice.Source is not null ? choice.SourceField : choice.Target is not null ? choice.TargetField : "model";
        if (fitting.Count == 0)
            throw NotFound(field, $"No model is for {choice.Languages}; there is {List(able.Select(Shown))}.");

        int greatest = fitting.Max(e => e.Manifest!.Priority);
        var preferred = fitting.FindAll(e => e.Manifest!.Priority == greatest);
        return preferred is [var only]
            ? only
            : throw ApiException.ForField(field, $"Several models fit: {List(preferred.Select(Shown))}; {choice.Hint}.");
    }

    /// <summary>A model that failed may be the wanted one, and its repair may help; where none failed, waiting does not.</summary>
    private ApiException NoneAble(ModelChoice choice)
    {
        if (catalog.Fault is { } fault)
            return Unavailable(fault);

        return catalog.Entries.Any(e => e.State == ModelState.Failed)
            ? Unavailable($"No loaded model can {choice.Kind.Verb}; GET /v1/models says why.")
            : NotFound("model", $"No model of this server can {choice.Kind.Verb}; there is {List(catalog.Entries.Select(Shown))}.");
    }

    private static string Shown(CatalogEntry entry) => $"'{entry.Name}' ({entry.Pair})";

    private static string List(IEnumerable<string> items) => string.Join(", ", items) is { Length: > 0 } list ? list : "none";

    private static ApiException NotFound(string field, string message) =>
        ApiException.ForField(field, message, StatusCodes.Status404NotFound);

    private ApiException Unavailable(string message) => ApiException.Unavailable(message, limits.Value);
}
