using RnnServe.Inference.Kinds;
using RnnServe.Inference.Kinds.Translate;
using RnnServe.Inference.Scheduling;
using RnnServe.Training.Data;
using RnnServe.Training.Metrics;
using RnnServe.Training.Recipes;

namespace RnnServe.Training.Export;

/// <summary>Scores weights by the translations that the server would give: exports them and runs the shipped search.</summary>
/// <param name="recipe">The network and the search's defaults.</param>
/// <param name="data">Validation texts and tokenizers.</param>
/// <param name="folder">Gets a folder with the exported graphs, overwritten at every validation.</param>
internal sealed class TranslationValidation(TranslationRecipe recipe, TranslationData data, RunFolder folder) : IValidation
{
    public string ScoreName => "BLEU";

    public double Score(ParameterSet averaged)
    {
        var path = Path.Combine(folder.Path, "validation");
        var graphs = ExportedGraphs.Build(recipe, data.Tokenizers.VocabularySizes, averaged);
        BundleWriter.Write(path, TranslationBundle.Create(recipe, data.Tokenizers, graphs, new()), card: null);
        return ScoreAsync(path, data.Validation, new()).GetAwaiter().GetResult().Score;
    }

    /// <summary>Cased BLEU of a bundle with its own defaults.</summary>
    public static async Task<BleuScore> ScoreAsync(
        string bundle, IReadOnlyList<SentencePair> pairs, TranslationOptions options, string? precision = null)
    {
        var translator = await Translator.LoadAsync(bundle, new BatchingOptions { MaxQueued = 1_000_000 }, new() { Precision = precision });
        await using (translator)
        {
            var translations = await translator.TranslateAsync([.. pairs.Select(p => p.Source)], options, CancellationToken.None);
            return Bleu.Score([.. translations.Select(t => t.Text)], [[.. pairs.Select(p => p.Target)]], lowerCase: false);
        }
    }
}
