using RnnServe.Inference.Bundles;
using RnnServe.Inference.Kinds;
using RnnServe.Inference.Kinds.Caption;
using RnnServe.Inference.Search;
using RnnServe.Training.Decoding;
using RnnServe.Training.Evaluation;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Kinds.Caption;

/// <summary>A photo in, a sentence about it out.</summary>
internal sealed class CaptionKind : IBundleKind
{
    public string Task => CaptionRecipe.TaskName;

    public Type RecipeType => typeof(CaptionRecipe);

    public string Attended => "photo to caption";

    public ITrainingTask Train(Recipe recipe) => recipe is CaptionRecipe { FineTune: { } fineTune } both
        ? new FineTuneTask(both, fineTune)
        : new CaptionTask((CaptionRecipe)recipe);

    public IEvaluation CreateEvaluation() => new CaptionEvaluation();

    public IJudgeOptions CreateJudgeOptions() => new CaptionJudgeOptions();

    public (string Direction, IReadOnlyList<string> Parts) Describe(ModelManifest manifest) =>
        ($"image to {manifest.Languages.Target}", DecoderSummary.Describe(manifest));

    public async Task<AttentionPicture?> DrawAsync(IModel model, string input, int? beam, CancellationToken cancellation)
    {
        var captioner = (Captioner)model;
        return ((SearchManifest)captioner.Bundle.Manifest).Decoder.Attention
            ? await PhotoPicture.DrawAsync(captioner, input, beam, cancellation)
            : null;
    }
}
