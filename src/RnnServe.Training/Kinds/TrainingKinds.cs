using RnnServe.Inference.Bundles;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Kinds;

/// <summary>The kinds of training, in the order in which messages name them.</summary>
internal static class TrainingKinds
{
    public static IReadOnlyList<ITrainingKind> All { get; } =
    [
        new Translate.TranslationKind(),
        new Caption.CaptionKind(),
        new Distil.DistillationKind(),
        new Classify.ClassifyKind(),
    ];

    public static IEnumerable<IBundleKind> WithBundles => All.OfType<IBundleKind>();

    /// <summary>The training that a recipe describes.</summary>
    public static ITrainingTask Train(Recipe recipe) => All.Single(kind => kind.RecipeType == recipe.GetType()).Train(recipe);

    /// <summary>The "task" of the recipes that are also a <typeparamref name="T"/>.</summary>
    public static string TaskOf<T>() => All.Single(kind => kind.RecipeType.IsAssignableTo(typeof(T))).Task;

    /// <summary>The kind of a bundle.</summary>
    public static IBundleKind Of(ModelManifest manifest) => WithBundles.Single(kind => kind.Task == manifest.Task);
}
