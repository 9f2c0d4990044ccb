using RnnServe.Training.Export;
using RnnServe.Training.Kinds.Caption.Backbones;
using RnnServe.Training.Loop;
using RnnServe.Training.Optimizers;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Kinds.Caption;

/// <summary>Scores weights of CNN and decoder by the captions that the server would give for the photos' files.</summary>
/// <param name="recipe">The network and the search's defaults.</param>
/// <param name="cnn">Sizes of the CNN.</param>
/// <param name="texts">Validation photos and the tokenizer.</param>
/// <param name="folder">Gets a folder with the exported graphs, overwritten at every validation.</param>
/// <param name="progress">Told how far it is.</param>
internal sealed class FineTuneValidation(
    CaptionRecipe recipe, ResidualSettings cnn, CaptionTexts texts, RunFolder folder, ProgressReport progress) : IValidation
{
    public string ScoreName => "BLEU-4";

    public double Score(ParameterSet averaged)
    {
        string path = Path.Combine(folder.Path, "validation");
        var grid = new FeatureGrid(cnn.Grid, cnn.Grid, cnn.Widths[^1]);
        var backbone = Backbone.Of(CnnGraph.Write(cnn, averaged), "features");
        var graphs = CaptionGraphs.Build(recipe, texts.Tokenizer.VocabularySize, backbone, grid, averaged);
        BundleWriter.Write(path, CaptionBundle.Create(recipe, new(texts.Tokenizer, grid, graphs), new(), canary: null), card: null);
        return CaptionScorer.ScoreAsync(path, texts.Corpus.Validation, progress).GetAwaiter().GetResult().Bleu4;
    }
}
