using RnnServe.Training.Data;
using RnnServe.Training.Export;
using RnnServe.Training.Loop;
using RnnServe.Training.Metrics;
using RnnServe.Training.Optimizers;

namespace RnnServe.Training.Kinds.Translate;

/// <summary>Scores weights by the translations that the server would give: exports them and runs the shipped search.</summary>
/// <param name="recipe">The network and the search's defaults.</param>
/// <param name="data">Validation texts and tokenizers.</param>
/// <param name="folder">Gets a folder with the exported graphs, overwritten at every validation.</param>
internal sealed class TranslationValidation(TranslationRecipe recipe, TranslationData data, RunFolder folder) : IValidation
{
    public string ScoreName => "BLEU";

    public double Score(ParameterSet averaged)
    {
        string path = Path.Combine(folder.Path, "validation");
        var graphs = TranslationGraphs.Build(recipe, data.Tokenizers.VocabularySizes, averaged);
        BundleWriter.Write(path, TranslationBundle.Create(recipe, data.Tokenizers, graphs, new()), card: null);
        return ScoreAsync(path, data.Validation).GetAwaiter().GetResult().Score;
    }

    /// <summary>Cased BLEU of a bundle with its own defaults.</summary>
    public static async Task<BleuScore> ScoreAsync(string bundle, IReadOnlyList<SentencePair> pairs, string? precision = null)
    {
        await using var translator = await BundleTranslator.LoadAsync(bundle, new(null, null, precision), CancellationToken.None);
        var translations = await translator.AnswerAsync([.. pairs.Select(p => p.Source)], CancellationToken.None);
        return Bleu.Score(translations, [[.. pairs.Select(p => p.Target)]], lowerCase: false);
    }
}
