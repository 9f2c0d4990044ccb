using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds;
using RnnServe.Inference.Kinds.Translate;
using RnnServe.Inference.Search;
using RnnServe.Training.Decoding;
using RnnServe.Training.Evaluation;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Kinds.Translate;

/// <summary>Text in one language in, text in another out.</summary>
internal sealed class TranslationKind : IBundleKind
{
    public string Task => TranslationRecipe.TaskName;

    public Type RecipeType => typeof(TranslationRecipe);

    public string Attended => "text in quotes to translate";

    public ITrainingTask Train(Recipe recipe) => new TranslationTask((TranslationRecipe)recipe);

    public IEvaluation CreateEvaluation() => new TranslationEvaluation();

    public IJudgeOptions CreateJudgeOptions() => new TranslationJudgeOptions();

    public (string Direction, IReadOnlyList<string> Parts) Describe(ModelManifest manifest) =>
        ($"{manifest.Languages.Source} to {manifest.Languages.Target}", DecoderSummary.Describe(manifest));

    public async Task<AttentionPicture?> DrawAsync(IModel model, string input, int? beam, CancellationToken cancellation)
    {
        var translator = (Translator)model;
        if (!((SearchManifest)translator.Bundle.Manifest).Decoder.Attention)
            return null;
        if (string.IsNullOrWhiteSpace(input))
            throw new UserException("--attention is empty; it must be a text to translate.");

        var options = new SearchOptions { BeamSize = beam, Attention = true };
        var translation = (await translator.TranslateAsync([input], options, cancellation))[0];
        var attention = translation.Attention!;
        return new(translation.Text, new TextAttention(attention.Source, attention.Target, attention.Weights).Draw());
    }
}
