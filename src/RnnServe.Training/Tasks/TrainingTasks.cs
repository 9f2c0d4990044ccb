using RnnServe.Training.Recipes;

namespace RnnServe.Training.Tasks;

/// <summary>The kinds of training, by the kind of recipe.</summary>
internal static class TrainingTasks
{
    public static ITrainingTask Of(Recipe recipe) => recipe switch
    {
        TranslationRecipe translation => new TranslationTask(translation),
        CaptionRecipe { FineTune: { } fineTune } captions => new FineTuneTask(captions, fineTune),
        CaptionRecipe captions => new CaptionTask(captions),
        DistillationRecipe distillation => new DistillationTask(distillation),
        _ => throw new ArgumentException($"There is no training of a {recipe.GetType().Name}.", nameof(recipe)),
    };
}
