using RnnServe.Inference.Bundles;
using RnnServe.Inference.Scheduling;

namespace RnnServe.Inference.Kinds;

/// <summary>A kind of model: what it is called, what its manifest is like, and how a bundle of it is opened.</summary>
/// <param name="Task">Its name in manifests.</param>
/// <param name="Manifest">The type of its manifest, a <see cref="ModelManifest"/>.</param>
/// <param name="Open">Opens a bundle of it; the model takes its queue from the pool.</param>
internal sealed record ModelKind(string Task, Type Manifest, Func<ModelBundle, LoadOptions, WorkerPool, IModel> Open);

/// <summary>The kinds of models that this program knows.</summary>
internal static class ModelKinds
{
    public static readonly IReadOnlyList<ModelKind> All =
    [
        Translate.Translator.Kind,
        Caption.Captioner.Kind,
        Classify.Classifier.Kind,
    ];

    /// <summary>A kind by its name; null where there is none.</summary>
    public static ModelKind? Find(string task) => All.FirstOrDefault(kind => kind.Task == task);
}
