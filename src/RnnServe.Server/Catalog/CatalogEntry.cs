using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds;
using RnnServe.Inference.Scheduling;
using RnnServe.Server.Telemetry;

namespace RnnServe.Server.Catalog;

/// <summary>One folder of the models folder, as it is at a moment. Immutable: a change replaces the entry.</summary>
/// <param name="Name">Name of the folder and of the model.</param>
internal sealed record CatalogEntry(string Name)
{
    /// <summary>The version that answers or, of a failed model, the highest that was tried.</summary>
    public int? Version { get; init; }

    /// <summary>Whether it can answer.</summary>
    public ModelState State { get; init; } = ModelState.Loading;

    /// <summary>What is wrong: with the model when it failed, with a higher version when an older one answers, with the files on disk of
    /// one that answers.</summary>
    public string? Reason { get; init; }

    /// <summary>The model that answers; null unless it is ready.</summary>
    public ModelHandle? Handle { get; init; }

    /// <summary>What it does; null unless the model is ready.</summary>
    public ModelKind? Kind { get; init; }

    /// <summary>A newer version that answers a share of the requests; null for none.</summary>
    public CanaryVersion? Canary { get; init; }

    /// <summary>Whether it came after the start: that it fails is no reason to send the server no more requests.</summary>
    public bool CameLater { get; init; }

    /// <summary>What model.json says; null unless the model is ready.</summary>
    public ModelManifest? Manifest => Handle?.Model.Bundle.Manifest;

    /// <summary>What goes in and what comes out, for messages about a model that is ready.</summary>
    public string Pair => Kind!.Pair(Manifest!.Languages.Source, Manifest.Languages.Target);

    /// <summary>The versions that answer, the newest first.</summary>
    public IEnumerable<ServedVersion> Served
    {
        get
        {
            if (Canary is { } canary)
                yield return canary.Served;
            if (Handle is { } handle)
                yield return new(Version!.Value, handle);
        }
    }
}

/// <summary>A version that answers.</summary>
/// <param name="Number">The version.</param>
/// <param name="Handle">Its model.</param>
internal sealed record ServedVersion(int Number, ModelHandle Handle)
{
    public string Name => Number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A ready model that a request holds: it stays loaded until this is disposed, though another may take its place.</summary>
internal sealed class PickedModel : IDisposable
{
    private readonly ModelLease lease;
    private readonly RequestRecord? record;

    /// <param name="name">Of the model.</param>
    /// <param name="version">The version that answers.</param>
    /// <param name="lease">Keeps it loaded.</param>
    /// <param name="record">Of the request; null where there is none.</param>
    public PickedModel(string name, ServedVersion version, ModelLease lease, RequestRecord? record)
    {
        (this.lease, this.record) = (lease, record);
        (Name, Version) = (name, version.Name);
        record?.Pick(Name, Version);
    }

    public string Name { get; }

    public string Version { get; }

    /// <summary>The model; its type is the kind's.</summary>
    public IModel Model => lease.Model;

    /// <summary>Notes where the time of its answers went.</summary>
    public void Note(IEnumerable<DecodeTiming> timings) => record?.Answer(timings);

    public void Dispose() => lease.Dispose();
}

/// <summary>Whether a model can answer.</summary>
internal enum ModelState
{
    /// <summary>Its files are being checked and its graphs opened.</summary>
    Loading,

    /// <summary>It answers.</summary>
    Ready,

    /// <summary>It cannot answer; the reason is with it.</summary>
    Failed,

    /// <summary>It was taken out of service; only a reload brings it back.</summary>
    Unloaded,
}
