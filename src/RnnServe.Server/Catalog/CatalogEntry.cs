using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds;

namespace RnnServe.Server.Catalog;

/// <summary>One folder of the models folder, as it is at a moment. Immutable: a change replaces the entry.</summary>
/// <param name="Name">Name of the folder and of the model.</param>
internal sealed record CatalogEntry(string Name)
{
    /// <summary>The version that answers or, of a failed model, the highest that was tried.</summary>
    public int? Version { get; init; }

    /// <summary>Whether it can answer.</summary>
    public ModelState State { get; init; } = ModelState.Loading;

    /// <summary>What is wrong: with the model when it failed, with a higher version when an older one answers.</summary>
    public string? Reason { get; init; }

    /// <summary>Answers; null unless the model is ready.</summary>
    public LoadedModel? Model { get; init; }

    /// <summary>What model.json says; null unless the model is ready.</summary>
    public ModelManifest? Manifest => Model?.Sessions.Bundle.Manifest;

    /// <summary>The languages for messages, such as "en → de" or, of a caption model, "image → en".</summary>
    public string Pair => $"{Manifest?.Languages.Source ?? "image"} → {Manifest?.Languages.Target}";
}
