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
    /// <param name="version">Its version; null or empty: one that is served.</param>
    /// <exception cref="ApiException">404, or 503 while it loads or when it failed.</exception>
    public (PickedModel Model, TensorKind Kind) Pick(string name, string? version)
    {
        var (choice, kind) = Choice(name, version);
        return (models.Pick(choice, _ => { }), kind);
    }

    /// <summary>A model and its tensors.</summary>
    /// <exception cref="ApiException">404 or 503.</exception>
    public InferModel Describe(string name, string? version)
    {
        var (choice, kind) = Choice(name, version);
        var entry = models.Find(choice);
        string[] served = [.. entry.Served.OrderBy(v => v.Number).Select(v => v.Name)];
        if (choice.Version is { } asked && !served.Contains(asked))
            throw ModelPicker.NoSuchVersion(entry, asked);
        return new()
        {
            Name = entry.Name,
            Versions = served,
            Platform = "rnnserve",
            Inputs = [Tensor(kind.Input)],
            Outputs = [Tensor(kind.Output)],
        };
    }

    /// <summary>A model that cannot be had is refused whatever kind is asked for.</summary>
    private (ModelChoice Choice, TensorKind Kind) Choice(string name, string? version)
    {
        var found = catalog.Find(name)?.Kind;
        var kind = TensorKinds.All.FirstOrDefault(k => k.Kind == found, TensorKinds.All[0]);
        return (new(kind.Kind, name) { Version = version is "" ? null : version, Hint = "name one in the address" }, kind);
    }

    private static InferTensor Tensor(string name) => new() { Name = name, Datatype = BytesTensor.Datatype, Shape = [-1] };
}
