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
            var entry = Find(choice);
            var served = VersionOf(entry, choice.Version);
            check(served.Handle.Model.Bundle.Manifest);

            // One that was retired since has another in its place already.
            if (served.Handle.TryLease() is { } lease)
                return new PickedModel(entry.Name, served, lease, record);
        }
    }

    /// <summary>Only looks: what is found is not held, and no request of a share.</summary>
    /// <inheritdoc cref="Pick" path="/exception"/>
    public CatalogEntry Find(ModelChoice choice)
    {
        CheckRunning();
        return choice.Model is { } name ? ByName(name, choice) : ByLanguages(choice);
    }

    /// <summary>404 that names the versions there are.</summary>
    public static ApiException NoSuchVersion(CatalogEntry entry, string version) => NotFound(
        "version",
        $"There is no version {Refusals.Quote(version)} of the model '{entry.Name}'; there is {List(entry.Served.Select(v => v.Name))}.");

    private static ServedVersion VersionOf(CatalogEntry entry, string? version) => version is not null
        ? entry.Served.FirstOrDefault(v => v.Name == version) ?? throw NoSuchVersion(entry, version)
        : entry.Canary is { } canary && canary.TakesNext() ? canary.Served : new(entry.Version!.Value, entry.Handle!);

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
        var entry = catalog.Find(name);
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
            case { State: ModelState.Unloaded }:
                throw NotFound("model", $"The model '{name}' is unloaded; there is {List(Ready.Select(e => e.Name))}.");
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

        string field = choice.Source is not null ? choice.SourceField : choice.Target is not null ? choice.TargetField : "model";
        return choice.Preferred(able.Select(e => (e, e.Manifest!))) switch
        {
            [var only] => only,
            [] => throw NotFound(field, $"No model is for {choice.Languages}; there is {List(able.Select(Shown))}."),
            var several => throw ApiException.ForField(field, $"Several models fit: {List(several.Select(Shown))}; {choice.Hint}."),
        };
    }

    /// <summary>A model that failed may be the wanted one, and its repair may help; where none failed, waiting does not.</summary>
    private ApiException NoneAble(ModelChoice choice)
    {
        if (catalog.Entries.Any(e => e.State == ModelState.Failed))
            return Unavailable($"No loaded model can {choice.Kind.Verb}; GET /v1/models says why.");
        return catalog.Fault is { } fault
            ? Unavailable(fault)
            : NotFound("model", $"No model of this server can {choice.Kind.Verb}; there is {List(Ready.Select(Shown))}.");
    }

    private IEnumerable<CatalogEntry> Ready => catalog.Entries.Where(e => e.State == ModelState.Ready);

    private static string Shown(CatalogEntry entry) => $"'{entry.Name}' ({entry.Pair})";

    private static string List(IEnumerable<string> items) => string.Join(", ", items) is { Length: > 0 } list ? list : "none";

    private static ApiException NotFound(string field, string message) =>
        ApiException.ForField(field, message, StatusCodes.Status404NotFound);

    private ApiException Unavailable(string message) => ApiException.Unavailable(message, limits.Value);
}
