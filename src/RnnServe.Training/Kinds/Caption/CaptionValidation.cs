using RnnServe.Training.Kinds.Caption.Backbones;
using RnnServe.Training.Kinds.Caption.Metrics;
using RnnServe.Training.Loop;
using RnnServe.Training.Optimizers;

namespace RnnServe.Training.Kinds.Caption;

/// <summary>Scores weights by the captions that the server would give.</summary>
/// <param name="recipe">The network and the search's defaults.</param>
/// <param name="texts">Validation photos and the tokenizer.</param>
/// <param name="features">Of the training's and the validation's photos.</param>
internal sealed class CaptionValidation(CaptionRecipe recipe, CaptionTexts texts, PhotoFeatures features) : IValidation
{
    private const int PhotosPerRun = 64;

    public string ScoreName => "BLEU-4";

    public double Score(ParameterSet averaged)
    {
        using var search = new CaptionSearch(recipe, texts.Tokenizer, features.Grid, averaged);
        var captions = new List<string>();
        foreach (int[] photos in Enumerable.Range(texts.Corpus.Train.Count, texts.Corpus.Validation.Count).Chunk(PhotosPerRun))
        {
            using var read = features.Read([.. photos.Select(photo => (photo, false))]);
            captions.AddRange(
                search.Search(read, recipe.Decoding.BeamSize, best: 1).Select(found => texts.Tokenizer.Decode(found[0].Tokens)));
        }

        return CaptionMetrics.Score(captions, [.. texts.Corpus.Validation.Select(photo => photo.Captions)]).Bleu4;
    }
}
