using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds;
using RnnServe.Inference.Kinds.Classify;
using RnnServe.Training.Evaluation;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Kinds.Classify;

/// <summary>Text in, a label out.</summary>
internal sealed class ClassifyKind : IBundleKind
{
    public string Task => ClassifyRecipe.TaskName;

    public Type RecipeType => typeof(ClassifyRecipe);

    public string Attended => "text in quotes to classify";

    public ITrainingTask Train(Recipe recipe) => new ClassifyTask((ClassifyRecipe)recipe);

    public IEvaluation CreateEvaluation() => new ClassifyEvaluation();

    public IJudgeOptions CreateJudgeOptions() => new ClassifyJudgeOptions();

    public (string Direction, IReadOnlyList<string> Parts) Describe(ModelManifest manifest)
    {
        var section = ((ClassifyManifest)manifest).Classify;
        string parts = $"{section.VocabularySize} tokens, attention {(section.Attention ? "yes" : "no")}";
        return ($"{manifest.Languages.Source} to label", [$"  labels     {string.Join(", ", section.Labels)}", $"  encoder    {parts}"]);
    }

    public async Task<AttentionPicture?> DrawAsync(IModel model, string input, int? beam, CancellationToken cancellation)
    {
        if (beam is not null)
            throw new UserException("--beam does not go with a model that classifies; nothing is searched.");
        try
        {
            var answer = (await ((Classifier)model).ClassifyAsync([input], attention: true, cancellation))[0];
            string title = Invariant($"{answer.Label} ({100 * answer.Probability:F1} %)");
            return answer.Attention is { } attention ? new(title, TokenPicture.Draw(attention, title)) : null;
        }
        catch (NoTokenException error)
        {
            throw new UserException("--attention is empty; it must be a text to classify.", error);
        }
    }
}
