using RnnServe.Server.Catalog;
using RnnServe.Server.Http;

namespace RnnServe.Server.Doors;

/// <summary>The models as the Open Inference Protocol names them, for its HTTP and its gRPC form.</summary>
internal sealed class InferModels(ModelCatalog catalog, ModelPicker models)
{
    /// <summary>Every model, loaded or not.</summary>
    public IEnumerable<InferIndexEntry> Index => catalog.Entries.Select(entry => new InferIndexEntry
    {
        Name = entry.Name,
        Version = entry.Version?.ToString(CultureInfo.InvariantCulture),
        State = entry.State switch { ModelState.Ready => "READY", ModelState.Loading => "LOADING", _ => "UNAVAILABLE" },
        Reason = entry.Reason,
    });

    /// <summary>Holds a model, which is ready.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="version">Its version; null or empty: the one that is served.</param>
    /// <exception cref="ApiException">404, or 503 while it loads or when it failed.</exception>
    public (PickedModel Model, TensorKind Kind) Pick(string name, string? version)
    {
        var entry = catalog.Entries.FirstOrDefault(e => e.Name == name);
        // A model that cannot be had is refused whatever kind is asked for.
        var kind = TensorKinds.All.FirstOrDefault(k => k.Kind == entry?.Kind, TensorKinds.All[0]);
        var model = models.Pick(new ModelChoice(kind.Kind, name) { Hint = "name one in the address" }, _ => { });
        if (string.IsNullOrEmpty(version) || version == model.Version)
            return (model, kind);

        string served = model.Version;
        model.Dispose();
        throw ApiException.ForField(
            "version",
            $"There is no version {Refusals.Quote(version)} of the model '{name}'; there is {served}.",
            StatusCodes.Status404NotFound);
    }

    /// <summary>A model and its tensors.</summary>
    /// <exception cref="ApiException">404 or 503.</exception>
    public InferModel Describe(string name, string? version)
    {
        var (model, kind) = Pick(name, version);
        using (model)
        {
            return new()
            {
                Name = model.Name,
                Versions = [model.Version],
                Platform = "rnnserve",
                Inputs = [Tensor(kind.Input)],
                Outputs = [Tensor(kind.Output)],
            };
        }
    }

    private static InferTensor Tensor(string name) => new() { Name = name, Datatype = BytesTensor.Datatype, Shape = [-1] };
}
