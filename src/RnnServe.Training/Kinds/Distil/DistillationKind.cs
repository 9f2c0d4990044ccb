using RnnServe.Training.Recipes;

namespace RnnServe.Training.Kinds.Distil;

/// <summary>A network for images that learns to give another one's features. It becomes a file, no bundle.</summary>
internal sealed class DistillationKind : ITrainingKind
{
    public string Task => DistillationRecipe.TaskName;

    public Type RecipeType => typeof(DistillationRecipe);

    public ITrainingTask Train(Recipe recipe) => new DistillationTask((DistillationRecipe)recipe);
}
